"""Script: what the practice provider says for each model and fault, as the deltas of one reply."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from importlib.resources import files
from itertools import chain, count, islice

from tui.practice.completion import Delta
from tui.practice.fault import Fault
from tui.practice.guide import write_guide

LESSONS = ("markdown", "code", "table", "chinese", "long", "reasoning", "endless", "slow", "small")
MODELS: tuple[str, ...] = (*LESSONS, *(fault.value for fault in Fault))

CONTEXTS = {"small": 1000}
"""Tokens that a model takes, where there is a limit."""
SLOW_PACE = 25
"""At the usual 20 ms a token this makes two tokens a second."""

TOKEN = re.compile(
    r"""
    [ \t]* [\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]{1,2}       # one or two Chinese characters
    | [ \t]* [^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+      # a word with the space before it
    | \s+                                                       # line ends and indentation
    """,
    re.VERBOSE,
)


class Ending(Enum):
    """What follows the last event."""

    DONE = auto()
    """`data: [DONE]` and the end of the body."""
    EOF = auto()
    """The end of the body alone."""
    CUT = auto()
    """Half an event, then FIN."""
    RESET = auto()
    """RST."""
    SILENCE = auto()
    """Nothing, for ever."""
    COMMENTS = auto()
    """Comments, for ever."""


@dataclass(frozen=True, slots=True)
class Script:
    """One reply. It can be played once only, as `parts` may be an iterator without an end."""

    parts: Iterable[Delta | bytes]
    """Deltas; bytes go out as the data of an event just as they are."""
    finish: str | None = "stop"
    """None leaves the finish_reason out."""
    ending: Ending = Ending.DONE
    pace: int = 1
    """How many times the usual delay passes before each event."""
    answers: bool = True
    """False: not even a status line is sent."""
    streams: bool = True
    """False: the whole reply is sent at once, whatever was asked for."""


def model_script(name: str) -> Script:
    """The script of a model that behaves."""
    match name:
        case "long":
            return Script(_text(write_guide()))
        case "endless":
            return Script(_endless())
        case "slow":
            return Script(_text(_lesson(name)), pace=SLOW_PACE)
        case "reasoning":
            thought, _, text = _lesson(name).partition("\n---\n\n")
            return Script(chain(_deltas("reasoning_content", thought), _text(text)))
        case _:
            return Script(_text(_lesson(name)))


def fault_script(fault: Fault) -> Script:
    """The script of a fault that spoils a reply on its way; every other fault is a whole answer of its own."""
    said = _text(WARNINGS.get(fault, ""))
    match fault:
        case Fault.CUT:
            return Script(said, None, Ending.CUT)
        case Fault.EOF:
            return Script(said, None, Ending.EOF)
        case Fault.RESET:
            return Script(said, None, Ending.RESET)
        case Fault.STALL:
            return Script(said, None, Ending.SILENCE)
        case Fault.KEEPALIVE:
            return Script(said, None, Ending.COMMENTS)
        case Fault.MUTE:
            return Script(said, None, Ending.SILENCE, answers=False)
        case Fault.LENGTH:
            return Script(said, "length")
        case Fault.FILTER:
            return Script(said, "content_filter")
        case Fault.REFUSAL:
            return Script(_deltas("refusal", WARNINGS[fault]))
        case Fault.TOOL:
            return Script(chain(said, _tool_call()), "tool_calls")
        case Fault.BADJSON:
            return Script(chain(said, [BROKEN_JSON], _text(AFTER_BROKEN_JSON)))
        case Fault.INBAND:
            return Script(chain(said, [INBAND_ERROR]), None, Ending.EOF)
        case Fault.JSON:
            return Script(said, streams=False)
        case _:
            return Script(said)


def continued_script(name: str, begun: str) -> Script:
    """What follows the start of an answer: the rest of what the model says if it begins so; a fault is over by then."""
    fault = next((fault for fault in Fault if fault.value == name), None)
    said = WARNINGS.get(fault, "") + AFTER_BREAK.get(fault, AFTER_ANY_BREAK) if fault else ""
    if not fault and name in LESSONS:
        said = "".join(_words_of(model_script(name).parts))
    return Script(_text(said[len(begun) :] if said.startswith(begun) else AFTER_ANY_BREAK))


def _words_of(parts: Iterable[Delta | bytes]) -> Iterator[str]:
    """The text of a script, as much of one without an end as anybody will have read."""
    for part in islice(parts, 20_000):
        if not isinstance(part, bytes) and isinstance(words := part.get("content"), str):
            yield words


def split_tokens(text: str) -> list[str]:
    """Pieces of about the size that models send; joined they are the text again."""
    return TOKEN.findall(text)


def _lesson(name: str) -> str:
    return files("tui.practice").joinpath("lessons", f"{name}.md").read_text(encoding="utf-8").rstrip("\n")


def _deltas(field: str, text: str) -> Iterator[Delta]:
    return ({field: token} for token in split_tokens(text))


def _text(text: str) -> Iterator[Delta]:
    return _deltas("content", text)


def _endless() -> Iterator[Delta]:
    for number in count(1):
        said = ENDLESS[(number - 1) % len(ENDLESS)]
        yield from _text(f"Sentence {number}: {said}\n\n")


def _tool_call() -> Iterator[Delta]:
    yield _tool_piece({"id": "call_practice", "type": "function", "function": {"name": "get_weather", "arguments": ""}})
    for piece in ('{"city": ', '"Chengdu", "unit"', ': "celsius"}'):
        yield _tool_piece({"function": {"arguments": piece}})


def _tool_piece(piece: dict[str, object]) -> Delta:
    return {"tool_calls": [{"index": 0, **piece}]}


BROKEN_JSON = b'{"id":"chatcmpl-0","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":" lo'
INBAND_ERROR = b'{"error":{"message":"Upstream model crashed","type":"server_error","code":"500"}}'

WARNINGS = {
    Fault.CUT: "This practice reply is about to be cut: the connection closes in mid-event.",
    Fault.EOF: "This practice reply is about to end cleanly, but without any proof of its end.",
    Fault.RESET: "This practice reply is about to be lost to a reset of the connection.",
    Fault.STALL: "This practice reply is about to fall silent while the connection stays open.",
    Fault.KEEPALIVE: "This practice reply is about to stop, and only keep-alive comments will follow.",
    Fault.LENGTH: "This practice reply is about to reach its output limit and to stop in the",
    Fault.FILTER: "This practice reply is about to be stopped by a content filter, before it",
    Fault.REFUSAL: "I am sorry, but this practice model declines to answer whatever it is asked.",
    Fault.TOOL: "This practice reply is about to ask for a tool that reports the weather.",
    Fault.BADJSON: "This practice reply is about to lose one piece to broken JSON: here ->",
    Fault.INBAND: "This practice reply is about to be interrupted by an error inside the stream.",
    Fault.JSON: "This practice reply was asked for as a stream, but comes in one piece.",
}
AFTER_ANY_BREAK = " Here it goes on where it broke off, and this time it comes to its end."
AFTER_BREAK = {Fault.LENGTH: " middle of a sentence; this is its second half."}
AFTER_BROKEN_JSON = " <- a word is missing there, and the rest of the reply is whole."

ENDLESS = (
    "this practice model does not stop by itself, so stop it when you have seen enough.",
    "the text so far stays where it is when you stop a reply.",
    "a client can stop a reply only by closing its connection; the server then stops, too.",
    "scroll up while this goes on, and see whether the view stays where you put it.",
    "switch to another conversation and come back: the reply should have gone on without you.",
    "a screen that keeps up with this at a steady pace is drawing no more than it has to.",
    "nothing here leaves this machine.",
)
