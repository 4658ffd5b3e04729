"""Pixel size: what kind of image bytes are, and how large it is, from the head of the file alone.

Sources: PNG (W3C, section 11.2.1), GIF89a (section 18), JPEG (ITU T.81, B.2.2), WebP (RFC 9649, section 2).
"""

from collections.abc import Iterator

_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of the segments that tell the size; the three others of the range are tables."""
_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length behind them."""


def image_type(data: bytes) -> str | None:
    """The media type of an image that providers take; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if b"\0" not in data:
        return None  # the marks of the two others are letters, which a text may begin with; such an image has zeros
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def read_pixels(data: bytes, media_type: str) -> tuple[int, int] | None:
    """Width and height; None where the head is cut or tells nothing."""
    size = _READERS[media_type](data) if media_type in _READERS else None
    return size if size is not None and all(size) else None


def _read_png(data: bytes) -> tuple[int, int] | None:
    if data[12:16] != b"IHDR" or len(data) < 24:
        return None
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _read_gif(data: bytes) -> tuple[int, int] | None:
    return (int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")) if len(data) >= 10 else None


def _read_jpeg(data: bytes) -> tuple[int, int] | None:
    for marker, at in _jpeg_segments(data):
        if marker in _JPEG_FRAMES and len(data) >= at + 7:
            return int.from_bytes(data[at + 5 : at + 7]), int.from_bytes(data[at + 3 : at + 5])
    return None


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Each marker, and where the length behind it stands; stray bytes between them are passed over, as decoders do."""
    at = 2
    while (at := data.find(0xFF, at)) != -1 and at + 4 <= len(data):
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1  # a fill byte
        elif marker in _JPEG_ALONE:
            at += 2
        else:
            yield marker, at + 2
            at += 2 + int.from_bytes(data[at + 2 : at + 4])


def _read_webp(data: bytes) -> tuple[int, int] | None:
    kind, head = data[12:16], data[20:30]
    if len(head) < 10:
        return None
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF
    return None


_READERS = {"image/png": _read_png, "image/gif": _read_gif, "image/jpeg": _read_jpeg, "image/webp": _read_webp}
