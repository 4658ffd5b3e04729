"""A small app with all that makes frames hard: a log that scrolls, an editor, overlays, colours, links, wide text.

As a program: `python -m tests.ui.terminal.stage MODE [FILE]`. `grid` and `stock` are the two drivers; `record` pickles
into FILE what Textual's own driver would write for each update, and the screen that ours makes of it; `busy` changes
the whole screen all the time and leaves by itself, `lost` outlives the loss of its terminal for a while; both leave
figures in FILE, as JSON.
"""

import asyncio
import json
import os
import pickle
import signal
import sys
import time
from pathlib import Path
from typing import ClassVar

from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual import screen as textual_screen
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import OptionList, Static, TextArea

from tui.ui.terminal.cell_app import CellApp
from tui.ui.terminal.compositor import AreaCompositor, Placed, StripUpdate, use_areas
from tui.ui.terminal.driver import GridDriver
from tui.ui.terminal.driver_choice import choose_driver
from tui.ui.terminal.grid import Screen

PROSE = "A weir is a low dam that measures a stream; how high the water stands above its crest tells how much flows. "
PIECES = (
    *[f"{word} " for word in (PROSE * 3).split()],
    "\n# 标题：流的测量\n",
    *[f"{word}，" for word in ("测量", "水流", "速度", "很重要", "每一秒", "都不同") * 6],
    "\n```python\n",
    *[f"def measure_{number}(height: float) -> float:\n    return {number} * height ** 1.5\n" for number in range(12)],
    "```\n",
    *["👩‍🚀 flies ", "🇩🇪 flag ", "❤️ heart ", "e\u0301clair ", "👍🏽 yes ", "🎉 party "] * 3,
    "\nlink https://example.org/weir and ",
    *[f"{word} " for word in (PROSE * 2).split()],
    "\n",
)
TEXT, HEADING, CODE, QUIET = (
    Style.parse(style)
    for style in ("#d0d0d0 on #101418", "bold #80c0ff on #101418", "italic #a0e0a0 on #181c20", "dim")
)
ATTACK = "\x1b]52;c;ZXZpbA==\x07\x1b]0;owned\x07\x1b[2J\x9b2J\x1b[?1049l"
TICKS = 150
LINK = Style.parse("underline #ffcc66 on #101418") + Style(link="https://example.org/weir?a=1;b=2")


class Log(ScrollView, can_focus=True):
    """Lines of styled text, the last of which grows."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[str, Style]] = [("", TEXT)]

    def feed(self, piece: str) -> None:
        """Add text at the end and keep it in view."""
        width = max(self.size.width - 2, 20)
        for number, part in enumerate(piece.split("\n")):
            text, style = self._lines[-1]
            if number or len(text) + len(part) > width:
                style = CODE if piece.startswith(("def", "```")) else HEADING if part.startswith("#") else TEXT
                self._lines.append((part, LINK if "https" in part else style))
            else:
                self._lines[-1] = text + part, LINK if "https" in part else style
        self.virtual_size = Size(self.size.width, len(self._lines))
        self.scroll_end(animate=False, immediate=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line, padded."""
        place = y + self.scroll_offset.y
        text, style = self._lines[place] if place < len(self._lines) else ("", TEXT)
        return Strip([Segment(text, style)]).adjust_cell_length(self.size.width, style)


class Overlay(ModalScreen[None]):
    """A list in front of everything."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2", "app.pop_screen")]
    DEFAULT_CSS = "Overlay { align: center middle; }"

    def compose(self) -> ComposeResult:
        """Names, wide ones too."""
        yield OptionList(*[f"model {number} 模型" for number in range(30)], markup=False)


class Stage(CellApp[None]):
    """f2 shows the overlay, f3 feeds the document piece by piece, f5 repaints, f6 feeds ATTACK, f9 leaves."""

    CSS = """
    TextArea { height: 5; }
    Static { height: 1; background: $primary 30%; }
    OptionList { width: 50; height: 12; border: heavy $accent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "overlay"), Binding("f3", "stream", priority=True), Binding("f5", "repaint", priority=True),
        Binding("f6", "attack", priority=True), Binding("f9", "leave", priority=True),
    ]  # fmt: skip

    def __init__(self, driver_class: type[Driver] | None, pieces: tuple[str, ...] = PIECES) -> None:
        super().__init__(driver_class=driver_class)
        self._pieces = list(pieces)
        self._streaming = False

    def compose(self) -> ComposeResult:
        """A log, a status line, an editor."""
        yield Log()
        yield Static("ready", markup=False)
        editor = TextArea()
        editor.cursor_blink = False
        yield editor

    def on_mount(self) -> None:
        """The editor has the keys."""
        self.query_one(TextArea).focus()

    def action_overlay(self) -> None:
        """Show it."""
        self.push_screen(Overlay())

    def action_stream(self) -> None:
        """One piece, one frame, the next piece."""
        self._streaming = bool(self._pieces)
        if self._pieces:
            self.query_one(Log).feed(self._pieces.pop(0))
        else:
            self.query_one(Static).update("all fed", layout=False)

    def post_display_hook(self) -> None:
        """A frame has gone to the driver."""
        if self._streaming:
            self._streaming = False
            self.call_later(self.action_stream)

    def action_repaint(self) -> None:
        """As a person asks for it when the screen is spoilt."""
        repaint = getattr(self._driver, "repaint", None)
        if repaint is not None:
            repaint()

    def action_attack(self) -> None:
        """What a model could send if nothing stood between."""
        self.query_one(Log).feed(f"attack{ATTACK}ed")

    def action_leave(self) -> None:
        """End."""
        self.exit()


class Busy(Stage):
    """Counts the turns of its loop while all of the screen changes, and leaves after `TICKS` of them."""

    def __init__(self, driver_class: type[Driver] | None) -> None:
        super().__init__(driver_class, tuple(noise(number) for number in range(1000)))
        self.figures: dict[str, float] = {}
        """Seconds: the longest time the loop was away, and when it began to leave."""

    def on_mount(self) -> None:
        """Begin at once."""
        super().on_mount()
        self.call_after_refresh(self.action_stream)
        self.run_worker(self.tick(TICKS))

    async def tick(self, count: int) -> None:
        """Let the loop turn."""
        worst = 0.0
        for _ in range(count):
            before = time.monotonic()
            await asyncio.sleep(0.01)
            worst = max(worst, time.monotonic() - before)
        self.figures |= {"worst_gap": worst, "leaving": time.monotonic()}
        self.exit()


class Survivor(Stage):
    """Goes on for some time after its terminal is gone; what it uses of the processor then must be little."""

    def __init__(self) -> None:
        super().__init__(choose_driver("grid", self.count_loss).driver)
        self.losses = 0
        """How often it was told."""
        self.idle_cpu = 0.0
        """Seconds of the processor, after the loss."""

    def count_loss(self) -> None:
        """Told by the driver."""
        self.losses += 1
        if self.losses == 1:
            self.run_worker(self.linger())

    async def linger(self) -> None:
        """Type nothing, show something, then leave."""
        before = time.process_time()
        for number in range(10):
            self.query_one(Log).feed(f"\nunseen {number}")
            await asyncio.sleep(0.1)
        self.idle_cpu = time.process_time() - before
        self.exit()


def noise(number: int) -> str:
    """Lines that have nothing in common with those of another number."""
    return "".join(f"\n{'abcdefghijklmnop'[(number + line) % 16] * 3}{number * 7919 + line}-" * 6 for line in range(60))


class BothUpdate(StripUpdate):
    """Ours, and what Textual's own compositor makes of the same."""

    def __init__(self, strips: list[Placed], stock: ChopsUpdate) -> None:
        super().__init__(strips)
        self.stock = stock


class BothCompositor(AreaCompositor):
    """Renders everything twice, the second time as Textual does."""

    def render_partial_update(self) -> BothUpdate | None:
        marked = self._dirty_regions.copy()
        ours = super().render_partial_update()
        self._dirty_regions = marked
        stock = Compositor.render_partial_update(self)
        return BothUpdate(ours.strips, stock) if ours is not None and stock is not None else None


def recording(path: Path) -> type[Driver]:
    """Our driver, with a copy of what it is given and of what it makes of that."""
    frames: list[tuple[str, Screen]] = []

    class RecordingDriver(GridDriver):
        rendered = ""

        def stand_in(self, renderable: RenderableType) -> RenderableType:
            if isinstance(renderable, CompositorUpdate):
                stock = renderable.stock if isinstance(renderable, BothUpdate) else renderable
                self.rendered = stock.render_segments(self._app.console)
            return super().stand_in(renderable)

        def write(self, data: str) -> None:
            super().write(data)
            if self.rendered:
                frames.append((self.rendered + data, self._screen))
                self.rendered = ""

        def close(self) -> None:
            super().close()
            path.write_bytes(pickle.dumps(frames))

    return RecordingDriver


def main() -> None:
    """Run the app on this terminal."""
    mode, *files = sys.argv[1:]
    mouse = os.environ.get("STAGE_MOUSE") != "off"
    if mode != "stock":
        use_areas()
    match mode:
        case "record":
            vars(textual_screen)["Compositor"] = BothCompositor
            Stage(recording(Path(files[0]))).run()
        case "busy":
            busy = Busy(choose_driver("grid").driver)
            busy.run()
            figures = {"worst_gap": busy.figures["worst_gap"], "exit": time.monotonic() - busy.figures["leaving"]}
            Path(files[0]).write_text(json.dumps(figures), encoding="utf-8")
        case "lost":
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            survivor = Survivor()
            survivor.run()
            figures = {"losses": survivor.losses, "idle_cpu": survivor.idle_cpu}
            Path(files[0]).write_text(json.dumps(figures), encoding="utf-8")
        case _:
            Stage(choose_driver(mode).driver).run(mouse=mouse)
            sys.stdout.write("left cleanly\n")


if __name__ == "__main__":
    main()
