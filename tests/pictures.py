"""Make the README's pictures from the running app: `python -m tests.pictures [FOLDER]` (default .github/pictures).

Each picture is the app itself, driven by keys against the practice provider on loopback, in a state folder of its own.
"""

import asyncio
import os
import sys
from pathlib import Path

os.environ.update(TEXTUAL_ANIMATIONS="none", COLORTERM="truecolor", TERM="xterm-256color")

from tests.scene import ROOT, Play, a_comparison, a_cut_reply, a_document, be, draw, open_app, presses, weir
from tui.chat.routes import Wish

THEMES = ("weir-dark", "weir-light", "high-contrast", "ansi")

PICTURES: dict[str, tuple[Play, str, tuple[int, int]]] = {
    "cut-dark": (a_cut_reply, "weir-dark", (100, 36)),
    "cut-light": (a_cut_reply, "weir-light", (100, 36)),
    "picker": (presses("ctrl+l", "4", "0"), "weir-dark", (100, 24)),
    "compare-80": (a_comparison, "weir-dark", (80, 36)),
    "compare-dark": (a_comparison, "weir-dark", (120, 36)),
    "compare-light": (a_comparison, "weir-light", (120, 36)),
    "compare-200": (a_comparison, "weir-dark", (200, 40)),
    "first": (be, "weir-dark", (100, 24)),
} | {
    f"log/{name}-{theme}-{width}": (a_document(name), theme, (width, height))
    for name, heights in (("mixed", (76, 64)), ("chinese", (44, 34)), ("wide_table", (60, 34)))
    for theme in THEMES
    for width, height in zip((60, 120), heights, strict=True)
}


async def take(play: Play, theme: str, size: tuple[int, int]) -> str:
    """The screen after a play."""
    async with open_app(theme, size, Wish(practice=True)) as pilot:
        await play(pilot)
        return draw(weir(pilot))


def main(folder: Path) -> None:
    """Draw every picture."""
    (folder / "log").mkdir(parents=True, exist_ok=True)
    for name, (play, theme, size) in PICTURES.items():
        svg = asyncio.run(take(play, theme, size))
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        print(folder / f"{name}.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".github" / "pictures")
