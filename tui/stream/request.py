"""A chat request in no provider's dialect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """Who speaks, in the words of the OpenAI chat-completions API."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of the context that is sent."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What is asked of a model."""

    model: str
    messages: tuple[ChatMessage, ...]
    stream: bool = True
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the body (temperature, max_tokens, ...), sent only when set: some servers answer 422 else."""

    @property
    def kind(self) -> str:
        """The `request_type` of the record."""
        return "chat.stream" if self.stream else "chat"
