"""Replies and entries to lay out in tests, without a terminal."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style as RichStyle

from tests.chat.sample import end, feed
from tui.chat.conversation import Reply
from tui.markdown.layout import Layout
from tui.stream.events import StreamEvent
from tui.stream.outcome import Outcome
from tui.text.language import load_language
from tui.ui.log.entry import Entry
from tui.ui.log.look import Look
from tui.ui.log.reply_entry import ReplyEntry
from tui.ui.log.stack import Place, Stack

ENGLISH = load_language("en")


def ended(text: str, outcome: Outcome = Outcome.COMPLETE) -> Reply:
    """A reply that has come to its end."""
    reply = Reply("local", "model")
    feed(reply, text)
    end(reply, outcome)
    return reply


def entry_of(text: str, outcome: Outcome = Outcome.COMPLETE, *, width: int = 40, wrap_code: bool = True) -> ReplyEntry:
    """An ended reply, laid out."""
    entry = ReplyEntry(ended(text, outcome), ENGLISH)
    entry.lay_out(Layout(width, wrap_code))
    return entry


def grow(entry: ReplyEntry, events: Sequence[StreamEvent]) -> None:
    """Let a reply take events as the log does."""
    for event in events:
        entry.reply.apply(event)
        entry.apply(event)
        entry.update()
    while entry.is_behind:
        entry.update()


def rows_of(entry: Entry) -> list[str]:
    """What is seen of an entry."""
    return [entry.line(row).text for row in range(entry.height)]


def painted(entry: Entry, width: int = 44) -> list[str]:
    """The same as it is painted, edges and all."""
    look = Look(lambda name: RichStyle())
    return [entry.strip(row, look, width).text.rstrip() for row in range(entry.height)]


def stack_of(*entries: Entry, width: int = 40) -> Stack:
    """Entries above one another, all laid out."""
    stack = Stack(Layout(width), entries)
    for number in range(len(entries)):
        stack.make_exact(number)
    return stack


def find_text(stack: Stack, words: str) -> tuple[Place, int]:
    """The row that holds some words, and the cell at which they begin."""
    for number, entry in enumerate(stack.entries):
        for row, text in enumerate(rows_of(entry)):
            if words in text:
                return Place(number, row), entry.text_start(row) + cell_len(text[: text.index(words)])
    raise AssertionError(f"{words!r} is nowhere")
