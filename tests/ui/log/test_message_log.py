import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, open_raw, send_prompt, welcome
from tests.ui.opened import make_app, make_opener
from tests.ui.server import PATIENCE, Exchange, RawServer
from tui.chat.routes import Wish
from tui.ui.log.message_log import MessageLog


def long_reply(desk: Desk, server: RawServer) -> tuple[PtyTerminal, Exchange]:
    """A reply of forty lines that is not at its end."""
    terminal = desk.open("--base-url", server.base_url, "-m", "raw")
    welcome(terminal)
    send_prompt(terminal)
    stream = server.next_stream()
    say_lines(stream, 0, 40)
    terminal.wait_for("line 39.")
    return terminal, stream


def say_lines(stream: Exchange, first: int, last: int) -> None:
    """Paragraphs with numbers."""
    stream.say("".join(f"line {number}.\n\n" for number in range(first, last)))


async def wait_until(pilot: Pilot[None], reached: Callable[[], bool]) -> None:
    """Let the app work until a condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not reached():
            await pilot.pause()


def log_rows(terminal: PtyTerminal) -> list[str]:
    """The rows of the log, without its scrollbar."""
    return [row[:90].rstrip() for row in terminal.text().splitlines()[:24]]


def wait_until_painted(terminal: PtyTerminal, stream: Exchange) -> None:
    """Wait until the app has taken everything so far: the end of the stream comes last, and is told in the status."""
    stream.finish()
    terminal.wait_for("ended")


@pytest.mark.slow
def test_the_log_follows_its_end(desk: Desk, raw_server: RawServer) -> None:
    terminal, stream = long_reply(desk, raw_server)
    say_lines(stream, 40, 80)
    terminal.wait_for("line 79.")


def test_who_scrolled_up_is_left_alone(desk: Desk, raw_server: RawServer) -> None:
    terminal, stream = long_reply(desk, raw_server)
    terminal.press("pageup")
    terminal.wait_gone("line 39.")
    before = log_rows(terminal)
    assert any(row.strip().startswith("line") for row in before)
    say_lines(stream, 40, 80)
    wait_until_painted(terminal, stream)
    assert log_rows(terminal) == before


@pytest.mark.slow
def test_who_comes_back_to_the_end_follows_again(desk: Desk, raw_server: RawServer) -> None:
    terminal, stream = long_reply(desk, raw_server)
    terminal.press("pageup")
    terminal.wait_gone("line 39.")
    terminal.press("pagedown")
    terminal.wait_for("line 39.")
    say_lines(stream, 40, 80)
    terminal.wait_for("line 79.")


@pytest.mark.slow
def test_page_down_at_the_end_goes_on_following(desk: Desk, raw_server: RawServer) -> None:
    terminal, stream = long_reply(desk, raw_server)
    terminal.press("pagedown", "pagedown")
    say_lines(stream, 40, 80)
    terminal.wait_for("line 79.")


@pytest.mark.slow
def test_page_up_in_a_log_that_fits_goes_on_following(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal)
    stream = raw_server.next_stream()
    stream.say("short\n\n")
    terminal.wait_for("short")
    terminal.press("pageup")
    terminal.send("seen")
    terminal.wait_for("│ seen")
    say_lines(stream, 0, 40)
    terminal.wait_for("line 39.")


@pytest.mark.slow
async def test_end_in_the_log_follows_again(tmp_path: Path, raw_server: RawServer) -> None:
    app = make_app(tmp_path, make_opener(tmp_path, Wish(model="raw", base_url=raw_server.base_url)))
    async with app.run_test() as pilot:
        await app.workers.wait_for_complete()
        await pilot.press("x", "enter")
        stream = await asyncio.to_thread(raw_server.next_stream)
        say_lines(stream, 0, 40)
        log = app.screen.query_one(MessageLog)
        await wait_until(pilot, lambda: log.max_scroll_y > 50)
        await pilot.press("pageup", "pageup", "shift+tab")
        assert app.focused is log
        assert log.scroll_y < log.max_scroll_y
        await pilot.press("end")
        end = log.max_scroll_y
        say_lines(stream, 40, 80)
        await wait_until(pilot, lambda: log.max_scroll_y > end + 40)
        assert log.scroll_y == log.max_scroll_y
    assert app.workspace is not None
    await app.workspace.close()


@pytest.mark.slow
def test_a_new_prompt_goes_to_the_end(desk: Desk, raw_server: RawServer) -> None:
    terminal, stream = long_reply(desk, raw_server)
    stream.finish()
    terminal.wait_for("ended")
    terminal.press("pageup", "pageup")
    terminal.wait_gone("line 39.")
    send_prompt(terminal, "next question")
    terminal.wait_for("█ next question")


@pytest.mark.slow
def test_the_wheel_scrolls_up_and_back_to_following(desk: Desk, raw_server: RawServer) -> None:
    terminal, stream = long_reply(desk, raw_server)
    terminal.send("\x1b[<64;10;10M" * 10)
    terminal.wait_gone("line 39.")
    terminal.send("\x1b[<65;10;10M" * 40)
    terminal.wait_for("line 39.")
    say_lines(stream, 40, 80)
    terminal.wait_for("line 79.")
