"""PageSniffer: tells a web page from everything else by its first bytes, what may stand before it included.

Blanks, a byte-order mark, `<?xml …?>` and comments may come before `<!DOCTYPE html` or `<html`. While it is undecided
what begins with `<` is held back; no event stream and no JSON begins so.
"""

import re

from tui.stream.provider_error import BODY_LIMIT, html_title

_BLANK = b" \t\r\n\f\xef\xbb\xbf"
"""White space and the bytes of a byte-order mark; no text begins with one of the latter alone."""
_PRELUDES = ((b"<?", b"?>"), (b"<!--", b"-->"))
_BEGINNINGS = re.compile(rb"<!doctype\s+html|<(?:html|head|body|title)[\s>]", re.IGNORECASE)
_LONGEST_BEGINNING = 64
"""Bytes within which it shows whether a tag is one of these."""


class PageSniffer:
    """Fed every read until `decided`; then `is_page` is final."""

    def __init__(self) -> None:
        self.decided = False
        self.is_page = False
        self._held = b""

    @property
    def holds(self) -> bool:
        """Whether bytes of a page, or of what may be one, have come."""
        return bool(self._held)

    @property
    def title(self) -> str | None:
        """The page's title."""
        return html_title(self._held[_prelude_length(self._held) :])

    def feed(self, data: bytes) -> bytes:
        """The bytes that are certainly no part of a page, in order; they are to be read as a reply."""
        if self.is_page:
            self._held = (self._held + data)[:BODY_LIMIT]
            return b""
        if not self._held:
            start = len(data) - len(data.lstrip(_BLANK))
            if start == len(data):
                return data
            if data[start : start + 1] != b"<":
                self.decided = True
                return data
            before, data = data[:start], data[start:]
        else:
            before = b""
        self._held += data
        self._decide()
        return before if self.is_page or not self.decided else before + self.release()

    def release(self) -> bytes:
        """What was held back and is no page."""
        held, self._held = self._held, b""
        self.decided = True
        return held

    def _decide(self) -> None:
        rest = self._held[_prelude_length(self._held) :]
        if _BEGINNINGS.match(rest):
            self.decided = self.is_page = True
            self._held = self._held[:BODY_LIMIT]
        elif len(self._held) >= BODY_LIMIT:
            self.decided = True
        else:
            open_prelude = rest.startswith((b"<?", b"<!--")) or b"<!--".startswith(rest)
            self.decided = not open_prelude and (rest[:1] != b"<" or b">" in rest or len(rest) > _LONGEST_BEGINNING)


def _prelude_length(held: bytes) -> int:
    """Bytes of blanks and of whole declarations and comments before anything else."""
    position, length = 0, len(held)
    while True:
        while position < length and held[position] in _BLANK:
            position += 1
        for opening, closing in _PRELUDES:
            if held.startswith(opening, position):
                end = held.find(closing, position + len(opening))
                if end < 0:
                    return position
                position = end + len(closing)
                break
        else:
            return position
