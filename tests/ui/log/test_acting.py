"""What acts on a reply bring into sight."""

from textual.app import App, ComposeResult

from tests.chat.sample import make_turn
from tests.ui.log.replies import ENGLISH, ended
from tui.chat.conversation import Conversation
from tui.stream.outcome import Outcome
from tui.ui.log.message_log import MessageLog


class LogApp(App[None]):
    """Nothing but the log."""

    def compose(self) -> ComposeResult:
        yield MessageLog(ENGLISH)


def shown(log: MessageLog) -> str:
    return "\n".join(strip.text for strip in log.render_lines(log.size.region))


async def test_a_record_that_is_asked_for_is_read_from_its_begin() -> None:
    app, heading = LogApp(), ENGLISH.say("records.group.ending")
    async with app.run_test(size=(60, 16)) as pilot:
        log, conversation = app.query_one(MessageLog), Conversation()
        make_turn(conversation).replies[0] = ended("one\n\n" * 20, Outcome.PREMATURE_EOF)
        log.show(conversation, "")
        log.focus()
        await pilot.press("x")
        await pilot.pause()
        rows = shown(log).split("\n")
        assert any("premature-eof" in row for row in rows[:5])
        assert any(heading in row for row in rows)
        await pilot.press("x", "space", "x")
        await pilot.pause()
        assert heading in shown(log), "a folded message does not stay folded over it"
