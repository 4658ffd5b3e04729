"""CapturingScreen: a screen from which raw streams are seen and requests copied, and that tells when they are captured.

A capture is seen to end while the app runs: what its end asks for is done then, and said.
"""

import asyncio
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from tui.chat.conversation import Reply
from tui.text.sanitise import sanitise, sanitise_line
from tui.ui.log.message_log import MessageLog
from tui.ui.screens.comparing import ComparingScreen
from tui.ui.widgets.status_bar import Part

if TYPE_CHECKING:
    from tui.settings.permission import Ended, Permission
    from tui.stream.capture import Capture
    from tui.stream.raw_stream import SentRequest

CAPTURE_SECONDS = 3.0
"""Between two looks for a permission that another process gave or ended."""
LOOKS = 0.25
"""How often the raw stream is looked at, for each paint of the log."""


class CapturingScreen(ComparingScreen):
    """Whoever inherits puts `capture_parts` into the status bar."""

    _permission: "Permission | None" = None

    def on_mount(self) -> None:
        """Look for a permission from now on."""
        self.set_interval(CAPTURE_SECONDS, self.look_for_capture)

    def capture_parts(self) -> list[Part]:
        """What the status bar says while streams are captured."""
        permission, now = self._permission, datetime.now(UTC)
        if permission is None or not permission.holds(now):
            return []
        minutes = math.ceil(permission.left(now).total_seconds() / 60)
        return [Part(self._language.say("capture.status", minutes=minutes), "bold $text-error", 11)]

    def open_raw_stream(self, reply: Reply | None = None) -> None:
        """Show what came over the wire for a reply, else for the one in view."""
        workspace, reply = self._workspace, reply or self.meant_reply()
        if workspace is None or reply is None:
            self.notify(self._language.say("raw_view.no_reply"), timeout=3, markup=False)
            return
        if self.is_blind():
            return
        from tui.ui.screens.raw_stream import RawStreamScreen  # with what unpacks and masks, when first asked for

        mask, looks, ascii = workspace.client.mask, self._page.frames * LOOKS, self._page.ascii
        self.app.push_screen(RawStreamScreen(reply, mask, self._language, self.copy_curl, looks=looks, ascii=ascii))

    def copy_curl(self, reply: Reply | None = None, with_prompt: bool = False) -> None:
        """Copy the last request of a reply as a curl command, else of the one in view."""
        workspace, reply = self._workspace, reply or self.meant_reply()
        if self.is_blind():
            return
        sent = self._request_of(reply) if reply is not None else None
        if workspace is None or sent is None:
            self.notify(self._language.say("raw_view.no_request"), timeout=4, markup=False)
            return
        from tui.stream.curl import write_curl

        self.post_message(MessageLog.Copied(write_curl(sent, workspace.client.mask, with_prompt=with_prompt)))

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        yield SystemCommand(say("raw_view.open"), say("raw_view.open_help"), self.open_raw_stream)
        yield SystemCommand(say("raw_view.curl"), say("raw_view.curl_help"), self.copy_curl)
        with_prompt = say("raw_view.curl_prompt"), say("raw_view.curl_prompt_help")
        yield SystemCommand(*with_prompt, lambda: self.copy_curl(with_prompt=True))
        yield from super().commands()

    def is_blind(self) -> bool:
        """Whether the names of the models are hidden, and with them all that would give one away; says so if it is."""
        if blind := self.columns.is_shown and self.columns.blind:
            self.notify(self._language.say("compare_view.blind_on"), timeout=4, markup=False)
        return blind

    def meant_reply(self) -> Reply | None:
        """Of the column in use, of the message with the mark, else the last one of the conversation."""
        if self.columns.is_shown:
            return self.columns.current.reply
        if isinstance(self.focused, MessageLog) and (reply := self.focused.current_reply) is not None:
            return reply
        turns = self._conversation.turns
        return self._reply or (turns[-1].reply if turns else None)

    def _request_of(self, reply: Reply) -> "SentRequest | None":
        """What was sent for a reply; of one of an earlier run what would be sent now. None if its model is gone."""
        if reply.trace is not None and reply.trace.raw:
            return reply.trace.raw[-1].request
        turns = self._conversation.turns
        turn = next((turn for turn in turns if any(each.id == reply.id for each in turn.replies)), None)
        if self._workspace is None or turn is None or (model := self._model_of(reply)) is None:
            return None
        from tui.chat.sketch import sketch_request

        return sketch_request(self._workspace.client, self._conversation, turn.prompt, model, before=turn)

    def look_for_capture(self) -> None:
        """Find out, off the loop, whether streams are captured now."""
        if self._workspace is not None and (capture := self._workspace.capture) is not None:
            self.run_worker(self._take_capture(capture), group="capture", exclusive=True)

    async def _take_capture(self, capture: "Capture") -> None:
        ended, self._permission = await asyncio.to_thread(_look, capture)
        if ended is not None:
            name = "capture.ended_purged" if ended.permission.purge else "capture.ended"
            text = self._language.say(name, count=ended.streams, reason=sanitise_line(ended.permission.reason))
            self.notify(sanitise(text), timeout=12, markup=False)


def _look(capture: "Capture") -> "tuple[Ended | None, Permission | None]":
    return capture.end(), capture.permission()
