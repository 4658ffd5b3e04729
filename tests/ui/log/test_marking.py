import pytest
from textual.app import App, ComposeResult

from tests.chat.sample import make_turn
from tests.ui.log.replies import ENGLISH, ended
from tests.ui.log.test_message_log import wait_until
from tui.chat.conversation import Conversation, Reply, Turn
from tui.stream.events import TextDelta
from tui.ui.log.message_log import MessageLog
from tui.ui.log.stack import KEPT_ENTRIES

LONG = "one two three four five six seven eight nine ten eleven twelve"
REPLY = f"{LONG}\n\n```py\nx = 1\n\ny = 2\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"


class LogApp(App[None]):
    """Nothing but the log; keeps what is copied."""

    def __init__(self, *, wrap_code: bool = True) -> None:
        super().__init__()
        self._wrap_code = wrap_code
        self.copied: list[str] = []
        self.left = 0

    def compose(self) -> ComposeResult:
        yield MessageLog(ENGLISH, wrap_code=self._wrap_code)

    def on_message_log_copied(self, event: MessageLog.Copied) -> None:
        self.copied.append(event.text)

    def on_message_log_missed(self, event: MessageLog.Missed) -> None:
        assert ENGLISH.say(event.what)

    def on_message_log_left(self) -> None:
        self.left += 1


async def copied_by(*keys: str) -> list[str]:
    """What these keys copy out of one turn, the focus being on its reply."""
    app = LogApp()
    async with app.run_test(size=(34, 20)) as pilot:
        log, conversation = app.query_one(MessageLog), Conversation()
        make_turn(conversation).replies[0] = ended(REPLY)
        log.show(conversation, "")
        log.focus()
        await pilot.press(*keys)
        await pilot.pause()
        assert not log.is_marking
        assert app.left == 0
    return app.copied


async def test_rows_from_end_to_end_of_blocks_give_their_source() -> None:
    assert await copied_by("v", "j", "v", "G", "y") == [REPLY]
    assert await copied_by("v", "G", "v", "g", "y") == [f"Hello\n\nlocal/model\n{REPLY}"]


async def test_rows_of_a_paragraph_are_unwrapped() -> None:
    assert await copied_by("v", "j", "v", "j", "y") == [LONG[: LONG.index(" twelve")]]


@pytest.mark.slow
async def test_a_row_is_moved_and_its_end_held_and_let_go() -> None:
    assert await copied_by("v", "j", "j", "j", "j", "y") == ["x = 1"]
    assert await copied_by("v", "j", "v", "down", "v", "down", "y") == ["twelve"]
    assert await copied_by("v", "j", "j", "j", "j", "v", "j", "y") == ["x = 1\n\ny = 2"]


@pytest.mark.slow
async def test_the_end_that_moves_can_be_a_character_or_a_word() -> None:
    assert await copied_by("v", "j", "right", "v", "right", "right", "right", "right", "y") == ["one t"]
    assert await copied_by("v", "j", "left", "v", "right", "right", "y") == [LONG[LONG.index("six") + 2 :][:4]]
    assert await copied_by("v", "j", "ctrl+right", "ctrl+right", "v", "ctrl+right", "y") == ["two three"]
    assert await copied_by("v", "j", "ctrl+right", "v", "down", "y") == [LONG[: LONG.index("seven") + 1]]


@pytest.mark.parametrize("keys", [("k", "y"), ("left", "y"), ("ctrl+left", "j", "y"), ("v", "k", "y")])
async def test_a_mark_holds_on_when_a_growing_reply_has_fewer_rows(keys: tuple[str, ...]) -> None:
    app, reply, address = LogApp(), Reply("local", "model"), "http://x.y/" + "z" * 200

    def say(text: str) -> None:
        event = TextDelta(text)
        reply.apply(event)
        log.apply(reply, event)

    async with app.run_test(size=(34, 20)) as pilot:
        log = app.query_one(MessageLog)
        log.show(Conversation(), "")
        log.add_turn(Turn("Hello", [reply]))
        say(f"one [two]({address}")
        await wait_until(pilot, lambda: log.virtual_size.height > 12)
        log.focus()
        await pilot.press("v", "G", "v")
        say(")\n")
        await wait_until(pilot, lambda: log.virtual_size.height <= 20)
        await pilot.press(*keys)
        await wait_until(pilot, lambda: bool(app.copied))


async def test_a_mark_reaches_to_where_rows_were_given_up() -> None:
    app, conversation = LogApp(), Conversation()
    for _ in range(KEPT_ENTRIES):
        make_turn(conversation).replies[0] = ended("short")
    async with app.run_test(size=(34, 20)) as pilot:
        log = app.query_one(MessageLog)
        log.show(conversation, "")
        log.focus()
        await pilot.press("v", "v", "g", "down", "g", "y")
        await wait_until(pilot, lambda: bool(app.copied))
    assert app.copied[0].count("Hello") == KEPT_ENTRIES


@pytest.mark.slow
async def test_wide_code_slides_along_with_its_mark() -> None:
    words = [f"w{number}" for number in range(40)]
    app, conversation = LogApp(wrap_code=False), Conversation()
    make_turn(conversation).replies[0] = ended(f"```\n{' '.join(words)}\n```")
    async with app.run_test(size=(34, 20)) as pilot:
        log = app.query_one(MessageLog)
        log.show(conversation, "")
        log.focus()
        await pilot.press("v", "j", "ctrl+right", "v", *["ctrl+right"] * 20)
        assert any("w20" in strip.text for strip in log.render_lines(log.size.region))
        await pilot.press("y")
        await wait_until(pilot, lambda: bool(app.copied))
    assert app.copied == [" ".join(words[:21])]


async def test_escape_ends_it_and_the_next_copy_is_of_the_message() -> None:
    assert await copied_by("v", "j", "escape", "y") == [REPLY]
