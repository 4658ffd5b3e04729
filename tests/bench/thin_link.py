"""How far the painted text of a reply is behind what has arrived, on a link that carries little."""

import re
import tempfile
import time
from pathlib import Path

from tests.bench.documents import SIGN, tokens
from tests.bench.link import Link
from tests.ui.desk import Desk, spoken
from tests.ui.meter import RATE
from tests.ui.server import RawServer

_SECONDS = 15
_SPACING = 10
"""Every so many tokens a mark stands in the text."""
_MARK = re.compile(rf"{SIGN}(\d+){SIGN}")


def find_lag(kind: str, *, rate: float, remote: bool) -> float:
    """The longest time in seconds that a mark was on its way to the screen; a later one on the screen stands for it."""
    with tempfile.TemporaryDirectory() as folder, RawServer() as server:
        environ = Desk(Path(folder)).environ | ({"SSH_CONNECTION": "192.0.2.1 5 192.0.2.2 22"} if remote else {})
        argv = ["-m", "tui", "--base-url", server.base_url, "-m", "raw"]
        with Link(argv, environ, Path(folder), rate) as link:
            link.wait_for(spoken("welcome.title"))
            link.type("hello")
            link.wait_for(lambda text: "hello" in text)
            link.type("\r")
            stream, pieces = server.next_stream(), tokens(kind)
            sent: list[float] = []
            number, seen, worst, began = 0, -1, 0.0, time.monotonic()
            while (now := time.monotonic()) < began + _SECONDS:
                while number < (now - began) * RATE:
                    stream.say(next(pieces))
                    number += 1
                    if number % _SPACING == 0:
                        stream.say(f" {SIGN}{len(sent)}{SIGN} ")
                        sent.append(now)
                link.turn()
                seen = max([seen, *map(int, _MARK.findall(link.screen.text()))])
                if seen + 1 < len(sent):
                    worst = max(worst, time.monotonic() - sent[seen + 1])
            return worst
