from tests.chat.sample import end, feed
from tests.ui.log.replies import ENGLISH, entry_of, grow, rows_of, stack_of
from tui.chat.conversation import Reply
from tui.markdown.layout import Layout
from tui.stream.events import ReasoningDelta, TextDelta
from tui.stream.trace import StreamTrace
from tui.ui.log.cursor import Cursor
from tui.ui.log.entry import PromptEntry
from tui.ui.log.reply_entry import ReplyEntry
from tui.ui.log.stack import Place, Stack

TWO = "words\n\n```py\none\n```\n\nwords\n\n```\ntwo\n```\n"


def codes(cursor: Cursor, stack: Stack, step: int) -> list[str]:
    """What one copies on the way to the last block of code."""
    found = []
    while cursor.step_code(stack, step):
        found.append(cursor.text(stack))
    return found


def make_stack() -> Stack:
    return stack_of(entry_of(TWO), PromptEntry("ask", ENGLISH), entry_of("```\nthree\n```"), entry_of("none"))


def test_it_goes_through_the_code_of_all_messages() -> None:
    stack, cursor = make_stack(), Cursor()
    assert codes(cursor, stack, 1) == ["one", "two", "three"]
    assert codes(cursor, stack, -1) == ["two", "one"]
    assert cursor.text(stack) == "one"


def test_it_goes_from_where_it_is() -> None:
    stack, cursor = make_stack(), Cursor()
    cursor.go(stack, 1)
    assert cursor.text(stack) == "ask"
    assert codes(cursor, stack, 1) == ["three"]
    cursor.go(stack, 0)
    assert codes(cursor, stack, -1) == ["two", "one"]


def test_where_there_is_no_code_nothing_moves() -> None:
    stack, cursor = stack_of(entry_of("none")), Cursor()
    cursor.go(stack, 0)
    assert not cursor.step_code(stack, 1)
    assert cursor.text(stack) == "none"


def test_beyond_the_ends_is_the_first_or_the_last() -> None:
    stack, cursor = make_stack(), Cursor()
    cursor.go(stack, 99)
    assert cursor.entry == 3
    cursor.go(stack, -9)
    assert cursor.entry == 0


def test_the_mark_stays_on_the_code_at_another_width_and_after_its_rows_were_given_up() -> None:
    stack, cursor = stack_of(entry_of(f"{'long words ' * 20}\n\n{TWO}")), Cursor()
    assert codes(cursor, stack, 1)[-1] == "two"
    stack.change_layout(Layout(90), Place(0, 0))
    stack.entries[0].drop()
    marked = cursor.marked(stack)
    assert marked is not None
    assert rows_of(stack.entries[0])[marked.start.place.row].strip() == "two"


def test_the_mark_stays_on_the_code_while_the_reply_grows_and_its_thought_is_folded() -> None:
    entry = ReplyEntry(Reply("local", "model", trace=StreamTrace()), ENGLISH)
    stack, cursor = stack_of(entry), Cursor()
    grow(entry, [ReasoningDelta("a\n\n" * 20), TextDelta("```\none\n```\n\n")])
    cursor.step_code(stack, 1)
    entry.toggle_thought()
    grow(entry, [TextDelta("more\n\n" * 9)])
    stack.make_exact(0)
    marked = cursor.marked(stack)
    assert marked is not None
    assert entry.line(marked.start.place.row).text.strip() == "one"


def test_a_reply_that_is_only_a_note_can_be_gone_to() -> None:
    reply = Reply("local", "model")
    feed(reply)
    end(reply)
    stack, cursor = stack_of(ReplyEntry(reply, ENGLISH)), Cursor()
    cursor.go(stack, 0)
    assert cursor.marked(stack) is not None
    assert cursor.text(stack) == ""
