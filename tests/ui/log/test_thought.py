import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.ui.log.thought import ThoughtSplitter


def split(pieces: list[str]) -> tuple[str, str]:
    """The thought and the rest of a text that comes in pieces."""
    splitter = ThoughtSplitter()
    parts = [*(splitter.feed(piece) for piece in pieces), splitter.end()]
    return "".join(thought for thought, _ in parts), "".join(rest for _, rest in parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", ("", "plain")),
        ("<think>a</think>b", ("a", "b")),
        ("\n <think>\na\n</think>\n\nb\n", ("\na\n", "b\n")),
        ("<think>never ends", ("never ends", "")),
        ("<think>ends in <b></thi", ("ends in <b></thi", "")),
        ("<thin ice", ("", "<thin ice")),
        ("  <thi", ("", "  <thi")),
        ("later <think>a</think>", ("", "later <think>a</think>")),
        ("<think></think>b", ("", "b")),
        ("", ("", "")),
    ],
)
def test_a_thought_is_taken_from_the_start_alone(text: str, expected: tuple[str, str]) -> None:
    assert split([text]) == expected
    assert split(list(text)) == expected


@given(st.text("<>/think ab\n", max_size=40), st.lists(st.integers(0, 40), max_size=5))
def test_pieces_make_no_difference(text: str, cuts: list[int]) -> None:
    ends = sorted(cut for cut in cuts if cut < len(text))
    pieces = [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
    assert split(pieces) == split([text])
