"""Dialects: one wire format per file, pure functions and sans-I/O decoders.

A dialect says what is sent (`build`) and how the answer is read (`StreamDecoder`). It never touches a socket.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tui.settings.model_facts import ModelFacts
from tui.settings.provider import Prefill
from tui.stream.events import StreamEvent
from tui.stream.evidence import Evidence
from tui.stream.request import ChatRequest


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One HTTP request, without the key: the client adds `Authorization` at the last moment."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class StreamDecoder(Protocol):
    """Reads one response body."""

    evidence: Evidence

    @property
    def started(self) -> bool:
        """Whether anything but keep-alives has come."""

    @property
    def torn(self) -> bool:
        """Whether what came so far ends in the middle of an event's line."""

    def feed(self, data: bytes) -> list[StreamEvent]:
        """The deltas that these bytes complete; after `evidence.done` nothing more is read."""

    def end(self) -> list[StreamEvent]:
        """What an unterminated end still holds; called once at the end of the body, never on a cancel."""


class Dialect(Protocol):
    """One wire format."""

    name: str

    def build(
        self, request: ChatRequest, base_url: str, *, include_usage: bool, prefill: Prefill = "off"
    ) -> WireRequest:
        """The request for a chat; `include_usage` asks for token counts at the end of a stream.

        `prefill`: how the start of an answer is given, if the request has one; else it is asked for in words.
        """

    def build_models(self, base_url: str) -> WireRequest:
        """The request for the list of models."""

    def read_models(self, body: bytes) -> dict[str, ModelFacts] | None:
        """The ids in a list of models, in the server's order, with what it says of them; None if it is no such list."""

    def decoder(self) -> StreamDecoder:
        """A fresh decoder for one response."""


def load_dialect(name: str) -> Dialect:
    """The dialect of this name; an unknown one raises KeyError (the configuration checks names before)."""
    from tui.stream.dialects.openai import OpenAIDialect

    return {"openai": OpenAIDialect}[name]()
