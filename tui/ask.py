"""`weir ask`: one prompt, headless. The reply goes to stdout as it comes, everything else to stderr.

With `--json` stdout has JSON Lines, the last of them always `{"type": "end", ...}`. The exit code tells how the reply
ended (`Outcome.exit_code`), 141 when stdout was closed.
"""

import asyncio
import sys
from dataclasses import dataclass
from typing import BinaryIO

from tui.chat.attachment import Attachment
from tui.chat.catalogue import Model
from tui.chat.conversation import Conversation, Reply
from tui.chat.note import make_note
from tui.chat.session import ChatSession
from tui.headless.event_line import advise, make_line
from tui.headless.stdout import CLOSED_STDOUT, give_up_stdout, say, write_json_line
from tui.headless.stop_signals import StopSignals
from tui.settings.parameters import Parameters
from tui.stream.events import Ending, Finished, Interrupted, Notice, RefusalDelta, StreamEvent, TextDelta
from tui.stream.outcome import Outcome
from tui.text.language import Language
from tui.text.sanitise import StreamSanitiser


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how."""

    prompt: str
    system: str | None = None
    stream: bool = True
    as_json: bool = False
    raw: bool = False
    saved: bool = False
    """Whether the conversation is kept."""
    attachments: tuple[Attachment, ...] = ()
    told: bool = False
    """Whether the verdict and the record are told of a complete reply too."""


async def ask(session: ChatSession, model: Model, question: Question, language: Language, signals: StopSignals) -> int:
    """Ask, print, and return the exit code; a signal ends the reply. Nothing is asked if stdout was never open."""
    if sys.__stdout__ is None:
        return CLOSED_STDOUT
    conversation = Conversation(parameters=Parameters(system=question.system or None))
    turn = session.begin(conversation, question.prompt, [model], attachments=question.attachments)
    reply = turn.reply
    ended = asyncio.Event()
    printer = make_printer(reply, question, language)
    refused: OSError | None = None

    def view(event: StreamEvent) -> None:
        nonlocal refused
        try:
            if refused is None:
                printer.take(event)
        except OSError as error:  # nobody reads any more, or the disk is full: told below
            refused = error
            session.stop(reply)
        finally:
            if isinstance(event, Finished | Interrupted):
                ended.set()

    signals.on_stop(lambda outcome, detail: session.stop(reply, outcome, **detail))
    session.start(reply, view, stream=question.stream)
    await ended.wait()
    if refused is not None:
        return give_up_stdout(refused)
    assert reply.outcome is not None, "the event came with the ending"
    return reply.outcome.exit_code(reply.has_text)


def tell_stopped(ending: Ending, question: Question, language: Language) -> int:
    """Print the ending of a question that was never asked, and return the exit code."""
    if sys.__stdout__ is None:
        return CLOSED_STDOUT
    reply = Reply(ending.record.route, ending.record.model)
    reply.apply(ending)
    try:
        make_printer(reply, question, language).take(ending)
    except OSError as error:  # nobody reads any more, or the disk is full
        return give_up_stdout(error)
    return ending.outcome.exit_code(has_text=False)


class TextPrinter:
    """The reply as text on stdout; verdict, advice and record on stderr."""

    def __init__(self, reply: Reply, question: Question, language: Language) -> None:
        self._reply = reply
        self._question = question
        self._language = language
        self._out: BinaryIO = sys.stdout.buffer
        # Raw text is for a pipe: a terminal would obey what is in it.
        self._clean = None if question.raw and not sys.stdout.isatty() else StreamSanitiser()
        self._last = "\n"

    def take(self, event: StreamEvent) -> None:
        """Print what the event brings."""
        match event:
            case TextDelta(text) | RefusalDelta(text):
                self._write(self._clean.feed(text) if self._clean else text)
            case Notice(code, values, record) if record is not None:  # a retry: no text has come yet
                say(f"{code}: {self._language.notice(code, values)}")
            case Finished(outcome, record) | Interrupted(outcome, record):
                self._end()
                for notice in self._reply.notices:
                    if notice.record is None:
                        say(f"{notice.code}: {self._language.notice(notice.code, notice.values)}")
                for call in self._reply.tool_calls.values():
                    say(f"{call.name}({call.arguments})")
                if outcome is not Outcome.COMPLETE or self._question.told:
                    note = make_note(outcome, record, self._language)
                    say(f"{note.code}: {note.sentence}")
                    advice = advise(outcome, record, self._language, saved=self._question.saved)
                    for line in (*advice, *note.record):
                        say(f"  {line}")
            case _:
                pass  # other notices wait for the end of the text; reasoning and usage are for --json

    def _end(self) -> None:
        if self._clean is not None:
            self._write(self._clean.end())
            if self._last != "\n":
                self._write("\n")

    def _write(self, text: str) -> None:
        if text:
            self._last = text[-1]
            self._out.write(text.encode(errors="replace"))
            self._out.flush()


class JsonPrinter:
    """One JSON object a line on stdout, each with its `type`."""

    def __init__(self, reply: Reply, question: Question, language: Language) -> None:
        self._reply = reply
        self._question = question
        self._language = language

    def take(self, event: StreamEvent) -> None:
        """Print the event's line."""
        write_json_line(make_line(event, self._reply, self._language, saved=self._question.saved))


Printer = TextPrinter | JsonPrinter


def make_printer(reply: Reply, question: Question, language: Language) -> Printer:
    """The printer for what was asked."""
    return (JsonPrinter if question.as_json else TextPrinter)(reply, question, language)
