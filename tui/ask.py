"""`weir ask`: one prompt, headless. The reply goes to stdout as it comes, everything else to stderr.

With `--json` stdout has JSON Lines, the last of them always `{"type": "end", ...}`. The exit code tells how the reply
ended (`Outcome.exit_code`), 141 when stdout was closed.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, BinaryIO, Self, TextIO, TypeAlias, TypeVar

from tui.chat.catalogue import Model
from tui.chat.conversation import Conversation, Reply
from tui.chat.note import make_note
from tui.chat.session import ChatSession
from tui.stream.events import (
    Ending,
    Finished,
    Interrupted,
    Notice,
    ReasoningDelta,
    RefusalDelta,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    UsageReport,
    make_ending,
)
from tui.stream.outcome import Outcome
from tui.stream.provider_error import ErrorClass
from tui.stream.record import Circumstances, Record, make_record
from tui.stream.trace import StreamTrace
from tui.text.language import Language
from tui.text.sanitise import StreamSanitiser, escape_json_line, sanitise_line

CLOSED_STDOUT = 141
"""128 + SIGPIPE: what a shell shows for a program whose reader went away."""


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


T = TypeVar("T")
StopAct: TypeAlias = Callable[[Outcome, dict[str, Any]], object]
"""Ends what is under way, with this outcome and these details."""


class Stopped(Exception):
    """A signal came before anything was asked."""


class StopSignals:
    """SIGINT, which ends as `cancelled`, and SIGTERM, as `app-exit`, from before anything is opened to the ending.

    The first signal counts. It stops what `on_stop` has named last, or what is named next. Used on the running loop.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._outcome: Outcome | None = None
        self._detail: dict[str, Any] = {}
        self._came_at = 0.0
        self._stop: StopAct = lambda outcome, detail: None

    def __enter__(self) -> Self:
        self._loop.add_signal_handler(signal.SIGINT, self._take, Outcome.CANCELLED, {})
        self._loop.add_signal_handler(signal.SIGTERM, self._take, Outcome.APP_EXIT, {"signal": "SIGTERM"})
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.remove_signal_handler(signal.SIGINT)
        self._loop.remove_signal_handler(signal.SIGTERM)

    def _take(self, outcome: Outcome, detail: dict[str, Any]) -> None:
        if self._outcome is None:
            self._outcome, self._detail, self._came_at = outcome, detail, self._loop.time()
            self._stop(outcome, detail)

    def on_stop(self, stop: StopAct) -> None:
        """Name what a signal stops from now on."""
        self._stop = stop
        if self._outcome is not None:
            stop(self._outcome, self._detail)

    async def guard(self, opening: Coroutine[Any, Any, T]) -> T:
        """Await what comes before the question; a signal cancels it and raises Stopped."""
        task = asyncio.create_task(opening)
        self.on_stop(lambda outcome, detail: task.cancel())
        try:
            return await task
        except asyncio.CancelledError:
            if self._outcome is None:
                raise
            raise Stopped from None

    def end(self, trace: StreamTrace) -> Ending:
        """The ending of a question that was stopped before it was asked, with what is known of it."""
        assert self._outcome is not None, "a signal came"
        trace.end()
        detail = {"cancel_latency_ms": round((self._loop.time() - self._came_at) * 1000, 1), **self._detail}
        return make_ending(self._outcome, make_record(trace, self._outcome, Circumstances(detail=detail)))


async def ask(
    session: ChatSession, model: Model, question: Question, language: Language, signals: StopSignals
) -> int:
    """Ask, print, and return the exit code; a signal ends the reply."""
    conversation = Conversation(system=question.system)
    turn = session.begin(conversation, question.prompt, [model])
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
    reply = Reply(ending.record.route, ending.record.model)
    reply.apply(ending)
    try:
        make_printer(reply, question, language).take(ending)
    except OSError as error:  # nobody reads any more, or the disk is full
        return give_up_stdout(error)
    return ending.outcome.exit_code(has_text=False)


def give_up_stdout(error: OSError) -> int:
    """The exit code after a failed write; quiet if the reader went away, else it says why (a full disk).

    Both outputs may be one pipe. What failed then points at nothing, so that the interpreter's own flush at exit does
    not complain of it.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    if isinstance(error, BrokenPipeError):
        os.dup2(null, sys.stderr.fileno())
    else:
        write_error(f"stdout: {error.strerror}", as_json=False)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
    return CLOSED_STDOUT


def write_error(message: str, *, as_json: bool) -> None:
    """A sentence about what was asked wrongly: a JSON line on stdout, else a line on stderr."""
    if as_json:
        sys.stdout.buffer.write(_json_bytes({"type": "error", "message": message}))
        sys.stdout.buffer.flush()
    else:
        sys.stderr.write(f"weir: {sanitise_line(message)}\n")


class TextPrinter:
    """The reply as text on stdout; verdict, advice and record on stderr."""

    def __init__(self, reply: Reply, question: Question, language: Language) -> None:
        self._reply = reply
        self._question = question
        self._language = language
        self._out: BinaryIO = sys.stdout.buffer
        self._err: TextIO = sys.stderr
        # Raw text is for a pipe: a terminal would obey what is in it.
        self._clean = None if question.raw and not sys.stdout.isatty() else StreamSanitiser()
        self._last = "\n"

    def take(self, event: StreamEvent) -> None:
        """Print what the event brings."""
        match event:
            case TextDelta(text) | RefusalDelta(text):
                self._write(self._clean.feed(text) if self._clean else text)
            case Notice(code, values, record) if record is not None:  # a retry: no text has come yet
                self._say(f"{code}: {self._language.notice(code, values)}")
            case Finished(outcome, record) | Interrupted(outcome, record):
                self._end()
                for notice in self._reply.notices:
                    if notice.record is None:
                        self._say(f"{notice.code}: {self._language.notice(notice.code, notice.values)}")
                for call in self._reply.tool_calls.values():
                    self._say(f"{call.name}({call.arguments})")
                if outcome is not Outcome.COMPLETE:
                    note = make_note(outcome, record, self._language)
                    self._say(f"{note.code}: {note.sentence}")
                    advice = _advise(outcome, record, self._question, self._language)
                    for line in (*advice, *note.record):
                        self._say(f"  {line}")
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

    def _say(self, line: str) -> None:
        self._err.write(f"weir: {sanitise_line(line)}\n")


class JsonPrinter:
    """One JSON object a line on stdout, each with its `type`."""

    def __init__(self, reply: Reply, question: Question, language: Language) -> None:
        self._reply = reply
        self._question = question
        self._language = language
        self._out: BinaryIO = sys.stdout.buffer

    def take(self, event: StreamEvent) -> None:
        """Print the event's line."""
        self._out.write(_json_bytes(self._object(event)))
        self._out.flush()

    def _object(self, event: StreamEvent) -> dict[str, Any]:
        match event:
            case TextDelta(text):
                return {"type": "text", "text": text}
            case ReasoningDelta(text):
                return {"type": "reasoning", "text": text}
            case RefusalDelta(text):
                return {"type": "refusal", "text": text}
            case ToolCallDelta(index, identity, name, arguments):
                return {"type": "tool_call", "index": index, "id": identity, "name": name, "arguments": arguments}
            case UsageReport():
                return {"type": "usage", **_usage(event)}
            case Notice(code, values, record):
                line = {"type": "notice", "code": code.value, "message": self._language.notice(code, values)}
                return line | ({"record": record.as_json()} if record is not None else {})
            case Finished(outcome) | Interrupted(outcome):
                return self._end(outcome)

    def _end(self, outcome: Outcome) -> dict[str, Any]:
        reply, record = self._reply, self._reply.record
        assert record is not None, "the ending brought it"
        values = record.values()
        calls = [
            {"index": call.index, "id": call.id, "name": call.name, "arguments": call.arguments}
            for call in reply.tool_calls.values()
        ]
        return {
            "type": "end",
            "outcome": outcome.value,
            "message": self._language.outcome(outcome, values),
            "advice": _advise(outcome, record, self._question, self._language),
            "finish_reason": record.finish_reason,
            "text": reply.text,
            "reasoning": reply.reasoning,
            "refusal": reply.refusal,
            "tool_calls": calls,
            "usage": _usage(reply.usage) if reply.usage else None,
            "notices": record.notices,
            "retryable": _is_retryable(outcome, record),
            "retry_after_s": record.retry_after_s,
            "record": record.as_json(),
        }


Printer = TextPrinter | JsonPrinter


def make_printer(reply: Reply, question: Question, language: Language) -> Printer:
    """The printer for what was asked."""
    return (JsonPrinter if question.as_json else TextPrinter)(reply, question, language)


def _advise(outcome: Outcome, record: Record, question: Question, language: Language) -> list[str]:
    """The next steps; that the text was saved is only said where it was."""
    if outcome is Outcome.APP_EXIT and not question.saved:
        return []
    return language.advice(outcome, record.values())


def _is_retryable(outcome: Outcome, record: Record) -> bool:
    """By the outcome's rule; an error in the middle of a stream says so by its class."""
    if outcome is Outcome.IN_BAND_ERROR and record.error is not None:
        return ErrorClass(record.error["class"]).retryable
    return outcome.rule.retryable


def _usage(usage: UsageReport) -> dict[str, int | None]:
    return {
        "tokens_in": usage.tokens_in,
        "tokens_out": usage.tokens_out,
        "tokens_reasoning": usage.tokens_reasoning,
    }


def _json_bytes(value: dict[str, Any]) -> bytes:
    """A line, in UTF-8 whatever the locale says: that is what JSON is (RFC 8259, 8.1)."""
    return (escape_json_line(json.dumps(value, ensure_ascii=False)) + "\n").encode()
