"""What acts on a reply bring into sight."""

from textual import on
from textual.app import App, ComposeResult

from tests.chat.sample import make_turn
from tests.ui.log.replies import ENGLISH, ended
from tests.ui.opened import until
from tui.chat.conversation import Conversation, Turn
from tui.chat.revision import Revision
from tui.stream.outcome import Outcome
from tui.ui.log.message_log import MessageLog


class LogApp(App[None]):
    """Nothing but the log."""

    def __init__(self) -> None:
        super().__init__()
        self.missed: list[str] = []

    @on(MessageLog.Missed)
    def keep(self, event: MessageLog.Missed) -> None:
        self.missed.append(event.what)

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


async def test_the_last_note_says_how_to_come_to_its_keys_while_they_are_elsewhere() -> None:
    app, keys = LogApp(), f"c {ENGLISH.say('remedy.continue')} · r"
    first = f"Tab{ENGLISH.say('remedy.then')}{keys}"
    async with app.run_test(size=(100, 40)) as pilot:
        log, conversation = app.query_one(MessageLog), Conversation()
        for _ in range(2):
            make_turn(conversation).replies[0] = ended("one", Outcome.PREMATURE_EOF)
        app.set_focus(None)
        log.show(conversation, "")
        await pilot.pause()
        assert shown(log).count(keys) == 2
        assert shown(log).count(first) == 1
        assert shown(log).index(first) > shown(log).index(keys)
        log.focus()
        await until(pilot, lambda: first not in shown(log))
        assert shown(log).count(keys) == 2
        app.set_focus(None)
        await until(pilot, lambda: first in shown(log))
        log.add_turn(make_turn(conversation))
        await until(pilot, lambda: first not in shown(log))


async def test_on_a_reply_without_others_the_branches_of_its_prompt_are_told_of() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 20)) as pilot:
        log, conversation = app.query_one(MessageLog), Conversation()
        make_turn(conversation).replies[0] = ended("one")
        log.show(conversation, "")
        log.focus()
        await pilot.press("left_square_bracket")
        conversation.add(Turn("another way", [ended("other")]), conversation.turns[0])
        log.show(conversation, "")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: len(app.missed) == 2)
        assert app.missed == ["compare_view.no_siblings", "turns.branches_above"]
        assert log.has_several is False
        await pilot.press("k")
        assert log.has_several is True


async def test_the_place_of_reading_stays_while_the_path_behind_it_changes() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 20)) as pilot:
        log, conversation, revision = app.query_one(MessageLog), Conversation(), Revision(None)
        for number in range(30):
            make_turn(conversation, f"prompt {number}").replies[0] = ended(f"reply {number}")
        turn = conversation.turns[15]
        branch = Turn("another way", [ended("other reply")])
        conversation.add(branch, turn)
        log.show(conversation, "")
        log.focus()
        await pilot.press("k")
        await pilot.pause()
        before = [row for row in shown(log).split("\n") if row.strip()]
        revision.step(conversation, branch, 1)
        log.show_path()
        await pilot.pause()
        after = [row for row in shown(log).split("\n") if row.strip()]
        at = next(number for number, row in enumerate(before) if "2/2" in row)
        assert "1/2" in after[at]
        assert after[:at] == before[:at]
        assert "prompt 15" in after[at + 1]
        assert log.current_turn is turn
        revision.delete(conversation, conversation.turns[-1])
        log.show_path()
        log.follow()
        await pilot.pause()
        assert "reply 28" in shown(log)
        assert "prompt 29" not in shown(log)
