import pytest
from textual.app import App, ComposeResult

from tests.chat.sample import make_turn
from tests.ui.log.replies import ENGLISH, ended
from tui.chat.conversation import Conversation
from tui.ui.log.message_log import MessageLog

LONG = "one two three four five six seven eight nine ten eleven twelve"
REPLY = f"{LONG}\n\n```py\nx = 1\n\ny = 2\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"


class LogApp(App[None]):
    """Nothing but the log; keeps what is copied."""

    def __init__(self) -> None:
        super().__init__()
        self.copied: list[str] = []
        self.left = 0

    def compose(self) -> ComposeResult:
        yield MessageLog(ENGLISH)

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


async def test_the_end_that_moves_can_be_a_character_or_a_word() -> None:
    assert await copied_by("v", "j", "right", "right", "y") == ["n"]
    assert await copied_by("v", "j", "right", "v", "right", "right", "right", "right", "y") == ["one t"]
    assert await copied_by("v", "j", "left", "v", "right", "right", "y") == [LONG[LONG.index("six") + 2 :][:4]]
    assert await copied_by("v", "j", "ctrl+right", "ctrl+right", "v", "ctrl+right", "y") == ["two three"]
    assert await copied_by("v", "j", "ctrl+right", "v", "down", "y") == [LONG[: LONG.index("seven") + 1]]
    assert await copied_by("v", "g", "left", "y") == ["o"]
    assert await copied_by("ctrl+right", "y") == [REPLY]


async def test_escape_ends_it_and_the_next_copy_is_of_the_message() -> None:
    assert await copied_by("v", "j", "escape", "y") == [REPLY]
