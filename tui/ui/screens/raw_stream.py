"""RawStreamScreen: what came over the wire for one reply, line by line with its times, live while it streams.

It shows what this process received since it started; of a reply of an earlier run there is nothing left to show.
"""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from tui.chat.conversation import Reply
from tui.settings.secrets import Masker
from tui.stream.raw_row import RawPage
from tui.stream.raw_stream import RawStream
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.log.message_log import MessageLog
from tui.ui.overlay import Overlay
from tui.ui.widgets.frame import Frame
from tui.ui.widgets.raw_view import RawView

SILENCE_SECONDS = 2
"""From here on the silence of a stream that runs is counted."""


class RawStreamScreen(Overlay[None]):
    """`looks` a second; `copy_curl` copies the request as a command, with the prompt in it or without."""

    DEFAULT_CSS = """
    RawStreamScreen {
        #raw {
            width: 100%;
            height: 100%;
        }
        #raw-state { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Close", id="raw.close"),
        Binding("y", "copy", "Copy", id="raw.copy", tooltip="Copy all of it as text, masked"),
        Binding("u", "copy_curl(False)", "Copy as curl", id="raw.curl", tooltip="The request, without key and prompt"),
        Binding("U", "copy_curl(True)", "With the prompt", id="raw.curl_prompt", tooltip="The request as it was sent"),
    ]

    view = query_one(RawView)
    state = query_one("#raw-state", Static)

    def __init__(
        self,
        reply: Reply,
        mask: Masker,
        language: Language,
        copy_curl: Callable[[Reply, bool], object],
        *,
        looks: float = 8,
        ascii: bool = False,
    ) -> None:
        super().__init__()
        self._reply = reply
        self._streams: list[RawStream] = reply.trace.raw if reply.trace is not None else []
        self._page = RawPage(self._streams, mask)
        self._language = language
        self._copy_curl = copy_curl
        self._looks = looks
        self._ascii = ascii
        self._shown = ""

    def compose(self) -> ComposeResult:
        """The rows, and a line that says how it stands."""
        say, reply = self._language.say, self._reply
        with Frame(id="raw") as box:
            box.border_title = Content(say("raw_view.title", model=sanitise_line(f"{reply.provider}/{reply.model}")))
            yield RawView(self._page, self._language, ascii=self._ascii)
            yield Static("", markup=False, id="raw-state")

    def on_mount(self) -> None:
        """Look again and again."""
        self.view.focus()
        self.query_one("#raw", Frame).name_keys(say_keys(self, self._language, "raw_view.keys"))
        self._look()
        self.set_interval(1 / self._looks, self._look)

    def action_copy(self) -> None:
        """Copy every row, masked."""
        self.run_worker(self._copy(), group="copy", exclusive=True)

    async def _copy(self) -> None:
        self.post_message(MessageLog.Copied(await asyncio.to_thread(self.view.copied)))

    def action_copy_curl(self, with_prompt: bool) -> None:
        """Copy the request as a curl command."""
        self._copy_curl(self._reply, with_prompt)

    def _look(self) -> None:
        if not self.is_there:
            return
        self.view.take_in()
        text = self._describe()
        if text != self._shown:
            self._shown = text
            self.state.update(Content(text), layout=False)

    def _describe(self) -> str:
        """How many lines and bytes, and whether something is awaited."""
        say = self._language.say
        if not self._streams:
            return say("raw_view.nothing")
        size = sum(len(data) for stream in self._streams for _, data in stream.reads)
        parts = [say("raw_view.size", rows=len(self._page.rows), bytes=f"{size:,}")]
        running, trace = self._page.running, self._reply.trace
        if running is None or trace is None:
            return parts[0]
        silence = trace.silence()
        silent = silence is not None and silence >= SILENCE_SECONDS
        if unfinished := self._page.unfinished:
            parts.append(say("raw_view.unfinished", bytes=unfinished))
        parts.append(say("raw_view.silent", seconds=int(silence or 0)) if silent else say("raw_view.live"))
        return " · ".join(parts)
