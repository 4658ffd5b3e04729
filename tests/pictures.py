"""Make the README's pictures from the running app: `python tests/pictures.py [FOLDER]` (default .github/pictures).

Each picture is the app itself, driven by keys against the practice provider on loopback, in a state folder of its own.
"""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

os.environ.update(TEXTUAL_ANIMATIONS="none", COLORTERM="truecolor", TERM="xterm-256color")

from textual.pilot import Pilot

from tui.chat.conversation import Conversation, Reply, Turn
from tui.chat.routes import Wish
from tui.compose import Launch, open_workspace
from tui.settings.config import Config
from tui.settings.paths import Paths
from tui.settings.secrets import Masker
from tui.stream.outcome import Outcome
from tui.text.language import load_language
from tui.ui.app import Opening, WeirApp
from tui.ui.log.columns import Columns
from tui.ui.log.message_log import MessageLog

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ROOT / "tests" / "markdown" / "documents"
THEMES = ("weir-dark", "weir-light", "high-contrast", "ansi")
Play = Callable[[Pilot[None]], Awaitable[None]]


async def until(pilot: Pilot[None], ready: Callable[[], bool], seconds: float = 30.0) -> None:
    """Let the app run until something holds; a picture of anything else would be a lie."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not ready():
        if loop.time() > end:
            raise TimeoutError("the app did not get there")
        await pilot.pause(0.02)


async def say(pilot: Pilot[None], text: str) -> None:
    """Type a prompt, send it and wait for its reply's end."""
    app = pilot.app
    assert isinstance(app, WeirApp), "the pictures are of weir"
    await pilot.press(*("space" if letter == " " else letter for letter in text))
    await pilot.press("enter")
    await pilot.pause(0.1)
    await until(pilot, lambda: app.workspace is not None and not app.workspace.session.running())
    await pilot.pause(0.3)


async def pick(pilot: Pilot[None], model: str) -> None:
    """Choose a model through the picker."""
    await pilot.press("ctrl+l")
    await pilot.pause(0.3)
    await pilot.press(*model, "enter")
    await pilot.pause(0.2)


async def a_cut_reply(pilot: Pilot[None]) -> None:
    """The reason for the program: a reply that broke, and why."""
    await pick(pilot, "reasoning")
    await say(pilot, "Why do streams break?")
    await pick(pilot, "cut")
    await say(pilot, "And what does it look like?")


async def a_picker(pilot: Pilot[None]) -> None:
    """Every model, filtered as one types."""
    await pilot.press("ctrl+l")
    await pilot.pause(0.5)
    await pilot.press("4", "0")
    await pilot.pause(0.3)


async def a_comparison(pilot: Pilot[None]) -> None:
    """Three models on one prompt: one that thought first is complete, one streams, one was cut."""
    names = ("reasoning", "endless", "cut")
    await pilot.press("ctrl+t")
    await pilot.pause(0.3)
    for name in names:
        await pilot.press(*name, "tab", "ctrl+u")
        await pilot.pause(0.2)
    await pilot.press("enter")
    await pilot.pause(0.3)
    await pilot.press(*"Why?", "enter")
    columns = pilot.app.screen.query_one(Columns)
    await until(pilot, lambda: columns.is_shown and len(columns.turn.replies) == len(names))
    running = columns.turn.replies[names.index("endless")]
    await until(pilot, lambda: all(reply.outcome or reply is running for reply in columns.turn.replies))
    await pilot.pause(0.5)


async def a_first_screen(pilot: Pilot[None]) -> None:
    """What a newcomer sees."""
    await pilot.pause(0.5)


def a_document(name: str) -> Play:
    """A whole reply, from its start."""

    async def play(pilot: Pilot[None]) -> None:
        text = (DOCUMENTS / f"{name}.md").read_text(encoding="utf-8")
        reply = Reply("practice", name, pieces=[text], outcome=Outcome.COMPLETE)
        log = pilot.app.screen.query_one(MessageLog)
        log.show(Conversation(turns=[Turn("Show me.", [reply])]), "")
        log.scroll_home(animate=False)
        await pilot.pause(0.3)

    return play


PICTURES: dict[str, tuple[Play, str, tuple[int, int]]] = {
    "cut-dark": (a_cut_reply, "weir-dark", (100, 36)),
    "cut-light": (a_cut_reply, "weir-light", (100, 36)),
    "picker": (a_picker, "weir-dark", (100, 24)),
    "compare-80": (a_comparison, "weir-dark", (80, 36)),
    "compare-dark": (a_comparison, "weir-dark", (120, 36)),
    "compare-light": (a_comparison, "weir-light", (120, 36)),
    "compare-200": (a_comparison, "weir-dark", (200, 40)),
    "first": (a_first_screen, "weir-dark", (100, 24)),
} | {
    f"log/{name}-{theme}-{width}": (a_document(name), theme, (width, height))
    for name, heights in (("mixed", (76, 64)), ("chinese", (44, 34)), ("wide_table", (60, 34)))
    for theme in THEMES
    for width, height in zip((60, 120), heights, strict=True)
}


async def draw(play: Play, theme: str, size: tuple[int, int]) -> str:
    """The screen after a play, as a self-contained SVG."""
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths(Path(folder, "config"), Path(folder, "data"), Path(folder, "state"))
        launch = Launch(paths, Config(theme=theme), {}, Wish(practice=True))
        mask = Masker()

        async def opener(report: Any, consent: Any) -> Any:
            return await open_workspace(launch, mask, report, keep=False, consent=consent)

        app = WeirApp(Opening(launch.config, paths, load_language("en"), lambda: mask, theme, opener))
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.workspace is not None)
            await pilot.pause(0.3)
            await play(pilot)
            svg = app.export_screenshot(title="weir")
            assert app.workspace is not None
            await app.workspace.close()
    # The fonts that the exporter links would be fetched from elsewhere; any monospace font will do. Without
    # xml:space some viewers drop the spaces at the start of a run.
    svg = re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL).replace("Fira Code", "ui-monospace, monospace")
    return svg.replace("<text ", '<text xml:space="preserve" ')


def main(folder: Path) -> None:
    """Draw every picture."""
    (folder / "log").mkdir(parents=True, exist_ok=True)
    for name, (play, theme, size) in PICTURES.items():
        svg = asyncio.run(draw(play, theme, size))
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        print(folder / f"{name}.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".github" / "pictures")
