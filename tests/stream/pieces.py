"""Pieces: every way in which a network may cut the same bytes."""

from collections.abc import Iterator

from hypothesis import strategies as st


def cuts(data: bytes) -> Iterator[list[bytes]]:
    """Whole, byte by byte, with empty reads between, and cut in two at every place."""
    single = [data[place : place + 1] for place in range(len(data))]
    yield [data]
    yield single
    yield [piece for byte in single for piece in (byte, b"")]
    for place in range(1, len(data)):
        yield [data[:place], data[place:]]


@st.composite
def cut_bytes(draw: st.DrawFn, data: st.SearchStrategy[bytes]) -> list[bytes]:
    """Some bytes, cut at random places."""
    whole = draw(data)
    places = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    return [whole[start:end] for start, end in zip([0, *places], [*places, len(whole)], strict=True)]
