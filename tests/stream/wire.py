"""Wire: the bytes of chat answers, good and bad."""

import json
from typing import Any

DONE = b"data: [DONE]\n\n"
END = b"0\r\n\r\n"
"""The end of a chunked body."""


def head(status: int = 200, content_type: str | None = "text/event-stream", *headers: str) -> bytes:
    """A status line and headers, up to the blank line."""
    lines = [f"HTTP/1.1 {status} Whatever", *headers]
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def http(status: int, body: bytes | str | dict[str, Any] = b"", *headers: str, content_type: str = "") -> bytes:
    """A whole answer of known length; a dict goes out as JSON."""
    if isinstance(body, dict):
        body, content_type = json.dumps(body), content_type or "application/json"
    data = body.encode() if isinstance(body, str) else body
    return head(status, content_type or "text/plain", f"Content-Length: {len(data)}", *headers) + data


def opening(*headers: str, content_type: str | None = "text/event-stream") -> bytes:
    """The head of a chunked event stream."""
    return head(200, content_type, "Transfer-Encoding: chunked", *headers)


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def stream(*events: bytes, content_type: str | None = "text/event-stream") -> bytes:
    """A whole chunked answer, each event in a chunk of its own, and its clean end."""
    return opening(content_type=content_type) + b"".join(chunk(event) for event in events) + END


def event(value: object) -> bytes:
    """One event with this JSON."""
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def delta(text: str | None = None, *, finish: str | None = None, **fields: object) -> dict[str, Any]:
    """A chat.completion.chunk; `fields` go into its delta."""
    content = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": {**content, **fields}, "finish_reason": finish}
    return {"object": "chat.completion.chunk", "choices": [choice]}


def text(words: str) -> bytes:
    """An event with a piece of text."""
    return event(delta(words))


def finish(reason: str) -> bytes:
    """An event with a finish reason."""
    return event(delta(finish=reason))


def error(message: str, *, type: str | None = None, code: str | int | None = None, **more: object) -> dict[str, Any]:
    """OpenAI's error object."""
    return {"error": {"message": message, "type": type, "param": None, "code": code, **more}}


def page(title: str) -> str:
    """A web page."""
    return f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
