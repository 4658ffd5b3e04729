"""`weir compare` on a terminal: who is shown first, ctrl+c, and the table at every width."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chat.sample import wait_for
from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk
from tests.ui.server import Exchange, RawServer


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as desk:
        yield desk


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


def compare(desk: Desk, server: RawServer, *models: str, columns: int = 100) -> PtyTerminal:
    named = (part for model in models for part in ("-m", model))
    flags = ("--base-url", server.base_url, "--retries", "0", *named, "Hello")
    return desk.open("compare", *flags, columns=columns, rows=60)


def take(server: RawServer, count: int) -> dict[str, Exchange]:
    """The requests, by their models: all have come before one is answered."""
    return {exchange.body["model"]: exchange for exchange in (server.next_exchange() for _ in range(count))}


def open_all(exchanges: dict[str, Exchange]) -> None:
    for exchange in exchanges.values():
        exchange.open_stream()


def records(desk: Desk) -> int:
    """How many replies have ended."""
    file = desk.state / "records.jsonl"
    return file.read_text().count("\n") if file.exists() else 0


def headings(screen: str) -> list[str]:
    return re.findall(r"^== .*/(\w+) ==$", screen, re.MULTILINE)


@pytest.mark.slow
def test_the_first_to_answer_is_shown_as_it_comes_and_the_others_after_it(desk: Desk, server: RawServer) -> None:
    terminal = compare(desk, server, "one", "two", "three")
    asked = take(server, 3)
    assert "asking 3 models at once" in terminal.wait_for("asking")
    open_all(asked)
    asked["two"].say("Heron")
    terminal.wait_for("Heron")
    asked["one"].say("Egret, held back")
    asked["three"].say("Stork, whole")
    asked["three"].finish()
    asked["two"].say(" on the weir.")
    screen = terminal.wait_for("Heron on the weir.")
    assert headings(screen) == ["two"]
    assert "Egret" not in screen
    wait_for(lambda: records(desk) == 1)  # `three` has ended
    asked["two"].finish()
    terminal.wait_for("Egret, held back")
    asked["one"].say(" no more")
    screen = terminal.wait_for("Egret, held back no more")
    assert headings(screen) == ["two", "three", "one"]
    asked["one"].finish()
    assert terminal.wait_exit() == 0
    assert screen.index("Stork, whole") < screen.index("Egret")
    table = re.findall(r"^127\.0\.0\.1:\d+/(\w+) +complete ", terminal.text(), re.MULTILINE)
    assert table == ["one", "two", "three"]


@pytest.mark.slow
def test_ctrl_c_stops_all_and_the_table_is_printed(desk: Desk, server: RawServer) -> None:
    terminal = compare(desk, server, "one", "two", "three")
    asked = take(server, 3)
    asked["three"].refuse(500, {"message": "broken nest"})
    terminal.wait_for("server-error")
    for name in ("one", "two"):
        asked[name].open_stream()
        asked[name].say(f"begun by {name}")
    terminal.wait_for(re.compile("begun by (one|two)"))
    terminal.send("\x03")
    assert terminal.wait_exit() == 130
    screen = terminal.text()
    assert len(re.findall(r"^127\S+ +cancelled ", screen, re.MULTILINE)) == 2
    assert re.search(r"^127\S+/three +server-error ", screen, re.MULTILINE)
    assert "broken nest" in screen


@pytest.mark.slow
@pytest.mark.parametrize(("columns", "stacked"), [(200, False), (120, False), (80, False), (50, True)])
def test_the_table_fits_the_terminal(desk: Desk, server: RawServer, columns: int, stacked: bool) -> None:
    terminal = compare(desk, server, "苍鹭", "heron", columns=columns)
    asked = take(server, 2)
    open_all(asked)
    for exchange in asked.values():
        exchange.say("ok")
        exchange.finish()
    assert terminal.wait_exit() == 0
    lines = terminal.text().splitlines()
    table = lines[max(number for number, line in enumerate(lines) if line.startswith("== ")) :]
    assert any(line.startswith("  outcome") for line in table) is stacked
    assert any(re.match("model +outcome", line) for line in table) is not stacked
    assert len([line for line in table if "complete" in line]) == 2
    assert not terminal.raw_has(b"\x1b[")
