"""A chat request in no provider's dialect."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from tui.settings.parameters import Parameters
from tui.stream.partial import Partial


class Role(StrEnum):
    """Who speaks, in the words of the OpenAI chat-completions API."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that goes with a message."""

    media_type: str
    data: bytes

    @property
    def url(self) -> str:
        """The whole of it as a data URL (RFC 2397)."""
        return f"data:{self.media_type};base64,{b64encode(self.data).decode()}"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of the context that is sent."""

    role: Role
    text: str
    images: tuple[Image, ...] = ()
    """They come behind the text."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What is asked of a model."""

    model: str
    messages: tuple[ChatMessage, ...]
    stream: bool = True
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the body (temperature, max_tokens, ...), sent only when set: some servers answer 422 else."""
    partial: Partial | None = None
    """The start of the answer, which the model is to go on with."""

    def over(self, defaults: Parameters) -> "ChatRequest":
        """This request, and where it says nothing these: fields of the body, and the system prompt."""
        messages = self.messages
        if defaults.system and not any(message.role is Role.SYSTEM for message in messages):
            messages = (ChatMessage(Role.SYSTEM, defaults.system), *messages)
        return replace(self, messages=messages, parameters={**defaults.body(), **self.parameters})

    @property
    def kind(self) -> str:
        """The `request_type` of the record."""
        return "chat.stream" if self.stream else "chat"
