"""A table that brought a complete reply is kept, so that one can go back to it after a change by hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.chat.sample import make_sample_record
from tui.chat.table_proof import TableProof
from tui.settings.config import read_config
from tui.settings.rollback import roll_back, rollback_path
from tui.stream.outcome import Outcome

CONFIG = '# mine\n[providers.nest]\nbase_url = "https://a.test/v1"  # good\n'
COMPLETE = replace(make_sample_record(Outcome.COMPLETE), route="nest")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    return path


def test_a_change_by_hand_is_taken_back(path: Path) -> None:
    proof = TableProof(read_config(path))
    assert proof.wants(COMPLETE)
    proof.take(COMPLETE)
    assert not proof.wants(COMPLETE), "once is enough"
    path.write_text(CONFIG.replace("a.test", "b.test"))
    assert roll_back(path, "nest") is not None
    assert path.read_text() == CONFIG


def test_what_was_changed_meanwhile_is_not_what_has_proved_itself(path: Path) -> None:
    proof = TableProof(read_config(path))
    path.write_text(CONFIG.replace("a.test", "b.test"))
    proof.take(COMPLETE)
    assert not rollback_path(path).exists()


def test_a_table_that_is_kept_already_is_not_written_again(path: Path) -> None:
    TableProof(read_config(path)).take(COMPLETE)
    before = rollback_path(path).stat()
    TableProof(read_config(path)).take(COMPLETE)
    assert rollback_path(path).stat().st_ino == before.st_ino


def test_only_a_complete_reply_of_a_configured_provider_counts(path: Path) -> None:
    proof = TableProof(read_config(path))
    assert not proof.wants(replace(COMPLETE, outcome=Outcome.TRUNCATED_BODY.value))
    assert not proof.wants(replace(COMPLETE, route="practice"))
