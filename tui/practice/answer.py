"""Answer: a whole HTTP answer of known length, and the ones that need no reply text: errors, pages, the model list."""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

from tui.practice.fault import Fault

JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=utf-8"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, content type and body; `headers` are those beyond what every answer has."""

    status: int
    content_type: str
    body: bytes
    headers: Headers = ()

    def encode(self, *, keep_alive: bool, with_body: bool = True) -> bytes:
        """The answer as it goes over the wire; without its body it answers a HEAD request."""
        length = ("Content-Length", str(len(self.body)))
        head = encode_head(self.status, self.content_type, (length, *self.headers), keep_alive=keep_alive)
        return head + self.body if with_body else head


def encode_head(status: int, content_type: str, headers: Headers, *, keep_alive: bool) -> bytes:
    """Status line and headers up to the blank line, with a request id of its own in each."""
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Date: {formatdate(usegmt=True)}",
        "Server: weir-practice",
        f"x-request-id: {secrets.token_hex(16)}",
        f"Content-Type: {content_type}",
        *(f"{name}: {value}" for name, value in headers),
        f"Connection: {'keep-alive' if keep_alive else 'close'}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def encode_json(value: object) -> bytes:
    """Compact JSON in UTF-8, as OpenAI sends it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def error_answer(status: int, message: str, *, kind: str, code: str | int | None, headers: Headers = ()) -> Answer:
    """OpenAI's error object; `kind` is its `type`."""
    error = {"message": message, "type": kind, "param": None, "code": code}
    return Answer(status, JSON_TYPE, encode_json({"error": error}), headers)


def rejection(status: int, message: str, code: str | None = None) -> Answer:
    """The error for a request that is wrong in itself."""
    return error_answer(status, message, kind="invalid_request_error", code=code)


def model_not_found(model: str) -> Answer:
    """The 404 for a model that is not in the list."""
    return rejection(404, f"The model `{model}` does not exist.", "model_not_found")


def context_too_long(limit: int, prompt: int, output: int) -> Answer:
    """The 400 for more tokens than a model takes, in OpenAI's words."""
    asked = f"you requested {prompt + output} tokens ({prompt} in the messages, {output} in the completion)"
    if not output:
        asked = f"your messages resulted in {prompt} tokens"
    message = f"This model's maximum context length is {limit} tokens. However, {asked}. Please reduce the length."
    return rejection(400, message, "context_length_exceeded")


def model_list(names: Iterable[str], contexts: Mapping[str, int], *, created: int) -> Answer:
    """GET /v1/models; a limited context is told as `context_length`."""
    models = []
    for name in names:
        limit = {"context_length": contexts[name]} if name in contexts else {}
        models.append({"id": name, "object": "model", "created": created, "owned_by": "weir-practice", **limit})
    return Answer(200, JSON_TYPE, encode_json({"object": "list", "data": models}))


def fault_answer(fault: Fault, *, model: str, key: str) -> Answer | None:
    """The answer of a fault that replaces the whole reply; None for a fault that spoils a reply on its way."""
    shown = key or "(none)"
    match fault:
        case Fault.HTML:
            return Answer(200, HTML_TYPE, SIGN_IN_PAGE.encode())
        case Fault.HTTP_401:
            message = f"Incorrect API key provided: {shown}. The practice provider accepts any key, except here."
            return rejection(401, message, "invalid_api_key")
        case Fault.HTTP_402:
            return error_answer(402, "Insufficient Balance", kind="unknown_error", code="invalid_request_error")
        case Fault.HTTP_403:
            message = f"This key may not use the model `{model}`."
            return error_answer(403, message, kind="permission_error", code="forbidden")
        case Fault.HTTP_404:
            return model_not_found(model)
        case Fault.HTTP_429:
            message = f"Rate limit reached for key {shown} on requests per minute: limit 1. Please try again in 2s."
            wait = (("Retry-After", "2"),)
            return error_answer(429, message, kind="requests", code="rate_limit_exceeded", headers=wait)
        case Fault.HTTP_500:
            message = "The server had an error while processing your request."
            return error_answer(500, message, kind="server_error", code=None)
        case Fault.HTTP_503:
            error = {"message": "Loading model", "type": "unavailable_error", "code": 503}
            return Answer(503, JSON_TYPE, encode_json({"error": error}), (("Retry-After", "1"),))
        case Fault.HTTP_502 | Fault.HTTP_504:
            return gateway_page(int(fault))
        case _:
            return None


def gateway_page(status: int) -> Answer:
    """The bare page that nginx sends when the server behind it fails."""
    title = f"{status} {HTTPStatus(status).phrase}"
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    return Answer(status, "text/html", page.encode())


SIGN_IN_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in to the practice network</title></head>
<body>
<h1>Sign in to the practice network</h1>
<p>A page like this one answers in place of the API when a sign-in portal is in the way.</p>
<form method="post"><input name="user"><button>Sign in</button></form>
</body>
</html>
"""
