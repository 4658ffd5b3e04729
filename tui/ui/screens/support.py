"""SupportScreen: what a support bundle would hold, shown before it is written; what stands here is what is written."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static
from textual.worker import Worker

from tui.stream.record import Record
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.log.message_log import MessageLog
from tui.ui.overlay import Overlay
from tui.ui.widgets.frame import Frame

if TYPE_CHECKING:
    from tui.chat.support import Support
    from tui.stream.probe.finding import Report


class SupportScreen(Overlay[None]):
    """Walks the record's route as far as that costs nothing; all of doctor's steps only when that is asked for."""

    DEFAULT_CSS = """
    SupportScreen {
        align: center middle;
        #support {
            width: 100%;
            max-width: 130;
            height: 100%;
        }
        #support-page { height: 1fr; scrollbar-size-vertical: 1; }
        #support-text { height: auto; }
        #support-state { height: auto; margin-top: 1; color: $text-accent; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="support.close", tooltip="Write nothing"),
        Binding("enter", "write", "Write", id="support.write", tooltip="Write what is shown to the state folder"),
        Binding("d", "walk(True)", "Doctor", id="support.doctor", tooltip="All of doctor's steps; some cost tokens"),
        Binding("y", "copy", "Copy", id="support.copy", tooltip="Copy what is shown"),
    ]

    page = query_one("#support-page", VerticalScroll)
    body = query_one("#support-text", Static)
    state = query_one("#support-state", Static)

    def __init__(self, record: Record, language: Language, support: "Callable[[], Support]") -> None:
        """`support` may block."""
        super().__init__()
        self._record = record
        self._language = language
        self._make_support = support
        self._support: Support | None = None
        self._text = ""
        self._report: Report | None = None
        self._walking: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """The text, and what is under way."""
        say = self._language.say
        with Frame(id="support") as box:
            box.border_title = say("records_screen.bundle_title")
            with VerticalScroll(id="support-page"):
                yield Static("", markup=False, id="support-text")
            yield Static("", markup=False, id="support-state")

    def on_mount(self) -> None:
        """Show what is known at once, and walk the route meanwhile."""
        self.page.focus()
        self.query_one(Frame).name_keys(say_keys(self, self._language, "records_screen.bundle_keys"))
        self.action_walk(False)

    def action_walk(self, full: bool) -> None:
        """Look at the record's route anew; a walk that is under way ends."""
        if self._walking is not None:
            self._walking.cancel()
        self._report = None
        self._walking = self.run_worker(self._gather(full=full), name="support", exclusive=True)

    def action_copy(self) -> None:
        """Copy what is shown."""
        self.post_message(MessageLog.Copied(self._text))

    def action_write(self) -> None:
        """Write what is shown, no more and no less."""
        if self._support is not None and self._text:
            self.run_worker(self._write(self._support, self._text), name="write", group="write", exclusive=True)

    async def _gather(self, *, full: bool) -> None:
        if self._support is None:
            self._support = await asyncio.to_thread(self._make_support)
        support, record, say = self._support, self._record, self._language.say
        await self._show(support)
        if support.can_diagnose(record):
            self._tell(say("records.walking", route=record.route))
            loop = asyncio.get_running_loop()

            def complain(reason: str) -> None:
                loop.call_soon_threadsafe(self._complain, f"{support.paths.records}: {reason}")

            await support.diagnose(record, self._take, complain, full=full)
            await self._show(support)
        self._tell(say("records_screen.bundle_ready", folder=support.paths.support))

    def _take(self, report: "Report") -> None:
        self._report = report

    async def _show(self, support: "Support") -> None:
        self._text = await asyncio.to_thread(support.compose, self._record, self._report)
        self.body.update(Content(self._text))

    async def _write(self, support: "Support", text: str) -> None:
        say = self._language.say
        try:
            path = await asyncio.to_thread(support.write, self._record, text)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._complain(say("records.unwritable", where=support.paths.support, reason=reason))
        else:
            self.app.notify(sanitise_line(say("records.written", path=path)), timeout=12, markup=False)
            self.conclude(None)

    def _tell(self, text: str) -> None:
        self.state.update(Content(sanitise_line(text)))

    def _complain(self, text: str) -> None:
        self.app.notify(sanitise_line(text), severity="warning", timeout=12, markup=False)
