"""ReplyPrinter: a reply as it comes, and what becomes of it, as text and whole lines."""

from tui.chat.chip import write_chip
from tui.chat.conversation import Reply, Turn
from tui.chat.note import make_note
from tui.chat.remedy import Remedy, find_remedies
from tui.chat.waiting import Wait, find_wait, tell_wait
from tui.plain.command import NOT_STREAMED
from tui.plain.output import Output
from tui.stream.events import Finished, Interrupted, Notice, ReasoningDelta, RefusalDelta, StreamEvent, TextDelta
from tui.stream.trace import StreamTrace
from tui.text.language import Language
from tui.text.sanitise import StreamSanitiser, sanitise_line

_COMMANDS = {
    Remedy.TRIM: "/trim",
    Remedy.CONTINUE: "/continue",
    Remedy.RETRY: "/retry",
    Remedy.UNSTREAMED: f"/retry {NOT_STREAMED}",
    Remedy.OTHER: "/retry MODEL",
}
"""What may help with a reply, and is done by a command."""
_SILENCES = (5, 15, 30, 60)
"""Seconds after which a silence is told; from the last on, each time that many have passed."""


class ReplyPrinter:
    """Prints one reply: the name before the text, our own sentences on lines of their own."""

    def __init__(self, reply: Reply, output: Output, language: Language) -> None:
        self._reply = reply
        self._output = output
        self._language = language
        self._clean = StreamSanitiser()
        self._named = False
        self._thinks = False

    def take(self, event: StreamEvent) -> None:
        """Print what the event brings."""
        match event:
            case TextDelta(text) | RefusalDelta(text):
                self._write(self._clean.feed(text))
            case ReasoningDelta() if not self._thinks:
                self._thinks = True
                self._output.tell(self._language.say("plain.thinking"))
            case Notice(record=record) if record is not None:  # a retry or a fallback: nobody waits unknowing
                self._tell_notice(event)
            case Finished() | Interrupted():
                self.end()
            case _:
                pass  # other notices and tool calls wait for the end of the text; usage is for the screen

    def end(self) -> None:
        """What stands below the text of a reply that has ended; of one that is written elsewhere, that it is."""
        reply, output = self._reply, self._output
        self._write(self._clean.end())
        output.begin_line()
        for call in reply.tool_calls.values():
            output.tell_line(f"{call.name}({call.arguments})")
        for notice in reply.notices:
            if notice.record is None:
                self._tell_notice(notice)
        if reply.outcome is None:
            output.tell(self._language.say("log.elsewhere"))
        elif reply.outcome.has_note:
            note = make_note(reply.outcome, reply.record, self._language)
            output.tell_line(f"{note.code}: {note.sentence}")
            acts = " · ".join(_COMMANDS[act] for act in find_remedies(reply) if act in _COMMANDS)
            for line in (*note.advice, *((acts,) if acts else ()), *note.record):
                output.write(f"  {line}\n")
        if reply.origin is not None and reply.record is not None:
            first, second = (reply.origin.record or "?")[:8], reply.record.id[:8]
            output.tell_line(self._language.say("remedy.continued_plain", first=first, second=second))
        output.write("\n")

    def _write(self, text: str) -> None:
        if text and not self._named:
            self._named = True
            self._output.begin_line()
            self._output.write(f"{sanitise_line(f'{self._reply.provider}/{self._reply.model}')}:\n")
        self._output.write(text)

    def _tell_notice(self, notice: Notice) -> None:
        self._output.tell_line(f"{notice.code}: {self._language.notice(notice.code, notice.values)}")


def print_turn(turn: Turn, output: Output, language: Language) -> None:
    """A turn of before: the prompt, and the chosen reply with what became of it."""
    output.write(StreamSanitiser().feed(f"{language.say('plain.you')}{turn.prompt}\n"))
    for each in turn.attachments:
        output.tell_line(write_chip(each, language))
    if turn.reply.edited is not None:
        output.tell(language.say("turns.edited_remark"))
    printer = ReplyPrinter(turn.reply, output, language)
    printer.take(TextDelta(turn.reply.text + turn.reply.refusal))
    printer.end()


class StateTeller:
    """What state a reply is in, as lines: each is told once, and a silence again and again but ever more rarely."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._connecting = False
        self._told = 0.0
        """Seconds of silence that were told last."""

    def lines(self, trace: StreamTrace) -> list[str]:
        """What is new since the last call."""
        say = self._language.say
        if trace.state == "connecting" and not self._connecting:
            self._connecting = True
            return [say("status.connecting")]
        wait = find_wait(trace)
        waited = self._waited(trace, wait)
        if waited < self._told:
            self._told = 0.0  # something has come since
        if waited < self._next_silence():
            return []
        self._told = waited
        if trace.state == "waiting" or wait is None:
            return [say("plain.waiting", seconds=int(waited))]
        return [tell_wait(wait, self._language)]

    def _waited(self, trace: StreamTrace, wait: Wait | None) -> float:
        """For the first text since the request went out; keep-alives are no text. After that, as long as one waits."""
        if trace.state == "waiting" and trace.sent is not None:
            return trace.clock.monotonic() - trace.sent
        return 0.0 if wait is None or wait.kind == "retrying" else wait.seconds

    def _next_silence(self) -> float:
        later = (seconds for seconds in _SILENCES if seconds > self._told)
        return next(later, self._told + _SILENCES[-1])
