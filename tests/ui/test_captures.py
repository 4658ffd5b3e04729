"""The screen in terminals of every kind: the same words in all of them, in sequences that each of them takes."""

import re
from dataclasses import dataclass

import pytest

from tests.ui.desk import Desk, say, send_prompt, spoken, wait_for_status, welcome
from tests.ui.server import RawServer

_SGR = re.compile(rb"\x1b\[([0-9;]*)m")
_REPEAT, _LINK = re.compile(rb"\x1b\[\d+b"), re.compile(rb"\x1b\]8;[^;]*;[^\x1b]")
REPLY = """\
## A weir

It measures a **stream**: see [the book](https://example.org/weir).

```python
height = 1.5
```

- 水流 is flow
"""
SHOWN = ("A weir", "It measures a stream: see the book", "height = 1.5", "水流 is flow")
"""What a person reads of it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a terminal may be sent."""

    environ: dict[str, str]
    colours: frozenset[str]
    """Of "16", "256" and "all": what its colours are made of."""
    repeats: bool = False
    links: bool = True


KINDS = {
    "linux": Kind({"TERM": "linux"}, frozenset({"16"}), links=False),
    "screen": Kind({"TERM": "screen-256color"}, frozenset({"256"})),
    "kitty": Kind({"TERM": "xterm-kitty"}, frozenset({"all"}), repeats=True),
    "NO_COLOR": Kind({"NO_COLOR": "1", "TERM": "xterm-256color", "COLORTERM": "truecolor"}, frozenset()),
    "stock": Kind({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, frozenset({"all"})),
}


def colours_in(output: bytes) -> set[str]:
    """Which kinds of colour the SGR sequences name."""
    found = set()
    for match in _SGR.finditer(output):
        numbers = match[1].decode().split(";")
        while numbers:
            number = int(numbers.pop(0) or 0)
            if number in (38, 48):
                kind = numbers.pop(0)
                found.add("all" if kind == "2" else "256")
                del numbers[: 3 if kind == "2" else 1]
            elif number in (*range(30, 38), *range(40, 48), *range(90, 98), *range(100, 108)):
                found.add("16")
    return found


@pytest.mark.parametrize(
    "name", [name if name == "linux" else pytest.param(name, marks=pytest.mark.slow) for name in KINDS]
)
def test_a_terminal_gets_what_it_takes(desk: Desk, raw_server: RawServer, name: str) -> None:
    kind = KINDS[name]
    if name == "stock":
        desk.write_config('driver = "stock"\n')
    terminal = desk.open("--base-url", raw_server.base_url, "-m", "raw", environ={"COLORTERM": "", **kind.environ})
    welcome(terminal)
    send_prompt(terminal)
    stream = raw_server.next_stream()
    for start in range(0, len(REPLY), 7):
        stream.say(REPLY[start : start + 7])
    terminal.wait_for(SHOWN[-1])
    stream.finish()
    wait_for_status(terminal, say("status.ended"))
    capture = terminal.text()
    places = [capture.find(words) for words in SHOWN]
    assert -1 not in places, capture
    assert places == sorted(places), capture
    assert colours_in(terminal.output) == kind.colours
    if name != "stock":
        assert terminal.raw_has(_REPEAT) == kind.repeats
        assert terminal.raw_has(_LINK) == kind.links
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert 1049 not in terminal.modes


def test_a_dumb_terminal_gets_lines(desk: Desk, raw_server: RawServer) -> None:
    terminal = desk.open("--base-url", raw_server.base_url, "-m", "raw", environ={"TERM": "dumb", "COLORTERM": ""})
    terminal.wait_for(spoken("plain.dumb", term="dumb"))
    terminal.wait_for(re.compile(r"^You:", re.MULTILINE))
    send_prompt(terminal)
    stream = raw_server.next_stream()
    stream.say(REPLY)
    stream.finish()
    terminal.wait_for("水流 is flow")
    assert not terminal.raw_has(b"\x1b")
