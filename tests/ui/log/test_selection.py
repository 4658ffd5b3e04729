import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.log.replies import ENGLISH, ended, entry_of, find_text, stack_of
from tui.markdown.layout import Layout
from tui.ui.log.entry import PromptEntry
from tui.ui.log.reply_entry import ReplyEntry
from tui.ui.log.selection import Selection, Spot, block_at, selected_text, word_at
from tui.ui.log.stack import Place, Stack

LONG = "The quick brown fox jumps over the lazy dog, and then it sleeps for a very long while in the sun."
CHINESE = "中文的一段话，长得要换行，才看得出来换行对不对，也看得出来选中的是不是原来的文字。"
CODE = "```py\nif x:\n    print('a very long line of code that is wrapped where it is full')\n```"
TABLE = "| a | b |\n|---|---|\n| 1 | 2 |"
QUOTE = "> quoted\n>\n> twice"
TEXT = f"{LONG}\n\n{CHINESE}\n\n{CODE}\n\n{TABLE}\n\n- *one*\n- two\n\n{QUOTE}\n\n**the end**"


def between(stack: Stack, first: str, last: str) -> str:
    """What is copied from the first cell of some words up to the end of others, each on one row."""
    start, begin = find_text(stack, first)
    end, cell = find_text(stack, last)
    return selected_text(stack, Selection(Spot(start, begin), Spot(end, cell + len(last))))


def test_a_part_of_a_paragraph_is_unwrapped() -> None:
    stack = stack_of(entry_of(TEXT))
    assert between(stack, "brown", "while in") == LONG[LONG.index("brown") : LONG.index(" the sun.")]


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_any_part_of_a_paragraph_is_a_part_of_its_text(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([LONG, CHINESE, f"{LONG} {CHINESE}", "a👨‍👩‍👧b🇩🇪c é 中 " * 9]))
    entry = entry_of(text, width=data.draw(st.integers(8, 50)))
    stack = stack_of(entry, width=entry.layout.width if entry.layout else 0)
    block = entry.block_at(entry.height - 2)
    assert block is not None
    spots = [Spot(Place(0, row), cell) for row in block.rows for cell in range(entry.text_cells(row)[1] + 3)]
    anchor, head = data.draw(st.sampled_from(spots)), data.draw(st.sampled_from(spots))
    assert selected_text(stack, Selection(anchor, head)) in text


def test_a_shortened_address_is_copied_whole() -> None:
    address = "https://example.org/a/path/that/is/long/enough/to/be/shortened?and=a&query=too#part"
    for ascii in (False, True):
        entry = ReplyEntry(ended(f"see [this]({address}) first."), ENGLISH)
        entry.lay_out(Layout(90, ascii=ascii))
        stack = Stack(Layout(90, ascii=ascii), [entry])
        word = word_at(stack, Spot(*find_text(stack, "path")))
        assert word is not None
        assert selected_text(stack, word) == address
        assert between(stack, "this", "first") == f"this ({address}) first"
    stack = stack_of(entry_of(f"see {address}. It ends.", width=30))
    assert (word := word_at(stack, Spot(*find_text(stack, "example")))) is not None
    assert selected_text(stack, word) == address
    assert (word := word_at(stack, Spot(*find_text(stack, "ends")))) is not None
    assert selected_text(stack, word) == "ends"


def test_half_of_a_wide_character_is_the_whole() -> None:
    stack = stack_of(entry_of("x中文y"))
    place, cell = find_text(stack, "中")
    assert selected_text(stack, Selection(Spot(place, cell + 1), Spot(place, cell + 3))) == "中文"
    assert selected_text(stack, Selection(Spot(place, cell), Spot(place, cell + 1))) == "中"


def test_a_part_of_code_has_neither_fence_nor_wraps() -> None:
    stack = stack_of(entry_of(TEXT))
    assert between(stack, "x:", "full')") == CODE[CODE.index("x:") : -4]


def test_a_block_of_code_alone_is_its_code() -> None:
    entry = entry_of(TEXT)
    stack = stack_of(entry)
    selection = block_at(stack, Spot(find_text(stack, "if x")[0], 4))
    assert selected_text(stack, selection) == CODE[6:-4]


WHOLE = [("─", TABLE), ("quick", LONG), ("中文", CHINESE), ("the end", "**the end**")]


@pytest.mark.parametrize(("words", "source"), WHOLE)
def test_a_whole_block_gives_its_source(words: str, source: str) -> None:
    entry = entry_of(TEXT)
    stack = stack_of(entry)
    assert selected_text(stack, block_at(stack, Spot(find_text(stack, words)[0], 4))) == source


def test_a_whole_message_gives_its_source() -> None:
    entry = entry_of(TEXT)
    stack = stack_of(entry)
    everything = Selection(Spot(Place(0, 1), 0), Spot(Place(0, entry.height - 1), 99))
    assert selected_text(stack, everything) == TEXT


def test_blocks_from_end_to_end_give_the_source_between_them() -> None:
    stack = stack_of(entry_of(TEXT))
    start, _ = find_text(stack, "中文")
    end, cell = find_text(stack, "twice")
    selection = Selection(Spot(end, cell + 5), Spot(start, 0))
    assert selected_text(stack, selection) == TEXT[TEXT.index("中") : TEXT.index("\n\n**the")]


def test_a_part_then_whole_blocks_then_a_part() -> None:
    stack = stack_of(entry_of(f"first one\n\n{TABLE}\n\nlast one"))
    assert between(stack, "one", "last") == f"one\n\n{TABLE}\n\nlast"


def test_over_several_messages() -> None:
    stack = stack_of(
        PromptEntry("What\nis it?", ENGLISH), entry_of("*This* it is.\n\nYes."), PromptEntry("I see", ENGLISH)
    )
    assert between(stack, "is it", "I") == "is it?\n\nlocal/model\n*This* it is.\n\nYes.\n\n\nYou\nI"


def test_code_that_was_slid_sideways_is_copied_from_where_it_is_seen() -> None:
    entry = ReplyEntry(ended(f"```\n{'0123456789' * 6}\n```"), ENGLISH)
    stack = Stack(Layout(30, wrap_code=False), [entry])
    stack.make_exact(0)
    entry.slide(16)
    place, _ = find_text(stack, "0123")
    assert selected_text(stack, Selection(Spot(place, 4), Spot(place, 9))) == "67890"
    whole = block_at(stack, Spot(place, 6))
    assert selected_text(stack, whole) == "0123456789" * 6


@pytest.mark.parametrize(
    ("text", "cell", "word"),
    [
        ("see https://a.b/c-d?e", 8, "https://a.b/c-d?e"),
        ("(https://a.b/c)?", 8, "https://a.b/c"),
        ("one two", 2, "one"),
        ("a (b)", 4, "("),
        ("one two", 5, None),
    ],
)
def test_the_word_under_the_mouse(text: str, cell: int, word: str | None) -> None:
    stack = stack_of(PromptEntry(text, ENGLISH))
    place, start = find_text(stack, text)
    selection = word_at(stack, Spot(place, start + cell - 2))
    assert (selected_text(stack, selection) if selection else None) == word


def test_what_was_folded_away_is_not_copied() -> None:
    entry = entry_of("\n\n".join(f"paragraph {number}" for number in range(9)))
    stack = stack_of(entry)
    entry.folded = True
    stack.make_exact(0)
    everything = Selection(Spot(Place(0, 0), 0), Spot(Place(0, 99), 99))
    assert selected_text(stack, everything).split("\n") == ["local/model", "paragraph 0", "", "paragraph 1"]


def test_rows_that_were_given_up_are_copied() -> None:
    entry = entry_of(TEXT)
    stack = stack_of(entry)
    selection = block_at(stack, Spot(find_text(stack, "quick")[0], 4))
    entry.drop()
    assert selected_text(stack, selection) == LONG


def test_whole_lines_of_a_part_of_code_keep_their_tabs() -> None:
    stack = stack_of(entry_of("```go\nfunc f() {\n\tif x {\n\t\ty()\n\t}\n}\n```"))
    assert between(stack, "func", "y()") == "func f() {\n\tif x {\n\t\ty()"


@pytest.mark.parametrize("words", ["abcdefghij", "yz", "0123456789"])
def test_a_word_that_is_wrapped_is_taken_whole(words: str) -> None:
    word = "abcdefghijklmnopqrstuvwxyz0123456789"
    stack = stack_of(entry_of(f"- a list\n- {word} ends", width=14), width=14)
    place, cell = find_text(stack, words[:2])
    selection = word_at(stack, Spot(place, cell))
    assert selection is not None
    assert selected_text(stack, selection) == word
