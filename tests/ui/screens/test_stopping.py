"""What Esc and ctrl+c stop: Esc what is in sight, ctrl+c an overlay first, and a reply in another chat too."""

from pathlib import Path

from tests.ui.desk import say
from tests.ui.opened import until
from tests.ui.screens.test_comparing import practice_models
from tests.ui.screens.test_trying import opened, replies
from tui.ui.app import WeirApp


def told(app: WeirApp) -> list[str]:
    return [notice.message for notice in app._notifications]


async def test_esc_stops_no_reply_that_is_out_of_sight_and_names_the_key_that_does(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, chat, pilot):
        chat.begin_turn("go on", *practice_models(chat, "endless"))
        reply = replies(chat)[0]
        await until(pilot, lambda: reply.has_text)
        await pilot.press("ctrl+n", "escape")
        await until(pilot, lambda: say("keys.runs_elsewhere", key="ctrl+c") in told(app))
        assert reply.outcome is None
        await pilot.press("ctrl+c")
        await until(pilot, lambda: str(reply.outcome) == "cancelled")
        assert say("keys.stopped_elsewhere") in told(app)


async def test_ctrl_c_closes_an_overlay_and_does_not_count_towards_leaving(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, chat, pilot):
        for key in ("ctrl+l", "ctrl+p"):
            await pilot.press("ctrl+c")
            await until(pilot, lambda: say("keys.again_to_quit", key="ctrl+c") in told(app))
            await pilot.press(key)
            await until(pilot, lambda: app.screen is not chat)
            await pilot.press("ctrl+c")
            await until(pilot, lambda: app.screen is chat)
            app.clear_notifications()
            await until(pilot, lambda: not told(app))
        assert not app._exit
