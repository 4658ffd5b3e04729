import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.log.replies import ENGLISH, ended, entry_of, stack_of
from tui.stream.outcome import Outcome
from tui.ui.log.entry import Entry, PromptEntry
from tui.ui.log.finder import Finder
from tui.ui.log.reply_entry import ReplyEntry
from tui.ui.log.selection import Selection, Spot, selected_text
from tui.ui.log.stack import Place, Stack

CHINESE = "中文的一段话，长得要换行，才看得出来换行对不对，也看得出来找到的是不是原来的文字。"


def all_found(stack: Stack, words: str, step: int = 1) -> list[Spot]:
    """Every occurrence in the order in which one goes to them, until the first comes again."""
    finder, found = Finder(words), list[Spot]()
    spot = finder.step(stack, None, step)
    while spot is not None and spot not in found:
        found.append(spot)
        spot = finder.step(stack, spot, step)
    return found


def marked(entry: Entry, stack: Stack, words: str) -> list[str]:
    """The texts of all that is marked in a message, pieces of one occurrence put together."""
    texts = []
    for pieces in Finder(words).occurrences(entry, range(entry.height)):
        (row, first, _), (last, _, end) = pieces[0], pieces[-1]
        texts.append(selected_text(stack, Selection(Spot(Place(0, row), first), Spot(Place(0, last), end))))
    return texts


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("say Hello, hello and HELLO", "hello", ["Hello", "hello", "HELLO"]),
        ("STRASSE und Straße", "straße", ["Straße"]),
        ("İx and ix", "ix", ["ix"]),
        ("the **bold**er `co_de` a\\*b", "bolder", ["bolder"]),
        ("the **bold**er `co_de` a\\*b", "co_de", ["co_de"]),
        ("a &lt; b &amp; c", "< b &", ["< b &"]),
        ("one\ntwo three", "one two", ["one two"]),
        (CHINESE, "长得要换行，才", ["长得要换行，才"]),
        ("x 中文 ab 中文", "中文 a", ["中文 a"]),
        ("a -> b", "->", ["->"]),
        ("aaaa", "aa", ["aa", "aa"]),
        ("nothing", "something", []),
    ],
)
@pytest.mark.parametrize("width", [10, 40])
def test_what_is_seen_is_found(text: str, words: str, found: list[str], width: int) -> None:
    entry = entry_of(text, width=width)
    stack = stack_of(entry, width=width)
    assert marked(entry, stack, words) == found
    assert len(all_found(stack, words)) == len(found)


@settings(max_examples=60, deadline=None)
@given(st.integers(8, 60), st.integers(0, 90), st.integers(1, 40))
def test_words_are_found_through_any_wrap(width: int, start: int, size: int) -> None:
    text = " ".join(f"w{number:02}" for number in range(40))
    words = text[start : start + size].strip() or "w00"
    entry = entry_of(text, width=width)
    assert words in marked(entry, stack_of(entry, width=width), words)


def test_one_goes_through_all_and_round_the_end() -> None:
    stack = stack_of(PromptEntry("word one, word two", ENGLISH), entry_of("no"), entry_of("a word\n\nanother Word"))
    there, back = all_found(stack, "word"), all_found(stack, "word", -1)
    assert [(spot.place.entry, spot.cell) for spot in there] == [(0, 4), (0, 14), (2, 4), (2, 10)]
    assert back == there[::-1]
    finder = Finder("word")
    assert finder.step(stack, there[-1], 1) == there[0]
    assert finder.step(stack, there[0], -1) == there[-1]


def test_a_note_is_found() -> None:
    stack = stack_of(PromptEntry("x", ENGLISH), entry_of("half", Outcome.PREMATURE_EOF))
    assert [spot.place.entry for spot in all_found(stack, "premature-eof")] == [1]


def test_a_folded_message_opens_where_something_is_found() -> None:
    entry = entry_of("\n\n".join(f"paragraph {number}" for number in range(9)))
    other = entry_of("\n\n".join(f"chapter {number}" for number in range(9)))
    stack = stack_of(entry, other)
    entry.folded = other.folded = True
    stack.make_exact(0)
    stack.make_exact(1)
    assert len(all_found(stack, "paragraph 7")) == 1
    assert not entry.folded
    assert other.folded
    assert stack.rows == entry.rows + 5


def test_only_what_may_hold_it_is_laid_out() -> None:
    stack = Stack(stack_of().layout, [entry_of(f"message {number:02}") for number in range(50)])
    for entry in stack.entries:
        entry.drop()
    assert all_found(stack, "message 07")[0].place.entry == 7
    assert [number for number, entry in enumerate(stack.entries) if entry.layout is not None] == [7]


def test_an_empty_stack_has_nothing() -> None:
    assert Finder("x").step(stack_of(), None, 1) is None


def test_words_at_the_end_of_a_long_reply_are_found() -> None:
    text = "".join(f"paragraph {number}\n\n" for number in range(2_000)) + "the needle"
    stack = Stack(stack_of().layout, [PromptEntry("x", ENGLISH), ReplyEntry(ended(text), ENGLISH)])
    assert [spot.place.entry for spot in all_found(stack, "needle")] == [1]


def test_a_folded_thought_opens_only_where_it_holds_the_words() -> None:
    thought = "".join(f"thought {number}\n\n" for number in range(9))
    entry = entry_of(f"<think>{thought}</think>the answer")
    stack = stack_of(entry)
    assert entry.hides_thought
    assert len(all_found(stack, "answer")) == 1
    assert entry.hides_thought
    [spot] = all_found(stack, "thought 7")
    assert spot.place.row in entry.thought_rows
    assert Finder("thought 7").count(stack) == 1
