"""The raw stream on the screen: live, long, copied without a secret; captures in the status bar."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.stream.clock import until
from tests.stream.peer import Peer, Script, Visit
from tests.stream.wire import DONE, END, chunk, finish, opening, text
from tests.ui.opened import make_app, make_opener
from tui.chat.routes import Wish
from tui.settings.permission import Permission, list_captures, read_permission, write_permission
from tui.ui.app import WeirApp
from tui.ui.screens.chat import ChatScreen
from tui.ui.screens.raw_stream import RawStreamScreen
from tui.ui.screens.record import RecordScreen
from tui.ui.widgets.raw_view import RawView

pytestmark = pytest.mark.slow


def silent(words: int) -> Script:
    """A word, a sign of life, then nothing until the gate is opened, then so many words and the end."""

    async def play(visit: Visit) -> None:
        visit.send(opening("Set-Cookie: id=secret-of-the-cookie") + chunk(text("Alpha")) + chunk(b": ping\n\n"))
        await visit.gate.wait()
        visit.send(b"".join(chunk(text(f"word {n}")) for n in range(words)) + chunk(finish("stop") + DONE) + END)

    return play


@asynccontextmanager
async def asked(home: Path, peer: Peer) -> AsyncGenerator[tuple[WeirApp, Pilot[None], ChatScreen]]:
    app = make_app(home, make_opener(home, Wish(model="heron-1", base_url=peer.url)))
    try:
        async with app.run_test(size=(100, 30)) as pilot:
            await until(lambda: app.workspace is not None)
            await pilot.pause()
            await pilot.press(*"nest", "enter")
            await peer.wait_visits(1)
            assert isinstance(app.screen, ChatScreen)
            yield app, pilot, app.screen
    finally:
        if app.workspace is not None:
            await app.workspace.close()


def rows(screen: RawStreamScreen) -> list[str]:
    """What is in sight."""
    return [screen.view.render_line(y).text.rstrip() for y in range(screen.view.size.height)]


@pytest.mark.parametrize("words", [5, 2_000])
async def test_it_is_shown_live_and_copied(words: int, tmp_path: Path) -> None:
    copied = tmp_path / "state" / "clipboard.txt"
    async with Peer(silent(words)) as peer, asked(tmp_path, peer) as (app, pilot, chat):
        await pilot.press("ctrl+g")
        await until(lambda: isinstance(app.screen, RecordScreen) and app.screen.query("#record-page"))
        await pilot.press("w")
        await until(lambda: isinstance(app.screen, RawStreamScreen) and app.screen.query(RawView))
        screen = app.screen
        assert isinstance(screen, RawStreamScreen)
        await until(lambda: any(": ping" in row for row in rows(screen)))
        assert any(row.endswith("HTTP/1.1 200") for row in rows(screen))
        assert "attempt 1/" in rows(screen)[0]
        for visit in peer.visits:  # one of them may be that for the list of models
            visit.gate.set()
        await until(lambda: "data: [DONE]" in "".join(rows(screen)))
        await until(lambda: "end: closed complete" in "".join(rows(screen)))
        assert screen.view.virtual_size.height > 2 * words
        await pilot.press("g")
        await until(lambda: "POST http://127.0.0.1" in rows(screen)[1])
        await pilot.press("w")
        await until(lambda: screen.view.virtual_size.height > 3 * words)
        await pilot.press("u")
        await until(copied.exists)
        assert copied.read_text().startswith("curl -N http://127.0.0.1")
        assert "nest" not in copied.read_text()
        await pilot.press("U")
        await until(lambda: '"content": "nest"' in copied.read_text())
        await pilot.press("y")
        await until(lambda: f"word {words - 1}" in copied.read_text())
        assert "secret-of-the-cookie" not in copied.read_text()
        await pilot.press("escape", "U")
        await until(lambda: '"content": "nest"' in copied.read_text())
        await pilot.press("escape")
        await until(lambda: app.screen is chat)


async def test_a_capture_is_shown_and_ends_while_the_app_runs(tmp_path: Path) -> None:
    async with Peer(silent(5)) as peer, asked(tmp_path, peer) as (app, _, chat):
        assert app.workspace is not None
        paths, now = app.workspace.paths, datetime.now(UTC)
        assert chat.capture_parts() == []
        permission = Permission(now - timedelta(minutes=1), now + timedelta(minutes=29), "ticket 812", purge=True)
        write_permission(paths.capture_file, permission)
        chat.look_for_capture()
        await until(lambda: [part.text for part in chat.capture_parts()] == ["capture 29 min"])
        for visit in peer.visits:  # one of them may be that for the list of models
            visit.gate.set()
        await until(lambda: list_captures(paths.captures))
        write_permission(paths.capture_file, Permission(permission.since, now, "ticket 812", purge=True))
        chat.look_for_capture()
        await until(lambda: not list_captures(paths.captures))
        await until(lambda: chat.capture_parts() == [])
        ended = read_permission(paths.capture_file)
        assert ended is not None
        assert ended.ended
