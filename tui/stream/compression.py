"""Undo the compression of a body that was asked for plain but came compressed all the same.

httpx's own decoding returns the first member of a gzip body of several and drops the rest without a word, so raw bytes
are read and decoded here. RFC 9110, 8.4.1: gzip, x-gzip, deflate (zlib, or raw as some servers send it).
"""

import zlib
from collections.abc import Callable

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


class UnknownEncoding(ValueError):
    """The content encoding is none that can be undone here; its name is the text."""


class DamagedEncoding(ValueError):
    """The bytes do not decode in their declared encoding."""


def make_decompressor(content_encoding: str | None) -> Callable[[bytes], bytes]:
    """A function from received bytes to body bytes, called in order; raises UnknownEncoding now, DamagedEncoding later.

    A body that merely stops is no error here: the verdict rests on what the text says.
    """
    encoding = (content_encoding or "").strip().lower()
    if encoding in ("", "identity"):
        return lambda data: data
    if encoding in ("gzip", "x-gzip"):
        return _Inflater(_GZIP).feed
    if encoding == "deflate":
        return _Inflater(_ZLIB).feed
    raise UnknownEncoding(encoding)


class _Inflater:
    def __init__(self, window: int) -> None:
        self._window = window
        self._decoder = zlib.decompressobj(window)
        self._damage: str | None = None
        self._held = b""
        self._head: bytes | None = b"" if window == _ZLIB else None  # until it is known whether it is zlib's or raw

    def feed(self, data: bytes) -> bytes:
        if self._head is not None:
            data = self._head + data
            self._head = data if len(data) < 2 else None
            if self._head is not None:
                return b""
            if not _is_zlib_head(data):
                self._window = _RAW
                self._decoder = zlib.decompressobj(_RAW)
        if self._damage is not None:
            raise DamagedEncoding(self._damage)
        out = []
        data, self._held = self._held + data, b""
        while data and self._damage is None:
            if self._decoder.eof:
                if self._window == _GZIP and data == _GZIP_MAGIC[:1]:
                    self._held = data  # the read ends inside what may be a further member's mark
                    break
                if not (self._window == _GZIP and data.startswith(_GZIP_MAGIC)):
                    break  # padding behind the end
                self._decoder = zlib.decompressobj(self._window)  # a further member
            out.append(self._inflate(data))
            data = self._decoder.unused_data
        if self._damage is not None and not any(out):
            raise DamagedEncoding(self._damage)
        return b"".join(out)

    def _inflate(self, data: bytes) -> bytes:
        """The text up to the damage, if there is any, which is then told at the next call: none of it is lost."""
        before = self._decoder.copy()
        try:
            return self._decoder.decompress(data)
        except zlib.error as error:
            self._damage = str(error)
        self._decoder = before
        out = []
        for position in range(len(data)):
            try:
                out.append(self._decoder.decompress(data[position : position + 1]))
            except zlib.error:
                break  # the place of the damage, which is named already
        return b"".join(out)


def _is_zlib_head(data: bytes) -> bool:
    """RFC 1950, 2.2: the method is deflate, and the first two bytes are a multiple of 31."""
    return data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
