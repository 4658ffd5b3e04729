"""Markdown and plain text: what is said of each reply, and that nothing in a text breaks the document or a terminal."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.chat.exchange.test_intake import NASTY, make_branched, make_sample
from tests.chat.exchange.tree import HERONS
from tui.chat.exchange.chatgpt import read_chatgpt
from tui.chat.exchange.export_file import file_name, format_of, write_conversations, write_file
from tui.chat.exchange.markdown_document import close_fence
from tui.text.language import load_language
from tui.text.sanitise import holds_controls, sanitise

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
ENGLISH = load_language("en")
say = ENGLISH.say


@pytest.mark.parametrize("form", ["md", "txt"])
def test_each_reply_has_its_model_time_and_outcome(form: str) -> None:
    sample = make_sample()
    text = "".join(write_conversations([sample], format_of(Path(f"x.{form}")) or "json", ENGLISH, NOW))
    assert not holds_controls(text)
    assert sanitise(NASTY) in text
    turn = sample.turns[0]
    for reply in turn.replies:
        assert reply.record is not None
        mark = " · chosen" if reply is turn.reply else ""
        assert f"route/{reply.model} · {reply.record.time} · complete{mark}\n" in text
    assert "stalled: " in text
    assert "n␛.md  12 B, 3 lines" in text
    assert ("````\n```\nit␛\n```\n````" if form == "md" else "```\nit␛\n```\n") in text
    assert "p.gif  262 B, 256×770" in text
    assert 'get_weather({"city": ' in text


def test_the_front_matter_names_every_reply() -> None:
    sample = make_sample()
    head = "".join(write_conversations([sample], "md", ENGLISH, NOW)).split("---\n")[1]
    title = next(line for line in head.splitlines() if line.startswith("title: "))
    assert json.loads(title.removeprefix("title: ")).startswith("a␛[31m ⯑ b")
    assert [line.split()[-1] for line in head.splitlines() if "outcome:" in line] == ["complete", "complete", "stalled"]
    assert [line.split()[-1] for line in head.splitlines() if "chosen:" in line] == ["false", "true", "true"]


def test_a_title_holds_nothing_that_yaml_forbids() -> None:
    sample = make_sample()
    sample.title = 'a "b" \\ : # \x7f\x85\u2028\ud800\ufffe\uffff 🐦'
    line = "".join(write_conversations([sample], "md", ENGLISH, NOW)).split("\n")[1]
    forbidden = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
    assert forbidden.search(line) is None
    assert json.loads(line.removeprefix("title: ")).endswith("\ufffe\uffff 🐦")


def test_of_what_was_brought_in_the_outcome_is_not_made_up() -> None:
    (shown,) = read_chatgpt([HERONS], NOW).conversations
    text = "".join(write_conversations([shown], "md", ENGLISH, NOW))
    assert "### chatgpt/o3 · 2025-11-01T08:40:01Z · unknown · chosen" in text
    assert "outcome: length" in text


@pytest.mark.parametrize("form", ["md", "txt"])
def test_every_branch_is_written_and_what_was_deleted_is_not(form: str) -> None:
    conversation = make_branched()
    text = "".join(write_conversations([conversation], format_of(Path(f"x.{form}")) or "json", ENGLISH, NOW))
    heads = [re.sub(r" · \S+Z", "", line).lstrip("# ") for line in text.splitlines() if "Prompt · " in line]
    assert heads == [
        "1 · Prompt",
        "2 · Prompt · branch 2 of 2",
        "3 · Prompt · branch 1 of 2 · after 1",
    ]
    assert "deleted" not in text
    assert "edited" in text
    assert say("turns.edited_remark") in text
    if form == "md":
        assert [line.split()[-1] for line in text.splitlines() if line.startswith("    after:")] == ["1"]


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("a\n```py\nb", "a\n```py\nb\n```"),
        ("```\na\n```", "```\na\n```"),
        ("````\n```\na", "````\n```\na\n````"),
        ("~~~ x`y\n```", "~~~ x`y\n```\n~~~"),
        ("``` a`b\ntext", "``` a`b\ntext"),
        ("\n\n  ```\na\n``` no\n", "  ```\na\n``` no\n```"),
    ],
)
def test_a_fence_that_is_open_is_closed(text: str, closed: str) -> None:
    assert close_fence(text) == closed


def test_a_file_is_private_whole_and_never_in_the_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "chat.md"
    write_file(path, ["one ", "two"], over=False)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("one two", 0o600)
    with pytest.raises(FileExistsError):
        write_file(path, ["three"], over=False)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "link", ["three"], over=False)
    write_file(path, ["three"], over=True)

    def failing() -> list[str]:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        write_file(path, (piece for _ in range(1) for piece in failing()), over=True)
    with pytest.raises(OSError, match=r"\S"):
        write_file(tmp_path / "a\0b", ["four"], over=True)
    assert path.read_text() == "three"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["chat.md", "link"]


def test_a_file_name_says_what_is_in_it() -> None:
    sample = make_sample()
    sample.title = "../Wo nisten / Reiher? 鹭"
    name = file_name(sample, "md")
    assert name.endswith(f"-Wo-nisten-Reiher-鹭-{sample.id[:8]}.md")
    assert "/" not in name
