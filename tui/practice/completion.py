"""The call for a chat completion, and the JSON objects that answer it (OpenAI's chat completions API)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from tui.practice.request import BadRequestError

Delta = dict[str, object]

BYTES_PER_TOKEN = 4
"""A rough figure; the prompt is not tokenised."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a client asks for."""

    model: str
    """As sent, with a prefix if there is one."""
    stream: bool
    include_usage: bool
    prompt_tokens: int
    max_tokens: int = 0
    """What the answer may take; 0 where that is not said."""
    begun: str = ""
    """The start of the answer, where the last message is the assistant's: the reply goes on from there."""

    @property
    def name(self) -> str:
        """The model without a prefix such as `practice/`."""
        return self.model.rpartition("/")[2]


def read_call(body: bytes) -> Call:
    """Read the body of a request; BadRequestError says what is wrong with it."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequestError(400, "The body of your request is not valid JSON.") from None
    if not isinstance(value, dict):
        raise BadRequestError(400, "The body of your request is not a JSON object.")
    model, messages = value.get("model"), value.get("messages")
    if not isinstance(model, str) or not model:
        raise BadRequestError(400, "You must provide a model parameter.")
    if not isinstance(messages, list) or not messages:
        raise BadRequestError(400, "You must provide a non-empty list of messages.")
    options = value.get("stream_options")
    return Call(
        model=model,
        stream=value.get("stream") is True,
        include_usage=isinstance(options, dict) and options.get("include_usage") is True,
        prompt_tokens=max(1, len(body) // BYTES_PER_TOKEN),
        max_tokens=most if isinstance(most := value.get("max_tokens"), int) else 0,
        begun=_read_begun(messages[-1]),
    )


def _read_begun(last: object) -> str:
    begun = last.get("content") if isinstance(last, dict) and last.get("role") == "assistant" else None
    return begun if isinstance(begun, str) else ""


@dataclass(frozen=True, slots=True)
class Completion:
    """The identity that every object of one reply shares."""

    id: str
    created: int
    """Seconds since 1970."""
    call: Call

    def chunk(self, delta: Delta, finish: str | None = None) -> dict[str, object]:
        """One chat.completion.chunk with a delta."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        usage = {"usage": None} if self.call.include_usage else {}
        return {**self._identity("chat.completion.chunk"), "choices": [choice], **usage}

    def usage_chunk(self, tokens: int) -> dict[str, object]:
        """The last chunk, which has no choice but the usage."""
        return {**self._identity("chat.completion.chunk"), "choices": [], "usage": self._usage(tokens)}

    def whole(self, message: dict[str, object], finish: str | None, tokens: int) -> dict[str, object]:
        """The reply at once, as a chat.completion."""
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
        return {**self._identity("chat.completion"), "choices": [choice], "usage": self._usage(tokens)}

    def _identity(self, kind: str) -> dict[str, object]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.call.model}

    def _usage(self, tokens: int) -> dict[str, int]:
        prompt = self.call.prompt_tokens
        return {"prompt_tokens": prompt, "completion_tokens": tokens, "total_tokens": prompt + tokens}


def join_deltas(deltas: Iterable[Delta]) -> dict[str, object]:
    """The message that a list of deltas adds up to; `content` is null where no text came."""
    message: dict[str, object] = {"role": "assistant", "content": None}
    calls: list[dict[str, object]] = []
    for delta in deltas:
        for name, value in delta.items():
            if isinstance(value, str):
                message[name] = f"{message.get(name) or ''}{value}"
            elif isinstance(value, list):
                _join_tool_call(calls, value[0])
    return {**message, "tool_calls": calls} if calls else message


def _join_tool_call(calls: list[dict[str, object]], piece: dict[str, object]) -> None:
    function = piece["function"]
    if "id" in piece:
        calls.append({"id": piece["id"], "type": piece["type"], "function": function})
    elif isinstance(function, dict):
        begun = calls[-1]["function"]
        if isinstance(begun, dict):
            calls[-1]["function"] = {**begun, "arguments": begun["arguments"] + function["arguments"]}
