"""What can stand at the caret: the grammar's words, the config's providers, and models without a network."""

import json
from pathlib import Path

import pytest

from tests.chat.test_measurement import record
from tests.completion.home import HARMFUL, HIDDEN, furnish
from tui.completion.choice import find_choices
from tui.completion.line import read_line
from tui.completion.source import Source
from tui.settings.paths import Paths
from tui.settings.state import State, write_state


@pytest.fixture
def source(tmp_path: Path) -> Source:
    furnish(tmp_path)
    folders = (tmp_path / name / "weir" for name in ("config", "data", "state"))
    return Source(Paths(*folders), {"HERON_API_KEY": "secret", "HOME": "x"})


def offered(source: Source, text: str) -> list[str]:
    return [choice.value for choice in find_choices(read_line(text), source).choices]


@pytest.mark.parametrize(
    ("text", "some", "none"),
    [
        ("weir ", {"ask", "compare", "completion", "history"}, {"--help"}),
        ("weir -", {"--help", "--plain", "--model", "--version"}, {"ask"}),
        ("weir ask --", {"--json", "--model", "--no-stream"}, {"--plain"}),
        ("weir ask --json --", {"--raw"}, {"--json"}),
        ("weir compare -m a -", {"--model"}, set()),
        ("weir history ", {"list", "search", "purge"}, {"ask"}),
        ("weir history show ", {"last"}, set()),
        ("weir ask -m ", {"local/qwen3:8b", "heron/qwen3:8b", "local/模型-7b"}, {"practice/cut"}),
        ("weir ask --provider local -m ", {"qwen3:8b"}, {"heron/qwen3:8b"}),
        ("weir ask --practice -m ", {"practice/cut", "practice/markdown"}, {"local/qwen3:8b"}),
        ("weir ask --model=", {"--model=local/qwen3:8b"}, set()),
        ("weir doctor --provider ", {"local", "heron"}, set()),
        ("weir providers add ", {"openai", "openrouter"}, {"heron"}),
        ("weir providers rollback ", {"heron"}, {"openrouter"}),
        ("weir records --outcome ", {"broken", "stalled"}, set()),
        ("weir practice --fault ", {"stall"}, {"markdown"}),
        ("weir export --format ", {"md", "json", "txt"}, set()),
        ("weir --colors ", {"truecolor"}, set()),
        ("weir ask --api-key-env ", {"HERON_API_KEY"}, {"HOME", "secret"}),
        ("weir completion ", {"bash", "zsh", "fish"}, set()),
        ("weir ask --effort ", {"low", "high"}, set()),
    ],
)
def test_what_is_offered(text: str, some: set[str], none: set[str], source: Source) -> None:
    words = offered(source, text)
    assert some <= set(words)
    assert none.isdisjoint(words)
    assert len(words) == len(set(words))


@pytest.mark.parametrize("text", ["weir ask hello ", "weir ask -- -", "weir ask --system ", "weir nonsense --what "])
def test_free_text_is_not_guessed(text: str, source: Source) -> None:
    assert offered(source, text) == []


FILES = "ask --config ", "replay ", "export -o ", "--config=", "ask -a ", "ask --attach=", "import "


@pytest.mark.parametrize("text", [f"weir {text}" for text in FILES])
def test_files_are_left_to_the_shell(text: str, source: Source) -> None:
    assert find_choices(read_line(text), source).files


def test_templates_are_offered_and_of_the_models_asked_for_those_that_answered(source: Source) -> None:
    source.paths.prompts.mkdir()
    (source.paths.prompts / "review.md").write_text("Review this.")
    (source.paths.prompts / "terse.md").write_text('+++\nkind = "system"\n+++\nBe brief.')
    assert offered(source, "weir ask --template ") == ["review"]
    recent = ("bare/answered", "bare/mistyped", "local/mistyped", "local/qwen3:8b")
    write_state(source.paths.state_file, State(recent=recent))
    asked = {"answered": 7, "mistyped": None}
    lines = [record(route="bare", model=name, first_text_ms=first) for name, first in asked.items()]
    source.paths.records.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    words = offered(source, "weir ask -m ")
    assert words[:2] == ["bare/answered", "local/qwen3:8b"]
    assert not [word for word in words if "mistyped" in word]


def test_a_name_that_a_terminal_would_not_show_as_it_is_is_left_out(source: Source) -> None:
    words = offered(source, "weir ask -m ")
    assert {f"local/{name}" for name in HARMFUL} <= set(words)
    assert {f"local/{name}" for name in HIDDEN}.isdisjoint(words)
    assert all("\n" not in word and "\x1b" not in word for word in words)


def test_a_broken_config_and_no_lists_offer_less_and_are_no_error(source: Source, tmp_path: Path) -> None:
    source.paths.config_file.write_text("model = [")
    source.paths.models.write_text("{")
    assert offered(source, "weir ask -m ") == []
    assert "doctor" in offered(source, "weir ")
    other = tmp_path / "other.toml"
    other.write_text('model = "egret/small"\n[providers.egret]\nbase_url = "http://127.0.0.1:9/v1"\n')
    assert offered(source, f"weir --config {other} ask --provider ") == ["egret"]
    assert "egret/small" in offered(source, f"weir --config={other} ask -m ")
