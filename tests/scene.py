"""Scene: the app brought into one of its states by keys, for pictures and for tests of what is drawn.

Each is the running app against the practice provider on loopback, in folders of its own; it is closed when left.
"""

import asyncio
import re
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from tui.chat.conversation import Conversation, Reply, Turn
from tui.chat.routes import Wish
from tui.compose import open_workspace
from tui.launch import Launch
from tui.settings.config import Config
from tui.settings.paths import Paths
from tui.settings.provider import Timeouts
from tui.settings.secrets import Masker
from tui.stream.outcome import Outcome
from tui.text.language import load_language
from tui.ui.app import Opening, WeirApp
from tui.ui.log.columns import Columns
from tui.ui.log.message_log import MessageLog

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ROOT / "tests" / "markdown" / "documents"
PATIENT = Timeouts(connect=600.0, first_byte=600.0, idle=600.0, stall=600.0)
"""What is waited for must not end while it is looked at."""

Play = Callable[[Pilot[None]], Awaitable[None]]


async def until(pilot: Pilot[None], ready: Callable[[], bool], seconds: float = 30.0) -> None:
    """Let the app run until something holds; a picture of anything else would be a lie."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not ready():
        if loop.time() > end:
            raise TimeoutError("the app did not get there")
        await pilot.pause(0.02)


def weir(pilot: Pilot[None]) -> WeirApp:
    """The app of a pilot."""
    assert isinstance(pilot.app, WeirApp), "the scenes are of weir"
    return pilot.app


def last_reply(pilot: Pilot[None]) -> Reply | None:
    """The reply that is being written, the latest where there are several."""
    workspace = weir(pilot).workspace
    running = workspace.session.running() if workspace is not None else []
    return running[-1] if running else None


async def put(pilot: Pilot[None], text: str) -> None:
    """Paste a text where the keys go: at once, where typing takes a pause for each letter."""
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()


async def send(pilot: Pilot[None], text: str) -> None:
    """Put a prompt into the editor and send it."""
    await put(pilot, text)
    await pilot.press("enter")


async def say(pilot: Pilot[None], text: str) -> None:
    """Type a prompt, send it and wait for its reply's end."""
    await send(pilot, text)
    await pilot.pause(0.1)
    await until(pilot, lambda: last_reply(pilot) is None)
    await pilot.pause(0.3)


async def pick(pilot: Pilot[None], model: str) -> None:
    """Choose a model through the picker."""
    await pilot.press("ctrl+l")
    await pilot.pause(0.3)
    await put(pilot, model)
    await pilot.press("enter")
    await pilot.pause(0.2)


async def be(pilot: Pilot[None]) -> None:
    """What is there without a key."""
    await pilot.pause(0.5)


def presses(*keys: str) -> Play:
    """Keys, one after the other."""

    async def play(pilot: Pilot[None]) -> None:
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.3)

    return play


def asking(text: str, *, heard: Callable[[Reply], bool]) -> Play:
    """Ask, and look when the reply has come so far."""

    async def play(pilot: Pilot[None]) -> None:
        await send(pilot, text)
        await until(pilot, lambda: (reply := last_reply(pilot)) is not None and heard(reply))
        await pilot.pause(0.2)

    return play


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


async def a_cut_reply(pilot: Pilot[None]) -> None:
    """The reason for the program: a reply that broke, and why."""
    await pick(pilot, "reasoning")
    await say(pilot, "Why do streams break?")
    await pick(pilot, "cut")
    await say(pilot, "And what does it look like?")


async def a_comparison(pilot: Pilot[None]) -> None:
    """Three models on one prompt: one that thought first is complete, one streams, one was cut."""
    names = ("reasoning", "endless", "cut")
    await pilot.press("ctrl+t")
    await pilot.pause(0.3)
    for name in names:
        await put(pilot, name)
        await pilot.press("tab", "ctrl+u")
        await pilot.pause(0.2)
    await pilot.press("enter")
    await pilot.pause(0.3)
    await send(pilot, "Why?")
    columns = pilot.app.screen.query_one(Columns)
    await until(pilot, lambda: columns.is_shown and len(columns.turn.replies) == len(names))
    running = columns.turn.replies[names.index("endless")]
    await until(pilot, lambda: all(reply.outcome or reply is running for reply in columns.turn.replies))
    await pilot.press("tab")
    await pilot.pause(0.5)


async def a_branch(pilot: Pilot[None]) -> None:
    """A prompt that was edited and sent again, with a model whose context is known and soon full."""
    await pick(pilot, "small")
    await say(pilot, "How much fits in here?")
    await pilot.press("tab", "g", "e")
    await pilot.pause(0.3)
    await pilot.press("end", "backspace", *" at once?", "enter")
    await until(pilot, lambda: last_reply(pilot) is not None)
    await until(pilot, lambda: last_reply(pilot) is None)
    await pilot.pause(0.3)


async def _stopped(pilot: Pilot[None]) -> None:
    await asking("Tell me a long story.", heard=lambda reply: len(reply.text) > 300)(pilot)
    await pilot.press("escape")
    await until(pilot, lambda: last_reply(pilot) is None)
    await pilot.pause(0.3)


async def _queued(pilot: Pilot[None]) -> None:
    await asking("Tell me a long story.", heard=lambda reply: len(reply.text) > 300)(pilot)
    await send(pilot, "And a second one, about a river.")
    await send(pilot, "Then say which is better.")
    await pilot.pause(0.3)


async def _noted(pilot: Pilot[None]) -> None:
    for name in ("length", "filter", "badjson"):
        await pick(pilot, name)
        await say(pilot, f"What is {name}?")


async def _branches(pilot: Pilot[None]) -> None:
    """A prompt with a file was sent again in other words: each has its branch."""
    await pick(pilot, "cut")
    await say(pilot, f"What is in @{DOCUMENTS}/chinese.md ?")
    await presses("tab", "k", "e")(pilot)
    await say(pilot, " And why?")
    await presses("tab", "k")(pilot)


async def _read(pilot: Pilot[None]) -> None:
    """In the log: a message is the current one, a word is found, some of it is marked."""
    await say(pilot, "Show me some markdown.")
    await pilot.press("ctrl+f", *"line", "enter")
    await pilot.press("v", "down", "down")
    await pilot.pause(0.2)


async def _chats(pilot: Pilot[None]) -> None:
    for text in ("How do rivers begin?", "什么是流式响应?", "Which key stops a reply?"):
        await say(pilot, text)
        await pilot.press("ctrl+n")
    await pick(pilot, "cut")
    await say(pilot, "Why was it cut?")
    await presses("ctrl+s")(pilot)


async def _doctor(pilot: Pilot[None]) -> None:
    await presses("f9")(pilot)
    verdict = pilot.app.screen.query_one("#doctor-verdict", Static)
    await until(pilot, lambda: bool(str(verdict.render())))
    await pilot.pause(0.3)


async def _retrying(pilot: Pilot[None]) -> None:
    await send(pilot, "Are you there?")
    await until(
        pilot, lambda: (reply := last_reply(pilot)) is not None and reply.trace is not None and bool(reply.notices)
    )
    await pilot.pause(0.2)


@contextmanager
def silent_port() -> Iterator[int]:
    """A port of this machine at which a connection neither opens nor fails: its queue is full."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(3):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield server.getsockname()[1]


@contextmanager
def _practising(model: str) -> Iterator[Wish]:
    yield Wish(practice=True, model=model)


@contextmanager
def _waiting_for(model: str) -> Iterator[Wish]:
    yield Wish(practice=True, model=model, timeouts=PATIENT)


@contextmanager
def _connecting() -> Iterator[Wish]:
    with silent_port() as port:
        yield Wish(base_url=f"http://127.0.0.1:{port}/v1", model="qwen3", timeouts=PATIENT)


@contextmanager
def _offline(model: str | None) -> Iterator[Wish]:
    with socket.socket() as held:  # bound and not listened at: whoever connects is refused
        held.bind(("127.0.0.1", 0))
        yield Wish(base_url=f"http://127.0.0.1:{held.getsockname()[1]}/v1", model=model)


@dataclass(frozen=True, slots=True)
class Scene:
    """One state of the app."""

    name: str
    play: Play = be
    wish: Callable[[], Any] = field(default=lambda: _practising("markdown"))
    """Gives a context manager of what the command line asks for."""
    widths: tuple[int, ...] = (60, 100, 160)
    opens: bool = True
    """False: it is looked at before anything is opened."""


def _text_of(count: int) -> Callable[[Reply], bool]:
    return lambda reply: len(reply.text) >= count


SCENES = (
    Scene("opening", opens=False),
    Scene("empty"),
    Scene("typing", presses(*"Hello,", "ctrl+j", *"world")),
    Scene("connecting", asking("Hello?", heard=lambda reply: True), _connecting),
    Scene("waiting", asking("Hello?", heard=lambda reply: True), lambda: _waiting_for("mute")),
    Scene(
        "thinking",
        asking("Why do streams break?", heard=lambda reply: len(reply.reasoning) > 60),
        lambda: _waiting_for("reasoning"),
    ),
    Scene("streaming", asking("Tell me.", heard=_text_of(500)), lambda: _waiting_for("endless")),
    Scene(
        "silent",
        asking("Hello?", heard=lambda reply: reply.trace is not None and (reply.trace.silence() or 0) > 5),
        lambda: _waiting_for("stall"),
    ),
    Scene("retrying", _retrying, lambda: _practising("429")),
    Scene("stopped", _stopped, lambda: _practising("endless")),
    Scene("failed", a_cut_reply),
    Scene("notes", _noted),
    Scene("queued", _queued, lambda: _waiting_for("endless")),
    Scene("offline", lambda pilot: say(pilot, "Hello?"), lambda: _offline("qwen3")),
    Scene("no-models", be, lambda: _offline(None)),
    Scene("narrow", be, widths=(39, 30, 20)),
    Scene("document", a_document("mixed")),
    Scene("table", a_document("wide_table")),
    Scene("reading", _read),
    Scene("picker", presses("ctrl+l", "4", "0")),
    Scene("compare", a_comparison, lambda: _waiting_for("markdown")),
    Scene("chats", _chats),
    Scene("record", lambda pilot: _then(pilot, a_cut_reply, "ctrl+g")),
    Scene("raw", lambda pilot: _then(pilot, a_cut_reply, "ctrl+g", "w")),
    Scene("records", lambda pilot: _then(pilot, a_cut_reply, "ctrl+g", "a")),
    Scene("doctor", _doctor),
    Scene("provider", presses("f4")),
    Scene("parameters", presses("f3")),
    Scene("palette", presses("ctrl+p")),
    Scene("help", presses("f1")),
    Scene("themes", presses("ctrl+p", *"theme", "enter")),
    Scene("prompts", lambda pilot: _then(pilot, lambda here: say(here, "How do rivers begin?"), "ctrl+r")),
    Scene("completion", presses(*"@tests/pi")),
    Scene("branches", _branches),
)


async def _then(pilot: Pilot[None], play: Play, *keys: str) -> None:
    await play(pilot)
    await presses(*keys)(pilot)


@asynccontextmanager
async def open_app(
    theme: str,
    size: tuple[int, int],
    wish: Wish,
    config: Config | None = None,
    *,
    opens: bool = True,
    tongue: str = "en",
) -> AsyncIterator[Pilot[None]]:
    """The app at work, in folders of its own."""
    config = config or Config(theme=theme)
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths(Path(folder, "config"), Path(folder, "data"), Path(folder, "state"))
        launch = Launch(paths, config, {}, wish)
        mask = Masker()

        async def opener(report: Any, consent: Any) -> Any:
            if not opens:
                await asyncio.Event().wait()
            return await open_workspace(launch, mask, report, keep=True, consent=consent)

        app = WeirApp(Opening(launch.config, paths, load_language(tongue), lambda: mask, theme, opener))
        async with app.run_test(size=size) as pilot:
            if opens:
                await until(pilot, lambda: app.workspace is not None)
            await pilot.pause(0.3)
            try:
                yield pilot
            finally:
                if app.workspace is not None:
                    await app.workspace.close()


@asynccontextmanager
async def open_scene(
    scene: Scene, theme: str, config: Config | None = None, tongue: str = "en"
) -> AsyncIterator[Pilot[None]]:
    """A scene at 100 columns, or at its first width where it has none such."""
    width = 100 if 100 in scene.widths else scene.widths[0]
    with scene.wish() as wish:
        async with open_app(theme, (width, 30), wish, config, opens=scene.opens, tongue=tongue) as pilot:
            await scene.play(pilot)
            yield pilot


def draw(app: WeirApp) -> str:
    """The screen as a self-contained SVG."""
    svg = app.export_screenshot(title="weir")
    # The fonts that the exporter links would be fetched from elsewhere; any monospace font will do. Without
    # xml:space some viewers drop the spaces at the start of a run.
    svg = re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL).replace("Fira Code", "ui-monospace, monospace")
    return svg.replace("<text ", '<text xml:space="preserve" ')
