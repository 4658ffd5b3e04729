"""Make the README's pictures from the running app: `python -m tests.pictures [FOLDER]` (default .github/pictures).

Each picture is the app itself, driven by keys against the practice provider on loopback, in a state folder of its own.
"""

import asyncio
import os
import sys
from pathlib import Path

os.environ.update(TEXTUAL_ANIMATIONS="none", COLORTERM="truecolor", TERM="xterm-256color")

from tests.scene import ROOT, Play, a_branch, a_comparison, a_cut_reply, be, draw, open_app, weir
from tui.chat.routes import Wish

SCREENS: dict[str, tuple[Play, tuple[int, int]]] = {
    "first": (be, (100, 18)),
    "cut": (a_cut_reply, (100, 36)),
    "branch": (a_branch, (100, 26)),
    "compare": (a_comparison, (120, 36)),
}
PICTURES = {
    f"{name}-{ground}": (play, f"weir-{ground}", size)
    for name, (play, size) in SCREENS.items()
    for ground in ("dark", "light")
}
"""By their file's name: how to get there, the theme and the size in cells. The README shows each."""


async def take(play: Play, theme: str, size: tuple[int, int]) -> str:
    """The screen after a play."""
    async with open_app(theme, size, Wish(practice=True)) as pilot:
        await play(pilot)
        return draw(weir(pilot))


def main(folder: Path) -> None:
    """Draw every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (play, theme, size) in PICTURES.items():
        svg = asyncio.run(take(play, theme, size))
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        print(folder / f"{name}.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".github" / "pictures")
