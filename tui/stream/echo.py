"""Echo: what an error repeats of the conversation that was sent; a record never holds any of it."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tui.stream.record import Record

SAID, REPLIED, PICTURED = "[prompt]", "[reply]", "[image]"
"""Stand where words of the conversation stood, or a picture of it."""
_IMAGE = re.compile(r"(;base64,)[A-Za-z0-9+/=\\]+")
_RUN = 24
"""Characters in a row that are no coincidence; of fewer only a whole message is looked for."""
_WINDOW = 16
_STEP = _RUN - _WINDOW
"""Every run of so many characters holds a window that starts at a multiple of this."""
_SHORTEST = 6
_LOOKED_AT = 2_000
"""Characters of an error that are looked at; after masking far fewer are kept."""
_COMPARED = 100_000
"""Characters of the conversation, the last ones, that it is compared with; of a longer message its two ends."""


def hide_echo(text: str, said: Iterable[str], sign: str = SAID) -> str:
    """The text without what it repeats of these messages, word for word, in capitals or not, or with JSON's escapes.

    `sign` stands there instead.
    """
    head, rest = text[:_LOOKED_AT], text[_LOOKED_AT:]
    left = _COMPARED
    for message in reversed([message for message in said if message.strip()]):
        if left <= 0:
            break
        part = message if len(message) <= left else f"{message[: left // 2]}\n{message[-left // 2 :]}"
        left -= len(part)
        forms = dict.fromkeys((part, json.dumps(part, ensure_ascii=False)[1:-1], json.dumps(part)[1:-1]))
        before = head
        # The form in which it was repeated hides the most; the others would break it into pieces.
        for form in sorted(forms, key=lambda form: len(_hide(before, form, ""))):
            head = _hide(head, form, sign)
    return head + rest


def hide_images(text: str) -> str:
    """The text without the bytes of an image that it repeats: those of a data URL (RFC 2397)."""
    return _IMAGE.sub(rf"\g<1>{PICTURED}", text)


def forget_reply(record: Record, reply: Iterable[str]) -> Record:
    """The record without what its error repeats of the reply; the prompt is gone from it already."""
    if record.error is None:
        return record
    pieces = [text for text in reply if text]
    told = dict(record.error)
    for name, item in record.error.items():
        if name != "class" and isinstance(item, str):
            told[name] = hide_echo(item, pieces, REPLIED)
    return record if told == record.error else replace(record, error=told)


def _hide(text: str, form: str, sign: str) -> str:
    return _hide_whole(text, form.strip(), sign) if len(form) < _RUN else _hide_runs(text, form, sign)


def _hide_whole(text: str, words: str, sign: str) -> str:
    if len(words) < _SHORTEST:
        return text
    return re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", sign, text, flags=re.IGNORECASE)


def _hide_runs(text: str, message: str, sign: str) -> str:
    pieces, done = [], 0
    for start, end in _find_runs(_fold(text), _fold(message)):
        pieces += [text[done:start], sign]
        done = end
    return "".join(pieces) + text[done:]


def _fold(text: str) -> str:
    """In small letters, as filters hand a prompt back; as it is where that would move its characters."""
    folded = text.lower()
    return folded if len(folded) == len(text) else text


def _find_runs(text: str, message: str) -> Iterator[tuple[int, int]]:
    """Where runs of the message stand in the text, each as long as it goes."""
    at, done = 0, 0
    while at + _WINDOW <= len(text):
        place = message.find(text[at : at + _WINDOW])
        if place < 0:
            at += _STEP
            continue
        start, end = at, at + _WINDOW
        while start > done and place > 0 and text[start - 1] == message[place - 1]:
            start, place = start - 1, place - 1
        length = end - start
        while end < len(text) and place + length < len(message) and text[end] == message[place + length]:
            end, length = end + 1, length + 1
        if length >= _RUN:
            yield start, end
            done = end
        at = max(end, at + _STEP) if length >= _RUN else at + _STEP
