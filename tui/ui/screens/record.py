"""RecordScreen: a whole record to be read by eye: what became of one request, of each attempt, while it runs too."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.timer import Timer
from textual.widgets import Static

from tui.chat.conversation import RUNNING, Reply
from tui.chat.note import make_note
from tui.chat.record_sheet import make_sheet, widest_name
from tui.markdown.line import Line
from tui.stream.outcome import Outcome
from tui.stream.record import Record
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.log.message_log import MessageLog
from tui.ui.log.record_page import HEADING, NAME, lay_out
from tui.ui.overlay import Overlay
from tui.ui.widgets.frame import Frame

if TYPE_CHECKING:
    from tui.chat.support import Support

REFRESH_SECONDS = 0.5
"""Between two looks at a reply that is being written."""
SIDE_BY_SIDE_CELLS = 104
"""Width from which the groups stand in two columns."""
_LEFT = ("ending", "error", "route")
_COLOURS = {HEADING: "bold $text-primary", NAME: "$text-muted"}


@dataclass(frozen=True, slots=True)
class WireActs:
    """What the keys do that are about what came over the wire."""

    open_raw: Callable[[], object]
    copy_curl: Callable[[bool], object]
    """With the prompt in it, or without."""


class RecordScreen(Overlay[bool]):
    """`records` gives one for each attempt, as they are now; the screen begins with the last.

    `reply` is whose record it is, None for one that comes out of the list of all; `wire` leads on to its raw stream and
    its request. The result says whether that list is wanted next.
    """

    DEFAULT_CSS = """
    RecordScreen {
        align: center middle;
        #record {
            width: 100%;
            max-width: 160;
            height: auto;
            max-height: 100%;
        }
        #record-page { height: auto; scrollbar-size-vertical: 1; }
        #record-head { height: auto; margin-bottom: 1; }
        #record-groups { layout: vertical; height: auto; }
        #record-groups Static { width: 1fr; height: auto; }
        #record-right { margin-top: 1; }
        &.-wide {
            #record-groups { layout: horizontal; }
            #record-right { margin: 0 0 0 2; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "Close", id="record.close"),
        Binding("y", "copy", "Copy", id="record.copy", tooltip="Copy the record as JSON"),
        Binding("b,f7", "support", "Support bundle", id="record.support", tooltip="Show and write a support bundle"),
        Binding("a", "dismiss(True)", "All records", id="record.all", tooltip="Every record, with filters"),
        Binding("w", "raw", "Raw stream", id="record.raw", tooltip="What came over the wire, line by line"),
        Binding("u", "curl(False)", "Copy as curl", id="record.curl", tooltip="The request, without key and prompt"),
        Binding("U", "curl(True)", "With the prompt", id="record.curl_prompt", tooltip="The request as it was sent"),
        Binding("left", "step(-1)", "Attempt before", id="record.previous", tooltip="The record of the attempt before"),
        Binding("right", "step(1)", "Attempt after", id="record.next", tooltip="The record of the attempt after"),
        Binding("j", "scroll(1)", "Down", id="record.down", show=False),
        Binding("k", "scroll(-1)", "Up", id="record.up", show=False),
    ]

    page = query_one("#record-page", VerticalScroll)

    def __init__(
        self,
        records: Callable[[], Sequence[Record]],
        language: Language,
        support: "Callable[[], Support]",
        reply: Reply | None = None,
        wire: WireActs | None = None,
    ) -> None:
        """`support` gives what composes a support bundle; it may block."""
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (SIDE_BY_SIDE_CELLS, "-wide")]
        self.reply = reply
        self._records = records
        self._language = language
        self._support = support
        self._wire = wire
        self._chosen: int | None = None
        """The attempt that was gone to; None: the last, whichever that is by now."""
        self._following: Timer | None = None

    def compose(self) -> ComposeResult:
        """How it ended and what to do, then every field."""
        with Frame(id="record"):
            with VerticalScroll(id="record-page"):
                yield Static("", markup=False, id="record-head")
                with Container(id="record-groups"):
                    yield Static("", markup=False, id="record-left")
                    yield Static("", markup=False, id="record-right")

    def on_mount(self) -> None:
        """Follow a reply that is being written."""
        self.page.focus()
        names = ("record_keys",) if self._wire is None else ("wire_keys", "record_keys")
        keys = " · ".join(say_keys(self, self._language, f"records_screen.{name}") for name in names)
        self.query_one(Frame).name_keys(keys)
        if self.reply is not None and self.reply.outcome is None:
            self._following = self.set_interval(REFRESH_SECONDS, self._follow)

    def on_resize(self, event: events.Resize) -> None:
        """Values are wrapped beside their names, so their width has to be known."""
        self._draw(event.size.width)

    @property
    def record(self) -> Record:
        """The one that is shown."""
        return self._records()[-1 if self._chosen is None else self._chosen]

    def action_step(self, step: int) -> None:
        """Go to the record of another attempt."""
        last = len(self._records()) - 1
        place = max(0, min((last if self._chosen is None else self._chosen) + step, last))
        self._chosen = None if place == last else place
        self._draw(self.size.width)

    def action_scroll(self, rows: int) -> None:
        """Scroll by so many rows."""
        self.page.scroll_relative(y=rows, animate=False)

    def action_copy(self) -> None:
        """Copy the record as JSON."""
        text = json.dumps(self.record.as_json(), ensure_ascii=False, indent=1)
        self.post_message(MessageLog.Copied(text))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Of a record out of the list of all there is neither a raw stream nor a request."""
        return self._wire is not None if action in ("raw", "curl") else super().check_action(action, parameters)

    def action_raw(self) -> None:
        """Show the raw stream."""
        if self._wire is not None:
            self._wire.open_raw()

    def action_curl(self, with_prompt: bool) -> None:
        """Copy the request as a curl command."""
        if self._wire is not None:
            self._wire.copy_curl(with_prompt)

    def action_support(self) -> None:
        """Show what a support bundle would hold."""
        from tui.ui.screens.support import SupportScreen  # when first asked for

        self.app.push_screen(SupportScreen(self.record, self._language, self._support))

    def _follow(self) -> None:
        if self._following is not None and self.reply is not None and self.reply.outcome is not None:
            self._following.stop()
        if self.is_there:
            self._draw(self.size.width)

    def _draw(self, width: int) -> None:
        record, records, say = self.record, self._records(), self._language.say
        box = self.query_one("#record", Frame)
        place = len(records) if self._chosen is None else self._chosen + 1
        number = say("records_screen.attempt", n=place, count=len(records)) if len(records) > 1 else ""
        box.border_title = say("records_screen.title") + number
        self.query_one("#record-head", Static).update(self._write_head(record))
        groups = make_sheet(record)
        inner = min(width, 160) - 5
        wide = width >= SIDE_BY_SIDE_CELLS
        column, names = (inner - 2) // 2 if wide else inner, widest_name(groups)
        left = [group for group in groups if group.name in _LEFT]
        right = [group for group in groups if group.name not in _LEFT]
        for side, some in (("left", left), ("right", right)):
            lines = lay_out(some, self._language, column, names)
            self.query_one(f"#record-{side}", Static).update(_paint(lines))

    def _write_head(self, record: Record) -> Content:
        """The outcome and its sentence, and one next step, as under the reply."""
        if record.outcome == RUNNING:
            return Content.assemble((RUNNING, "bold $text-accent"), f"  {self._language.say('records_screen.running')}")
        if record.outcome not in list(Outcome):
            return Content.assemble((sanitise_line(record.outcome), "bold"))  # of a later version
        outcome = Outcome(record.outcome)
        note = make_note(outcome, record, self._language)
        style = "success" if outcome is Outcome.COMPLETE else "warning" if outcome.rule.finished else "error"
        head = Content.assemble((note.code, f"bold $text-{style}"), f"  {note.sentence}")
        advice = note.advice[:1] if outcome is not Outcome.COMPLETE else []
        return Content("\n").join([head, *(Content.assemble((text, "$text-accent")) for text in advice)])


def _paint(lines: Sequence[Line]) -> Content:
    """The rows in the colours of the theme."""
    rows = (Content.assemble(*((span.text, _COLOURS.get(span.style, "")) for span in line.spans)) for line in lines)
    return Content("\n").join(rows)
