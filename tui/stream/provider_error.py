"""ProviderError: the error that a server describes in a body or in the middle of a stream, whatever shape it has.

Providers agree on nothing: an object, a string, a list, JSON inside a string, FastAPI's `detail`, a plain sentence, a
gateway's page. `find_error` reads the JSON shapes, `read_error_body` any body. Messages are as received, unmasked.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tui.stream.error_class import ErrorClass, classify

__all__ = [
    "BODY_LIMIT",
    "ErrorBody",
    "ErrorClass",
    "ProviderError",
    "find_error",
    "html_title",
    "is_html",
    "read_error_body",
]

BODY_LIMIT = 64 * 1024
"""Bytes of an error body that are read."""
_MESSAGE_LIMIT = 4000
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class ProviderError:
    """An error in the provider's words."""

    error_class: ErrorClass
    message: str
    type: str | None = None
    code: str | None = None
    provider_name: str | None = None
    """The upstream that a router names."""
    retry_after_s: float | None = None
    """A waiting time given in the body."""
    param: str | None = None
    """The field of the request that the server names."""


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What the body of an answer other than 2xx says."""

    error: ProviderError | None
    html_title: str | None = None
    is_html: bool = False


_RETRY_WORDS = re.compile(
    r"(?:try again|retry) (?:in|after) ([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(ms|s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?)\b",
    re.IGNORECASE,
)
_RETRY_FIELDS = {
    "retry_after": 1.0, "retry_after_seconds": 1.0, "retry_after_s": 1.0, "retryAfter": 1.0,
    "retryAfterSeconds": 1.0, "retry_after_ms": 0.001, "retryAfterMs": 0.001,
}  # fmt: skip
_NO_WAIT = 1e9
"""From here on a number is a moment since 1970."""
_TAG = re.compile(rb"<[^<>]{0,200}>")
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)


def find_error(value: Any, status: int | None = None) -> ProviderError | None:
    """The error that a JSON value describes, or None.

    An object with `choices` is searched for `error` keys alone, so a reply that merely has a `message` is no error;
    an empty or null `error` is none either.
    """
    if isinstance(value, list):
        found = (find_error(item, status) for item in value if isinstance(item, dict))
        return next((error for error in found if error is not None), None)
    if not isinstance(value, dict):
        return None
    for node in _error_nodes(value):
        if node:
            return _read_node(node, value, status)
    return None


def read_error_body(body: bytes, status: int) -> ErrorBody:
    """What the body of a refused request says; a web page gives its title only, anything else its text."""
    head = body.lstrip()[:200].lower()
    if head.startswith((b"<!doctype html", b"<html")) or (head.startswith(b"<") and b"<title" in body.lower()):
        return ErrorBody(None, html_title(body), is_html=True)
    text = body.decode(errors="replace").strip()
    if not text:
        return ErrorBody(None)
    for candidate in _json_candidates(text):
        if (error := find_error(candidate, status)) is not None:
            return ErrorBody(error)
    message = text[:_MESSAGE_LIMIT]
    return ErrorBody(ProviderError(classify(None, None, message, status), message))


def html_title(body: bytes) -> str | None:
    """The title of a page, its white space folded; None if it has none."""
    match = _TITLE.search(body)
    if not match:
        return None
    return " ".join(_TAG.sub(b"", match[1]).decode(errors="replace").split())[:_MESSAGE_LIMIT] or None


def is_html(head: bytes) -> bool:
    """Whether a body begins like a web page."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:20].lower().startswith((b"<!doctype html", b"<html"))


def _json_candidates(text: str) -> Iterator[Any]:
    """The body as JSON, or the data lines of an event stream that came as an error body."""
    for source in (text, *(line[5:] for line in text.splitlines() if line.startswith("data:"))):
        try:
            yield json.loads(source, strict=False)
        except (ValueError, RecursionError):
            continue  # not JSON: the text itself becomes the message


def _error_nodes(value: Mapping[str, Any]) -> Iterator[Any]:
    yield value.get("error")
    choices = value.get("choices")
    if isinstance(choices, list):
        for choice in choices:
            if isinstance(choice, dict):
                yield choice.get("error")
    if "choices" in value:
        return
    if value.get("object") == "error" or value.get("type") == "error":
        yield value
    base = value.get("base_resp")
    if isinstance(base, dict) and base.get("status_code"):
        yield {"code": base["status_code"], "message": base.get("status_msg")}
    if errors := value.get("errors"):
        yield errors[0] if isinstance(errors, list) else errors
    if detail := value.get("detail"):
        yield {"message": detail}
    if isinstance(message := value.get("message") or value.get("msg"), str) and "object" not in value:
        yield {"message": message, "code": value.get("code"), "type": value.get("type")}


def _read_node(node: Any, whole: Mapping[str, Any], status: int | None) -> ProviderError:
    if not isinstance(node, dict):
        node = {"message": node, "type": whole.get("error_type")}
    message = _message(node.get("message", node.get("error", node.get("detail", ""))))
    if (inner := _unwrap(message)) is not None and (found := find_error(inner, status)) is not None:
        return found
    type_ = _text(node.get("type") or node.get("status"))
    code = _text(node.get("code"))
    metadata = node.get("metadata")
    provider = _text(metadata.get("provider_name")) if isinstance(metadata, dict) else None
    words = " ".join(part for part in (code, type_, message) if part)
    number = _number(node.get("code")) or _number(status)
    fields = (node, whole, *(value for value in (metadata,) if isinstance(value, dict)))
    named = [wait for wait in map(_retry_field, fields) if wait is not None]
    retry_after = _retry_delay(node.get("details")) or max(named, default=None) or _retry_words(message)
    param = _text(node.get("param"))
    kind = classify(code, type_, message, number)
    return ProviderError(kind, message or words, type_, code, provider, retry_after, param)


def _message(value: Any, depth: int = 0) -> str:
    """The message as one text; of FastAPI's list only places and reasons, since its `input` repeats the prompt.

    What lies deeper than any server that is known nests it is left out.
    """
    if depth > _DEEPEST:
        return ""
    if isinstance(value, str):
        return value.strip()[:_MESSAGE_LIMIT]
    if isinstance(value, dict):
        return _message(value.get("message") or value.get("detail") or value.get("msg") or "", depth + 1)
    if isinstance(value, list):
        parts = []
        for item in value:
            if isinstance(item, dict):
                place = item.get("loc")
                steps = [str(part) for part in place if isinstance(part, str | int)] if isinstance(place, list) else []
                where = ".".join(steps) + ": " if steps else ""
                parts.append(where + _message(item.get("msg") or item.get("message") or "", depth + 1))
            else:
                parts.append(_message(item, depth + 1))
        return "; ".join(part for part in parts if part)[:_MESSAGE_LIMIT]
    return "" if value is None else str(value)


def _unwrap(message: str) -> Any:
    """A JSON text inside a message, one level deep."""
    if not message.startswith(("{", "[")):
        return None
    try:
        return json.loads(message, strict=False)
    except (ValueError, RecursionError):
        return None  # an ordinary message that begins with a bracket


def _text(value: Any) -> str | None:
    return None if value in (None, "", "None") or isinstance(value, dict | list) else str(value)


def _number(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6 else None


def _retry_delay(details: Any) -> float | None:
    """Google's `details[].retryDelay`, such as "34s"."""
    if isinstance(details, list):
        for item in details:
            delay = item.get("retryDelay") if isinstance(item, dict) else None
            if isinstance(delay, str) and re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?s", delay):
                return float(delay[:-1])
    return None


def _retry_field(fields: Mapping[str, Any]) -> float | None:
    """A `retry_after` in the body, in seconds or by its name in milliseconds; a moment is none."""
    for name, unit in _RETRY_FIELDS.items():
        value = fields.get(name)
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?s?", value):
            value = float(value.removesuffix("s"))
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _NO_WAIT:
            return value * unit
    return None


def _retry_words(message: str) -> float | None:
    match = _RETRY_WORDS.search(message)
    if not match:
        return None
    unit = match[2].lower()
    return float(match[1]) * (0.001 if unit == "ms" else {"s": 1.0, "m": 60.0}[unit[0]])
