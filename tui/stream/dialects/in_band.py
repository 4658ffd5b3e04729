"""In-band errors: which JSON inside an answer of 200 is an error, which may be one, and which is none.

What bears the mark of an error is one at once: an `error` that says something, `"type": "error"`, a code that is no
success. A bare `detail` or `message` proves nothing: FastAPI refuses in those words, and a queue tells its position in
them. It is an error only if nothing came of the reply after it (`Evidence.doubt`).
"""

import re
from enum import Enum, auto
from typing import Any

_SUCCESS = frozenset(
    {"", "ok", "okay", "success", "succeeded", "successful", "true", "none", "null", "成功", "请求成功"}
)
_SAYS_SUCCESS = re.compile(r"(?<![a-z])(?:success(?:ful(?:ly)?)?|succeeded)(?![a-z])|成功")
_SAYS_NO_ERROR = re.compile(r"(?:no|non|without|zero|0)[ _-]?(?:any[ _-])?(?:error|failure|problem|issue)s?[.! ]*")
_NEGATION = re.compile(r"(?<![a-z])(?:not?|without)(?![a-z])|未|没有|不")
_PROGRESS = frozenset(
    {"status", "ping", "info", "log", "event", "heartbeat", "keepalive", "keep-alive", "progress", "queue", "queued"}
    | {"pending", "processing", "running", "waiting", "loading", "starting", "started", "accepted", "metadata"}
)
"""Words that call a message the state of things."""
_REFUSALS = frozenset({"fail", "fails", "failed", "failure", "failures", "denied", "unauthorized", "forbidden"})
_FIGURES = frozenset({"count", "counts", "rate", "total", "number", "budget", "free", "correction"})
"""With one of these behind it an error is no event but a name of something that is counted."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_TROUBLE = re.compile(
    r"error|fail|gone\b|(?<![a-z])not?(?![a-z])|cannot|n['’]t\b|denied|unauthori|forbidden|invalid|expired|exceed|limit"
    r"|timed?[ -]?out|overload|unable|unavailable|refused|lost\b|abort|interrupt|crash|exception|disconnect|quota|wrong"
    r"|错误|失败|超时|不可用|异常|中断",
    re.IGNORECASE,
)


class Weight(Enum):
    """How much a JSON object says that it is an error."""

    NONE = auto()
    DOUBT = auto()
    ERROR = auto()


def weigh(value: dict[str, Any]) -> Weight:
    """Whether an object of a 200 answer is an error."""
    if not is_no_error(value.get("error")):
        return Weight.ERROR
    if "choices" in value:
        return Weight.NONE  # a choice's own `error` is looked for where choices are read
    if value.get("object") == "error" or not is_no_error(value.get("errors")):
        return Weight.ERROR
    base = value.get("base_resp")
    if isinstance(base, dict) and not _is_success(base.get("status_code") or 0):
        return Weight.ERROR
    return _weigh_message(value)


def speaks_of_trouble(message: str) -> bool:
    """Whether a message that nothing marks as an error names trouble, so that it is no mere word about the end."""
    return _TROUBLE.search(message) is not None


def is_no_error(error: Any) -> bool:
    """Whether what is called an error says nothing, or that all is well: some send such a thing beside every chunk."""
    if isinstance(error, list):
        return all(map(is_no_error, error))
    if isinstance(error, dict):
        return all(not value or _is_success_mark(name, value) for name, value in error.items()) or _has_success(error)
    if isinstance(error, str):
        return _is_success(error) or _says_success(error) or error.strip().lower() == "false"
    return not error


def _weigh_message(value: dict[str, Any]) -> Weight:
    """By the marks beside a message; a success in so many words outranks its code, since some count success as 1."""
    detail = value.get("detail")
    message = value.get("message") or value.get("msg") or detail
    named = [value.get(name) for name in ("type", "status", "code", "status_code", "event")]
    marks = [mark.strip() for mark in named if isinstance(mark, str)]
    words = [mark.lower() for mark in marks]
    if "error" in words or (message and any(map(_names_refusal, marks))):
        return Weight.ERROR
    if not message or value.get("success") is True or any(word in _PROGRESS for word in words):
        return Weight.NONE
    if value.get("success") is False or isinstance(detail, list):
        return Weight.ERROR  # a list is FastAPI's, of what it found wrong with the request
    if isinstance(detail, dict) and message is detail:
        return Weight.ERROR if weigh(detail) is Weight.ERROR else Weight.DOUBT
    if not isinstance(message, str) or _says_success(message):
        return Weight.NONE
    return _weigh_code(value)


def _weigh_code(value: dict[str, Any]) -> Weight:
    status = value.get("status")
    codes = (value.get("code"), value.get("status_code"), status if isinstance(status, int) else None)
    code = next((code for code in codes if code not in (None, "")), None)
    if code is None:
        return Weight.DOUBT
    return Weight.NONE if _is_success(code) else Weight.ERROR


def _names_refusal(mark: str) -> bool:
    """Whether a mark such as `invalid_request_error` or `InternalServerError` names a failure, by whole words."""
    if _SAYS_NO_ERROR.fullmatch(mark.lower()):
        return False
    words = [word.lower() for word in _WORD.findall(mark)]
    for word, behind in zip(words, [*words, ""][1:], strict=True):
        if (word.endswith(("error", "errors", "exception")) or word in _REFUSALS) and behind not in _FIGURES:
            return True
    return False


def _has_success(error: dict[str, Any]) -> bool:
    """Whether an error object holds the code of a success, and no words against it."""
    code = error.get("code", error.get("status", error.get("status_code")))
    message = error.get("message") or error.get("msg") or ""
    if code is None or isinstance(code, bool) or not _is_success(code) or not isinstance(message, str):
        return False
    return _says_success(message) or not speaks_of_trouble(message)


def _is_success_mark(name: str, value: Any) -> bool:
    if name == "error":
        return is_no_error(value)
    if name in ("message", "msg"):
        return isinstance(value, str) and _says_success(value)
    return name in ("code", "status", "status_code", "type") and _is_success(value)


def _says_success(message: str) -> bool:
    """Whether a message says no more than that all went well."""
    words = message.strip().lower().rstrip(".!。！ ")
    if words in _SUCCESS or _SAYS_NO_ERROR.fullmatch(words):
        return True
    if _NEGATION.search(words) or speaks_of_trouble(words):
        return False
    return _SAYS_SUCCESS.search(words) is not None


def _is_success(code: Any) -> bool:
    """Whether a code is that of no failure: 0, HTTP's 1xx and 2xx, or such a word."""
    if isinstance(code, bool):
        return code
    if isinstance(code, str):
        word = code.strip().lower()
        if not (word.isascii() and word.isdigit() and len(word) < 10):
            return word in _SUCCESS or _SAYS_NO_ERROR.fullmatch(word) is not None
        code = int(word)
    return isinstance(code, int | float) and (code == 0 or 100 <= code < 300)
