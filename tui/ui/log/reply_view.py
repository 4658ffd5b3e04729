"""ReplyView: one reply while it grows and after; it paints at its own pace and never holds the stream up.

Deltas are only collected in `apply`. A pump paints what has gathered, and leaves at least ten times as long between two
paints as the last one took: however large a block gets, the loop stays free for keys and for the stream.
"""

import asyncio
import time
from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Markdown, Static

from tui.chat.conversation import Reply
from tui.chat.note import make_note
from tui.markdown.parser import make_parser
from tui.stream.events import Finished, Interrupted, Notice, ReasoningDelta, RefusalDelta, StreamEvent, TextDelta
from tui.stream.outcome import Outcome
from tui.text.language import Language
from tui.text.sanitise import StreamSanitiser, sanitise, sanitise_line
from tui.ui.log.note_view import NoteView

FRAME_SECONDS = 1 / 20
_REST = 10
"""Times the cost of the last paint to leave free before the next."""


class ReplyView(Vertical):
    """Who answers, the reasoning, the text, and at the end the note and the notices."""

    DEFAULT_CSS = """
    ReplyView {
        height: auto;
        margin: 0 0 1 0;
        .reply--head { color: $text-secondary; text-style: bold; margin: 0 2; }
        .reply--reasoning { color: $text-muted; text-style: italic; margin: 0 4 1 4; display: none; }
        .reply--reasoning.-shown { display: block; }
        .reply--retries { color: $text-warning; margin: 0 2; display: none; }
        .reply--retries.-shown { display: block; }
        .reply--tools { margin: 0 2; color: $text-accent; }
        .reply--notices { margin: 0 2; color: $text-muted; }
        Markdown { padding: 0 2; margin: 0; background: transparent; }
        MarkdownFence { margin: 0 0 1 0; }
        MarkdownH1 { content-align: left middle; }
    }
    """

    def __init__(self, reply: Reply, language: Language) -> None:
        super().__init__()
        self.reply = reply
        self._language = language
        self._clean = StreamSanitiser()
        self._pending: list[str] = []
        self._wake = asyncio.Event()
        self._end = asyncio.Event()
        # A reply that has ended, or has grown before it was shown, gives its text at once.
        if text := reply.text + reply.refusal:
            self._pending.append(self._clean.feed(text))
        if reply.outcome is not None:
            self._end.set()

    def compose(self) -> ComposeResult:
        """The parts; the note comes with the end."""
        yield Static(self._head(), markup=False, classes="reply--head")
        yield Static("", markup=False, classes="reply--retries")
        yield Static("", markup=False, classes="reply--reasoning")
        yield Markdown(parser_factory=make_parser, open_links=False)
        if self.reply.outcome is None and self.reply.trace is None:
            text = self._language.say("log.elsewhere")
            yield Static(Content(text), markup=False, classes="reply--notices")

    def on_mount(self) -> None:
        """Start the pump."""
        self._wake.set()
        self.run_worker(self._pump(), name=f"paint {self.reply.id}", exit_on_error=True)

    def apply(self, event: StreamEvent) -> None:
        """Take one event: gather text, or learn that it is over."""
        match event:
            case TextDelta(text) | RefusalDelta(text):
                self._pending.append(self._clean.feed(text))
            case Finished() | Interrupted():
                self._pending.append(self._clean.end())
                self._end.set()
            case ReasoningDelta() | Notice():
                pass  # painted whole from the reply
            case _:
                return
        self._wake.set()

    async def _pump(self) -> None:
        """Paint until the end has been painted; why it ended comes before text that takes long to lay out."""
        markdown = self.query_one(Markdown)
        while True:
            await self._wake.wait()
            self._wake.clear()
            ended = self._end.is_set()
            began = time.monotonic()
            self._paint_retries()
            self._paint_reasoning()
            if ended:
                await self.mount_all(self._last_words())
            if text := "".join(self._take_pending()):
                await markdown.append(text)
            if ended:
                return
            cost = time.monotonic() - began
            await self._rest(max(FRAME_SECONDS, cost * _REST))

    async def _rest(self, seconds: float) -> None:
        """Leave the loop to others, but not once the reply has ended."""
        try:
            async with asyncio.timeout(seconds):
                await self._end.wait()
        except TimeoutError:
            return  # the usual case: on to the next paint

    def _head(self) -> Content:
        """Who answers; a fallback may have changed it."""
        return Content(f"◆ {sanitise_line(f'{self.reply.provider}/{self.reply.model}')}")

    def _take_pending(self) -> list[str]:
        pending, self._pending = self._pending, []
        return pending

    def _paint_retries(self) -> None:
        """Attempts that failed: said at once, since the reply has nothing else to show yet."""
        lines = self._notice_lines(retries=True)
        if lines:
            view = self.query_one(".reply--retries", Static)
            view.add_class("-shown")
            view.update(Content("\n".join(lines)))
            self.query_one(".reply--head", Static).update(self._head())

    def _notice_lines(self, *, retries: bool) -> list[str]:
        notices = [notice for notice in self.reply.notices if (notice.record is not None) is retries]
        return [
            sanitise_line(f"{notice.code}: {self._language.notice(notice.code, notice.values)}") for notice in notices
        ]

    def _paint_reasoning(self) -> None:
        if reasoning := self.reply.reasoning:
            view = self.query_one(".reply--reasoning", Static)
            view.add_class("-shown")
            view.update(Content(sanitise(reasoning.strip())))

    def _last_words(self) -> Iterable[Static]:
        """What stands below the text once the reply has ended: tool calls, the note, the notices."""
        reply, say = self.reply, self._language
        calls = [f"⚙ {sanitise_line(call.name)}({sanitise(call.arguments)})" for call in reply.tool_calls.values()]
        if calls:
            yield Static(Content("\n".join(calls)), markup=False, classes="reply--tools")
        if reply.outcome is not None and reply.outcome is not Outcome.COMPLETE:
            note = make_note(reply.outcome, reply.record, say)
            yield NoteView(note, failed=not reply.outcome.rule.finished and reply.outcome is not Outcome.CANCELLED)
        if lines := self._notice_lines(retries=False):
            yield Static(Content("\n".join(lines)), markup=False, classes="reply--notices")
