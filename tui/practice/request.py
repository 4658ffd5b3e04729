"""PracticeRequest: one HTTP/1.1 request as it was received, and how it is read (RFC 9112, sections 2 to 6)."""

import asyncio
import re
from dataclasses import dataclass, field

from tui.practice.inbox import Inbox, OverflowedLineError

HEAD_LIMIT = 65536
BODY_LIMIT = 8 * 1024 * 1024

REQUEST_LINE = re.compile(rb"([A-Z]+) (\S+) (HTTP/1\.[01])")
FIELD_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")


class BadRequestError(Exception):
    """A request that cannot be served: the status, a sentence for the client and OpenAI's code for it."""

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code


@dataclass(frozen=True, slots=True)
class PracticeRequest:
    """One request. Its repr leaves out headers and body, because they may hold a key and a prompt."""

    method: str
    path: str
    """The request target as sent, query included."""
    headers: dict[str, str] = field(repr=False)
    """Names in lower case; a repeated field is joined with ", "."""
    body: bytes = field(repr=False)
    version: str = "HTTP/1.1"

    @property
    def keep_alive(self) -> bool:
        """Whether the client wants to use the connection again. HTTP/1.0 is always closed: its body ends so."""
        return self.version == "HTTP/1.1" and self.headers.get("connection", "").lower() != "close"

    @property
    def key(self) -> str:
        """The API key as received, or "" without one."""
        scheme, _, key = self.headers.get("authorization", "").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else self.headers.get("x-api-key", "")


async def read_request(inbox: Inbox, writer: asyncio.StreamWriter) -> PracticeRequest:
    """Wait for one whole request; BadRequestError means that nothing after it can be trusted."""
    # A TLS hello has no line end to wait for, so the first byte alone must tell that this is no HTTP.
    if not chr(await inbox.peek()).isalpha():
        raise BadRequestError(400, "This is not an HTTP request. The practice provider speaks plain http, not https.")
    try:
        return await _read(inbox, writer)
    except OverflowedLineError:
        raise BadRequestError(431, f"The head of the request is longer than {HEAD_LIMIT} bytes.") from None


async def _read(inbox: Inbox, writer: asyncio.StreamWriter) -> PracticeRequest:
    room = HEAD_LIMIT
    first = await inbox.take_line(room)
    found = REQUEST_LINE.fullmatch(first)
    if found is None:
        raise BadRequestError(400, "The request line is malformed.")
    method, path, version = (part.decode("latin-1") for part in found.groups())
    headers: dict[str, str] = {}
    room -= len(first)
    while line := await inbox.take_line(room):
        room -= len(line)
        pair = FIELD_LINE.fullmatch(line)
        if pair is None:
            raise BadRequestError(400, "A header line is malformed.")
        name, value = pair[1].decode("latin-1").lower(), pair[2].decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    length = _body_length(headers)
    if length and headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return PracticeRequest(method, path, headers, await inbox.take(length), version)


def _body_length(headers: dict[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise BadRequestError(411, "Send the body with a Content-Length.")
    value = headers.get("content-length", "0")
    if not re.fullmatch("[0-9]{1,18}", value):
        raise BadRequestError(400, "Content-Length is not a number.")
    if int(value) > BODY_LIMIT:
        raise BadRequestError(413, f"The body is larger than {BODY_LIMIT} bytes.")
    return int(value)
