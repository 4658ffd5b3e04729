import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chat.sample import make_sample_record
from tests.ui.log.replies import ENGLISH, entry_of, find_text, grow, painted, rows_of, stack_of
from tui.chat.conversation import Reply
from tui.markdown.layout import Layout
from tui.stream.events import (
    Notice,
    ReasoningDelta,
    RefusalDelta,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    make_ending,
)
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.trace import Clock, StreamTrace
from tui.ui.log.ending import Standing
from tui.ui.log.reply_entry import ReplyEntry
from tui.ui.log.stack import Stack

TEXT = (
    "Some *prose* that takes more than one row, since it is long enough.\n\n- one\n- two\n\n"
    "```py\nif x:\n    pass\n```\n\n"
    "| a | b |\n|---|---|\n| 一二 | `c` |\n\n> quoted\n\n中文的一段话，长得要换行，才看得出来换行对不对。\n"
)
NARROW, WIDE = Layout(24), Layout(60)


def growing(layout: Layout = NARROW) -> ReplyEntry:
    """A reply that has just been asked for, laid out."""
    entry = ReplyEntry(Reply("local", "model", trace=StreamTrace(Clock(monotonic=lambda: 0.0))), ENGLISH)
    entry.lay_out(layout)
    return entry


def ending(outcome: Outcome = Outcome.COMPLETE) -> StreamEvent:
    return make_ending(outcome, make_sample_record(outcome))


def pieces(text: str, cuts: list[int]) -> list[str]:
    ends = sorted(cut % (len(text) + 1) for cut in cuts)
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 999), max_size=30), st.lists(st.integers(0, 999), max_size=5))
def test_pieces_make_no_difference(cuts: list[int], thoughts: list[int]) -> None:
    entry = growing()
    grow(entry, [ReasoningDelta(piece) for piece in pieces("I *think*\n\nand think.", thoughts)])
    grow(entry, [TextDelta(piece) for piece in pieces(TEXT, cuts)])
    grow(entry, [ending()])
    whole = growing()
    grow(whole, [ReasoningDelta("I *think*\n\nand think."), TextDelta(TEXT), ending()])
    assert rows_of(entry) == rows_of(whole)
    assert painted(entry) == painted(whole)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 999), max_size=30), st.integers(0, 30))
def test_the_first_row_said_to_have_changed_is_the_first_that_has(cuts: list[int], seed: int) -> None:
    entry = growing()
    before = painted(entry)
    for piece in [*pieces(TEXT, cuts), ""]:
        event = TextDelta(piece) if piece else ending()
        entry.reply.apply(event)
        entry.apply(event)
        first = entry.update()
        now = painted(entry)
        if first is None:
            assert now == before
        else:
            assert now[:first] == before[:first]
        before = now


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 400))
def test_text_that_waits_for_its_frame_survives_a_resize(cut: int) -> None:
    entry, whole = growing(), growing()
    for text in (TEXT[:cut], TEXT[cut:]):
        event = TextDelta(text)
        entry.reply.apply(event)
        entry.apply(event)
    entry.lay_out(WIDE)
    whole.lay_out(WIDE)
    grow(whole, [TextDelta(TEXT)])
    assert rows_of(entry) == rows_of(whole)


def test_rows_that_were_given_up_come_back_as_they_were() -> None:
    entry = growing()
    entry.reply.trace = StreamTrace(Clock(monotonic=iter((4.0, 7.0)).__next__))
    grow(entry, [ReasoningDelta("hm"), TextDelta(TEXT), ending(Outcome.PREMATURE_EOF)])
    before = painted(entry)
    assert any("Thought for 3.0 s" in row for row in before)
    entry.drop()
    entry.lay_out(NARROW)
    assert painted(entry) == before


def test_rows_of_one_width_come_back_after_another() -> None:
    entry = growing()
    grow(entry, [ReasoningDelta("hm " * 50), TextDelta(TEXT), ending(Outcome.PREMATURE_EOF)])
    before = painted(entry)
    entry.lay_out(WIDE)
    assert painted(entry, 64) != before
    entry.lay_out(NARROW)
    assert painted(entry) == before


def test_a_thought_is_open_while_it_goes_on_and_folded_after_if_it_is_long() -> None:
    entry = growing()
    grow(entry, [ReasoningDelta("first\n\nsecond\n\nthird\n\nfourth\n\nlast thought")])
    assert ENGLISH.say("log.thinking") in rows_of(entry)[1]
    assert "last thought" in rows_of(entry)
    grow(entry, [TextDelta("I speak")])
    rows = rows_of(entry)
    assert "last thought" not in rows
    assert rows[-2:] == ["I speak", ""]
    assert entry.toggle_thought()
    assert "last thought" in rows_of(entry)
    grow(entry, [TextDelta(" more")])
    assert "last thought" in rows_of(entry)
    assert entry.toggle_thought()
    assert "last thought" not in rows_of(entry)


def test_a_short_thought_stays_open() -> None:
    entry = growing()
    grow(entry, [TextDelta("<think>hm</think>I speak"), ending()])
    assert [row.strip() for row in rows_of(entry)][2:5] == ["hm", "", "I speak"]


def test_a_reply_without_a_thought_has_none_to_fold() -> None:
    entry = growing()
    grow(entry, [TextDelta("I speak")])
    assert not entry.toggle_thought()


def test_a_retry_stands_above_the_text_and_a_notice_below() -> None:
    entry = growing()
    failed = make_sample_record(Outcome.SERVER_ERROR)
    retrying = Notice(NoticeCode.RETRYING, {"attempt": 2, "reason": "server-error"}, failed)
    grow(entry, [retrying, TextDelta("the text"), Notice(NoticeCode.MISSING_DONE), ending()])
    rows = rows_of(entry)
    order = ("retrying:", "the text", "missing-done:")
    assert [words for row in rows for words in order if words in row] == list(order)


def test_an_interruption_has_its_note_and_record() -> None:
    entry = growing()
    grow(entry, [TextDelta("half"), ending(Outcome.PREMATURE_EOF)])
    assert any(row.startswith("┃ premature-eof") for row in rows_of(entry))
    height = entry.height
    assert entry.toggle_record()
    rows = [row.strip() for row in rows_of(entry)]
    assert rows[rows.index("outcome") + 1] == "premature-eof", "below its name, since it is narrow here"
    assert entry.toggle_record()
    assert entry.height == height


@pytest.mark.parametrize("width", range(24, 60))
def test_an_act_stands_in_one_row_with_its_key(width: int) -> None:
    rows = rows_of(entry_of("half", Outcome.TRUNCATED_BODY, width=width))
    for act in ("c continue", "r retry", "m other model", "x record", "X copy it"):
        assert any(act in row for row in rows)


def test_there_is_no_record_before_the_end() -> None:
    entry = growing()
    grow(entry, [TextDelta("half")])
    assert not entry.toggle_record()


def test_a_tool_call_and_a_refusal_are_shown() -> None:
    entry = growing()
    grow(entry, [RefusalDelta("I will not"), ToolCallDelta(0, "1", "run", '{"a":'), ToolCallDelta(0, None, "", " 1}")])
    assert "I will not" in rows_of(entry)
    grow(entry, [ending(Outcome.TOOL_CALL)])
    assert '⚙ run({"a": 1})' in rows_of(entry)


def test_ascii_signs_are_ascii() -> None:
    entry = growing(Layout(60, ascii=True))
    call = ToolCallDelta(0, "1", "run", "{}")
    grow(entry, [ReasoningDelta("a\n\n" * 9), TextDelta("- plain\n\n> text\n\n---\n"), call])
    grow(entry, [ending(Outcome.TOOL_CALL)])
    entry.toggle_thought()
    assert [row for row in painted(entry, 64) if not row[:6].isascii()] == []


def test_code_is_given_without_its_fence_and_where_it_stands() -> None:
    entry = entry_of(TEXT)
    [block] = entry.code_blocks()
    assert block.words == "if x:\n    pass"
    assert block.source == "```py\nif x:\n    pass\n```"
    assert [entry.line(row).text.strip() for row in block.rows] == ["py", "if x:", "pass"]


def test_blocks_do_not_hold_the_blank_row_below_them() -> None:
    entry = entry_of("one\n\ntwo\n\nthree")
    stack = stack_of(entry)
    for words in ("one", "two", "three"):
        block = entry.block_at(find_text(stack, words)[0].row)
        assert block is not None
        assert [entry.line(row).text for row in block.rows] == [words]


@settings(max_examples=30, deadline=None)
@given(st.integers(9, 70), st.integers(9, 70), st.integers(0, 200))
def test_what_is_read_is_found_again_at_another_width(first: int, second: int, row: int) -> None:
    words = " ".join(f"w{number}" for number in range(120))
    entry = entry_of(f"# head\n\n{words}\n\n```\na\nb\nc\n```\n\nend", width=first)
    row %= entry.height
    shown = entry.line(row).text.split()
    held = entry.hold(row)
    entry.lay_out(Layout(second))
    found = entry.line(entry.row_of(held)).text.split()
    if shown and shown[0].startswith("w"):
        assert shown[0] in found


def test_a_folded_message_shows_its_start_and_how_much_more() -> None:
    entry = entry_of("\n\n".join(f"paragraph {number}" for number in range(20)))
    whole = rows_of(entry)
    entry.folded = True
    rows = rows_of(entry)
    assert rows[:4] == whole[:4]
    assert rows[4:] == ["▸ " + ENGLISH.say("log.more_lines", count=len(whole) - 4)]
    assert entry.text_cells(4)[0] == entry.text_cells(4)[1]


@pytest.mark.parametrize("row", range(5))
def test_a_folded_message_can_be_held(row: int) -> None:
    entry = entry_of("\n\n".join(f"paragraph {number}" for number in range(20)))
    entry.folded = True
    held = entry.hold(row)
    entry.lay_out(NARROW)
    assert entry.row_of(held) == min(row, 3)


def test_wide_code_slides_and_nothing_else_does() -> None:
    entry = entry_of(f"{'prose ' * 20}\n\n```\n{'0123456789' * 6}\nshort\n```\n", wrap_code=False)
    before = painted(entry)
    assert entry.slide(8)
    after = painted(entry)
    [row] = [row for row, text in enumerate(before) if "01234567890" in text]
    assert before[row].endswith(">")
    assert after[row].startswith("    89012345")
    assert [text for at, text in enumerate(before) if at < row] == after[:row]
    for _ in range(9):
        entry.slide(8)
    assert painted(entry)[row].endswith("6789")
    for _ in range(9):
        entry.slide(-8)
    assert painted(entry) == before
    assert not entry_of("short").slide(8)


@pytest.mark.slow
def test_a_growing_reply_keeps_its_rows() -> None:
    entry = growing()
    stack = Stack(NARROW, [entry, *(entry_of("x\n\n" * 200) for _ in range(90))])
    stack.make_exact(0)
    stack.refine(range(90, 91), lambda: stack.is_exact)
    grow(entry, [TextDelta("more")])
    assert entry.layout == NARROW
    assert "more" in rows_of(entry)


def test_the_mark_of_a_cut_row_is_beside_the_scrollbar() -> None:
    entry = entry_of(f"```\n{'0123456789' * 9}\n```", wrap_code=False)
    [row] = [text for text in painted(entry) if "01234567890" in text]
    assert len(row) == 43
    assert row.endswith(">")


@pytest.mark.parametrize(
    ("text", "chosen", "use"),
    [("words", True, "chosen"), ("words", False, "unused"), ("", False, "unused_empty"), ("words", None, None)],
)
def test_one_of_several_says_whether_it_is_what_is_sent(text: str, chosen: bool | None, use: str | None) -> None:
    """One that still runs says nothing of it: it may be once it has ended."""
    outcome = Outcome.COMPLETE if chosen is not None else None
    reply = Reply("local", "model", pieces=[text] if text else [], outcome=outcome, trace=StreamTrace())
    entry = ReplyEntry(reply, ENGLISH, standing=Standing(2, 3, chosen=bool(chosen)))
    entry.lay_out(Layout(80))
    words = f"  {ENGLISH.say(f'compare_view.{use}', key='Enter')}" if use is not None else ""
    assert rows_of(entry)[0] == f"◆ local/model  ◀ 2/3 ▶{words}"
