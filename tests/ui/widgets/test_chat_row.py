"""A row of the list of chats has the width it is given, whatever is in it."""

from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len

from tui.chat.search import Hit
from tui.chat.summary import ConversationSummary
from tui.text.language import load_language
from tui.ui.widgets.chat_row import ChatRow, make_chat_row, make_head, make_hit_row

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LANGUAGE = load_language("en")
TITLES = ("", "short", "中文标题很长" * 20, "a\x1b[31m\nb", "word " * 60)


def summary(title: str, outcome: str | None = "context-too-long") -> ConversationSummary:
    then = NOW - timedelta(minutes=59)
    return ConversationSummary("1", title, then, then, True, False, False, 1234, "中文" * 9, "m" * 40, outcome)


def text(row: ChatRow) -> str:
    return "".join(text for text, _ in row.parts)


@pytest.mark.parametrize("width", range(20, 200))
def test_rows_fit_their_width(width: int) -> None:
    rows = [make_chat_row(summary(title), width, NOW, LANGUAGE, current=True) for title in TITLES]
    hits = [Hit("1", title, "2", reply, NOW, "p", "模型" * 9, title) for title in TITLES for reply in ("3", None)]
    rows += [make_hit_row(hit, ("word", "中文"), width, NOW, LANGUAGE) for hit in hits if width >= 40]
    assert {cell_len(text(row)) for row in rows} == {width}
    assert cell_len(make_head(width, LANGUAGE)) == width
    assert not any("\x1b" in text(row) or "\n" in text(row) for row in rows)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (55, ["59 min"]),
        (66, ["1234", "59 min"]),
        (80, ["1234", "context-too-long", "59 min"]),
        (100, ["1234", "context-too-long", "59 min", "mmm"]),
    ],
)
def test_columns_give_way_one_by_one(width: int, shown: list[str]) -> None:
    row = text(make_chat_row(summary("title"), width, NOW, LANGUAGE, current=False))
    assert [one for one in ("1234", "context-too-long", "59 min", "mmm") if one in row] == shown


def test_the_words_that_were_found_are_marked() -> None:
    row = make_hit_row(
        Hit("1", "t", "2", None, NOW, None, None, "see foo_bar(x) there"), ("foo_bar(",), 80, NOW, LANGUAGE
    )
    assert [text for text, part in row.parts if part == "mark"] == ["foo_bar("]
