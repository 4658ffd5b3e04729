"""Foreign text -> text that is safe on a terminal and in a pipe.

Replies, error bodies, model names and pastes come from elsewhere. A terminal obeys ESC and the C1 codes, and bidi
overrides make text read other than it is (https://trojansource.codes). Each such character becomes one visible symbol,
so nothing disappears and nothing acts.
"""

import re

_CONTROL_PICTURE = 0x2400  # U+2400 SYMBOL FOR NULL: the pictures of the C0 controls follow in order
_C1_PICTURE = "\u2426"  # SYMBOL FOR SUBSTITUTE FORM TWO: there are no pictures for C1
_BIDI_PICTURE = "\u2bd1"  # UNCERTAINTY SIGN: an override has no picture of its own
_LONE_SURROGATE_PICTURE = "\ufffd"

# C0 without tab and newline, DEL, C1, the bidi embeddings, overrides and isolates, lone surrogates.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSAFE_ON_ONE_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def sanitise(text: str) -> str:
    """The same text with every character that could act on a terminal made visible; newline and tab stay.

    CR LF becomes LF first: a carriage return that only ends a line is no trick and needs no picture.
    """
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
    return _UNSAFE.sub(_picture, text)


class StreamSanitiser:
    """`sanitise` for text that comes in pieces: a CR at the end of one may belong to an LF at the start of the next."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """The safe form of this piece; a last CR waits for what follows."""
        text = self._held + text
        self._held = "\r" if text.endswith("\r") else ""
        return sanitise(text[: len(text) - len(self._held)])

    def end(self) -> str:
        """What still waited."""
        held, self._held = self._held, ""
        return sanitise(held)


def sanitise_line(text: str) -> str:
    """`sanitise` for what must stay on one line, such as a model's name: newline and tab become symbols too."""
    return _UNSAFE_ON_ONE_LINE.sub(_picture, text)


def holds_controls(text: str) -> bool:
    """Whether `sanitise` would have to change this text, line ends aside."""
    return _UNSAFE.search(text.replace("\r\n", "\n") if "\r" in text else text) is not None


def escape_json_line(line: str) -> str:
    r"""A line of JSON, made safe to print: what `json.dumps(ensure_ascii=False)` leaves bare becomes `\uXXXX`.

    JSON gives such characters a second spelling, so the value that a reader decodes is unchanged.
    """
    return _UNSAFE_ON_ONE_LINE.sub(lambda match: f"\\u{ord(match.group()):04x}", line)


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(_CONTROL_PICTURE + code)
    if code == 0x7F:
        return "\u2421"
    if code <= 0x9F:
        return _C1_PICTURE
    if 0xD800 <= code <= 0xDFFF:
        return _LONE_SURROGATE_PICTURE
    return _BIDI_PICTURE
