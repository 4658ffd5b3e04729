"""Draw every state of the app in every theme: `python -m tests.contact_sheet FOLDER [--scene NAME]`.

One sheet (SVG) for each state: a row for each theme, a column for each width; `index.html` shows them all. What cannot
be read well (tests/contrast.py) is told. `--theme NAME` and `--language zh` choose, too.
"""

import argparse
import asyncio
import os
import re
import sys
from pathlib import Path

os.environ.update(TEXTUAL_ANIMATIONS="none", COLORTERM="truecolor", TERM="xterm-256color")

from tests.contrast import weak_pairs
from tests.scene import ROOT, SCENES, Scene, draw, open_scene, weir

HEIGHT = 30
_GAP = 24.0
_SCALE = 0.5
"""Of a screen on a sheet: small, but every letter can be read when the sheet is enlarged."""


def shipped() -> list[str]:
    """The themes that come with weir."""
    return sorted(path.stem for path in (ROOT / "themes").glob("*.toml"))


async def shoot(scene: Scene, themes: list[str], tongue: str) -> list[list[str]]:
    """A row of pictures for each theme: the scene is played once, then looked at in each width and theme."""
    rows: list[list[str]] = [[] for _ in themes]
    async with open_scene(scene, themes[0], tongue=tongue) as pilot:
        for width in scene.widths:
            await pilot.resize_terminal(width, HEIGHT)
            await pilot.pause(0.3)
            for row, theme in zip(rows, themes, strict=True):
                weir(pilot).wear(theme, theme)
                await pilot.pause(0.1)
                row.append(draw(weir(pilot)))
                for found in weak_pairs(pilot.app):
                    print(f"  hard to read in {theme} at {width} columns: {found}", file=sys.stderr)
    return rows


def lay_out(rows: list[list[str]]) -> str:
    """One sheet of all pictures."""
    pieces: list[str] = []
    top = breadth = 0.0
    for row in rows:
        left = height = 0.0
        for svg in row:
            box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
            assert box is not None, "every picture says its size"
            width, tall = float(box[1]) * _SCALE, float(box[2]) * _SCALE
            pieces.append(svg.replace("<svg ", f'<svg x="{left}" y="{top}" width="{width}" height="{tall}" ', 1))
            left, height = left + width + _GAP, max(height, tall)
        breadth, top = max(breadth, left), top + height + _GAP
    size = f'viewBox="0 0 {breadth} {top}" width="{breadth}" height="{top}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(pieces)}</svg>'


def write_index(folder: Path, names: list[str], themes: list[str]) -> None:
    """A page of all sheets."""
    order = ", ".join(themes)
    body = "".join(f'<h2>{name}</h2><a href="{name}.svg"><img src="{name}.svg" width="100%"></a>' for name in names)
    page = f'<!doctype html><meta charset="utf-8"><title>weir</title><p>From above: {order}.</p>{body}'
    (folder / "index.html").write_text(page, encoding="utf-8")


def main() -> None:
    """Draw what was asked for."""
    parser = argparse.ArgumentParser(description="Draw every state of the app in every theme and width.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scene", action="append", choices=[scene.name for scene in SCENES])
    parser.add_argument("--theme", action="append", choices=shipped())
    parser.add_argument("--language", choices=("en", "zh"), default="en")
    wanted = parser.parse_args()
    folder, themes = wanted.folder, wanted.theme or shipped()
    folder.mkdir(parents=True, exist_ok=True)
    scenes = [scene for scene in SCENES if not wanted.scene or scene.name in wanted.scene]
    for scene in scenes:
        sheet = lay_out(asyncio.run(shoot(scene, themes, wanted.language)))
        (folder / f"{scene.name}.svg").write_text(sheet, encoding="utf-8")
        print(folder / f"{scene.name}.svg", flush=True)
    write_index(folder, [scene.name for scene in scenes], themes)


if __name__ == "__main__":
    main()
