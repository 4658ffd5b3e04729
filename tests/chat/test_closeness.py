import pytest

from tui.chat.closeness import choose_words
from tui.chat.excerpt import make_excerpt

TEXT = (
    "There is nothing to finish here. " * 20
    + "It had no *good* finish, no reason. At the end: no finish reason came. "
    + "x" * 200
)


@pytest.mark.parametrize(
    ("text", "terms", "words"),
    [
        (TEXT, ("no", "finish", "reason"), "no finish reason"),
        ("nothing, then no clear reason", ("no", "reason"), "no clear reason"),
        ("nothing else", ("no",), "no"),
        ("no\nreason", ("no", "reason"), "reason"),
        ("他说没有结束原因", ("没有", "原因"), "没有结束原因"),
    ],
)
def test_the_place_is_where_all_words_are_closest(text: str, terms: tuple[str, ...], words: str) -> None:
    assert choose_words(text, terms) == words


def test_an_excerpt_shows_all_the_words_and_no_part_of_another() -> None:
    excerpt = make_excerpt(TEXT, ("no", "finish", "reason"), 60)
    assert "no finish reason" in excerpt.text
    assert {text.lower() for text, marked in excerpt.pieces() if marked} <= {"no", "finish", "reason"}
    assert not any(text.startswith("no") and text != "no" for text, marked in excerpt.pieces() if marked)
    assert make_excerpt("nothing but no", ("no",), 60).marks == ((12, 14),)
