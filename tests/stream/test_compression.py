"""Undoing compression: every read border, several members, both kinds of deflate, and what cannot be undone."""

import gzip
import zlib
from collections.abc import Iterable

import pytest

from tests.stream.pieces import cuts
from tui.stream.compression import SLICE, DamagedEncoding, UnknownEncoding, make_decompressor

TEXT = b'data: {"choices":[]}\n\n' * 3


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def unpack(encoding: str | None, pieces: Iterable[bytes]) -> bytes:
    decompress = make_decompressor(encoding)
    return b"".join(part for piece in pieces for part in decompress(piece))


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        (None, TEXT),
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        (" GZIP ", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT[:30]) + gzip.compress(TEXT[30:])),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
    ],
    ids=["none", "empty", "identity", "gzip", "in capitals", "two members", "zlib", "raw"],
)
def test_the_text_comes_back_wherever_a_read_ends(encoding: str | None, packed: bytes) -> None:
    for pieces in cuts(packed):
        assert unpack(encoding, pieces) == TEXT


@pytest.mark.parametrize(
    "packed", [gzip.compress(TEXT), zlib.compress(TEXT), raw_deflate(TEXT)], ids=["gzip", "zlib", "raw"]
)
def test_a_body_that_stops_is_no_error(packed: bytes) -> None:
    encoding = "gzip" if packed.startswith(b"\x1f\x8b") else "deflate"
    for end in range(len(packed)):
        assert TEXT.startswith(unpack(encoding, [packed[:end]]))


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, br", "nonsense"])
def test_an_encoding_that_is_not_known_is_named(encoding: str) -> None:
    with pytest.raises(UnknownEncoding, match=encoding):
        make_decompressor(encoding)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_damage_is_told(encoding: str) -> None:
    with pytest.raises(DamagedEncoding):
        unpack(encoding, [b"data: not packed at all\n\n" * 3])


def test_damage_in_the_middle_keeps_what_was_before() -> None:
    packer = zlib.compressobj()
    first = packer.compress(TEXT) + packer.flush(zlib.Z_SYNC_FLUSH)
    decompress = make_decompressor("deflate")
    assert b"".join(decompress(first)) == TEXT
    with pytest.raises(DamagedEncoding):
        list(decompress(b"\xff" * 20))


@pytest.mark.parametrize("size", [SLICE - 1, SLICE, SLICE + 1, 40 * SLICE + 7])
@pytest.mark.parametrize("members", [1, 2])
def test_a_body_that_unfolds_comes_in_slices(size: int, members: int) -> None:
    packed = gzip.compress(b"\n" * size) * members
    slices = list(make_decompressor("gzip")(packed))
    assert max(map(len, slices)) <= SLICE
    assert b"".join(slices) == b"\n" * size * members


def test_damage_behind_many_slices_keeps_them_all() -> None:
    packer = zlib.compressobj()
    packed = packer.compress(b"\n" * (9 * SLICE + 5)) + packer.flush(zlib.Z_SYNC_FLUSH)
    decompress = make_decompressor("deflate")
    assert b"".join(decompress(packed + b"\xff" * 20)) == b"\n" * (9 * SLICE + 5)
    with pytest.raises(DamagedEncoding):
        list(decompress(b"more"))
