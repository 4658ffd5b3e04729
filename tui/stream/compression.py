"""Undo the compression of a body that was asked for plain but came compressed all the same, a slice at a time.

httpx's own decoding returns the first member of a gzip body of several and drops the rest without a word, so raw bytes
are read and decoded here. A few bytes may unfold to a thousand times as many: whoever takes the slices may stop between
any two. RFC 9110, 8.4.1: gzip, x-gzip, deflate (zlib, or raw as some servers send it).
"""

import zlib
from collections.abc import Callable, Iterator

SLICE = 16 * 1024
"""Most bytes that are handed out at a time: so many are decoded in a few milliseconds."""
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


class UnknownEncoding(ValueError):
    """The content encoding is none that can be undone here; its name is the text."""


class DamagedEncoding(ValueError):
    """The bytes do not decode in their declared encoding."""


def make_decompressor(content_encoding: str | None) -> Callable[[bytes], Iterator[bytes]]:
    """A function from received bytes to slices of the body, called in order, each time taken to its end.

    Raises UnknownEncoding now, DamagedEncoding later. A body that merely stops is no error here: the verdict rests on
    what the text says.
    """
    encoding = (content_encoding or "").strip().lower()
    if encoding in ("", "identity"):
        return _cut
    if encoding in ("gzip", "x-gzip"):
        return _Inflater(_GZIP).feed
    if encoding == "deflate":
        return _Inflater(_ZLIB).feed
    raise UnknownEncoding(encoding)


def _cut(data: bytes) -> Iterator[bytes]:
    return (data[start : start + SLICE] for start in range(0, len(data), SLICE))


class _Inflater:
    def __init__(self, window: int) -> None:
        self._window = window
        self._decoder = zlib.decompressobj(window)
        self._damage: str | None = None
        self._held = b""
        self._head: bytes | None = b"" if window == _ZLIB else None  # until it is known whether it is zlib's or raw

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._head is not None:
            data = self._head + data
            self._head = data if len(data) < 2 else None
            if self._head is not None:
                return
            if not _is_zlib_head(data):
                self._window = _RAW
                self._decoder = zlib.decompressobj(_RAW)
        if self._damage is not None:
            raise DamagedEncoding(self._damage)
        gave = False
        data, self._held = self._held + data, b""
        while data and self._damage is None:
            if self._decoder.eof:
                if self._window == _GZIP and data == _GZIP_MAGIC[:1]:
                    self._held = data  # the read ends inside what may be a further member's mark
                    break
                if not (self._window == _GZIP and data.startswith(_GZIP_MAGIC)):
                    break  # padding behind the end
                self._decoder = zlib.decompressobj(self._window)  # a further member
            for piece in self._inflate(data):
                gave = True
                yield piece
            data = self._decoder.unused_data
        if self._damage is not None and not gave:
            raise DamagedEncoding(self._damage)

    def _inflate(self, data: bytes) -> Iterator[bytes]:
        """The slices of one member; up to the damage, if there is any, which is then told at the next call."""
        full = True
        while (data or full) and not self._decoder.eof:
            before = self._decoder.copy()
            try:
                piece = self._decoder.decompress(data, SLICE)
            except zlib.error as error:
                self._damage = str(error)
                self._decoder = before
                yield from self._salvage(data)
                return
            # Where the last slice is full, zlib may hold more of it although it has all the bytes.
            data, full = self._decoder.unconsumed_tail, len(piece) == SLICE
            if piece:
                yield piece

    def _salvage(self, data: bytes) -> Iterator[bytes]:
        """What can be had out of bytes that are damaged somewhere: less than a slice, or there were no damage yet."""
        for position in range(len(data)):
            try:
                piece = self._decoder.decompress(data[position : position + 1])
            except zlib.error:
                return  # the place of the damage, which is named already
            if piece:
                yield piece


def _is_zlib_head(data: bytes) -> bool:
    """RFC 1950, 2.2: the method is deflate, and the first two bytes are a multiple of 31."""
    return data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
