"""The seam between a text that was cut and its continuation: nothing comes twice, and nothing is lost."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tui.chat.seam import Seam, in_fence
from tui.stream.partial import ASKED, Partial

WORDS = ["the", "cat", "a", "sat", "12", "I", "然后", "我们", "苇", ".", ",", "—", "```py", "```", "    return", "😀"]
TEXTS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", "", "\n", "\n\n", "  "])), max_size=60).map(
    lambda pairs: "".join(word + space for word, space in pairs)
)
STEPS = st.integers(1, 9)


def join(text: str, said: str, step: int = 1, *, prefilled: bool = False) -> str:
    """The whole, from a continuation that comes in pieces of so many characters."""
    seam = Seam(Partial(text), prefilled=prefilled)
    pieces = [seam.feed(said[at : at + step]) for at in range(0, len(said), step)]
    return text + "".join(pieces) + seam.end()


def repetitions(text: str, said: str) -> list[int]:
    """How many characters the continuation may repeat, whatever they are."""
    core = text.rstrip()
    return [size for size in range(1, len(core) + 1) if core.endswith(said[:size]) and size <= len(said)]


@given(TEXTS, st.integers(0, 400), STEPS, st.sampled_from(["", " ", "\n", "...", "… "]))
def test_a_model_that_repeats_what_it_was_asked_to_is_joined_exactly(text: str, at: int, step: int, lead: str) -> None:
    """Wherever the text was cut, whatever is in it, white space at the cut included."""
    begun = text[: at % (len(text) + 1)]
    partial = Partial(begun)
    assume(partial.core)
    assume(not begun.rstrip().endswith(lead.strip()[:1] or "\0"))  # else nobody could tell the signs apart
    whole = join(begun, lead + partial.last_words + text[len(partial.core) :], step)
    assert whole == text


@given(
    st.lists(st.text("abcdefgh苇然后我们1_.", min_size=1, max_size=7), min_size=2, max_size=40),
    st.sampled_from([" ", "\n", "，"]),
    st.data(),
    STEPS,
)
def test_any_words_that_are_repeated_come_once(words: list[str], space: str, data: st.DataObject, step: int) -> None:
    """Wherever the text was cut and from whatever word on it is repeated, as long as that is told from chance."""
    text = space.join(words)
    at = data.draw(st.integers(1, len(text)))
    begun = text[:at]
    core = begun.rstrip()
    starts = [len(space.join([*words[:number], ""])) for number in range(len(words))]
    place = data.draw(st.sampled_from([start for start in starts if start < max(1, len(core))]))
    said = text[place:]
    assume(sum(char.isalnum() for char in core[place:]) >= 3)
    assume(max(repetitions(begun, said)) == len(core) - place)
    assert join(begun, said, step) == text


@given(TEXTS, st.integers(0, 400), STEPS)
def test_a_model_that_was_given_the_text_is_joined_exactly(text: str, at: int, step: int) -> None:
    """It writes on behind the last word, white space included; even what seems to repeat a word is its own."""
    begun = text[: at % (len(text) + 1)]
    said = text[len(begun.rstrip()) :]
    assume(max(repetitions(begun, said), default=0) < 12)
    assert join(begun, said, step, prefilled=True) == text


@given(TEXTS, TEXTS, STEPS, st.booleans())
def test_nothing_is_made_up_and_the_pieces_do_not_matter(begun: str, said: str, step: int, prefilled: bool) -> None:
    whole = join(begun, said, step, prefilled=prefilled)
    assert whole == join(begun, said, max(1, len(said)), prefilled=prefilled)
    assert whole.startswith(begun)
    assert said.endswith(whole[len(begun) :])


@pytest.mark.parametrize(
    ("begun", "said", "whole"),
    [
        ("One. Two is cut he", "Two is cut here.", "One. Two is cut here."),  # the last sentence
        ("One. Two is cut", "cut here.", "One. Two is cut here."),  # the last word
        ("One. Two is cut", " cut here.", "One. Two is cut here."),
        ("One. Two is cut", "… is cut here.", "One. Two is cut here."),
        ("One. Two is cut", "One. Two is cut here.", "One. Two is cut here."),  # all of it
        ("One. Two is", " cut here.", "One. Two is cut here."),  # nothing
        ("One. Two is a", "apple", "One. Two is aapple"),  # one letter may be chance: rather twice than lost
        ("我们去看苇，然后", "然后回家。", "我们去看苇，然后回家。"),
        ("我们去看", "看苇。", "我们去看看苇。"),
        ("```py\nx = 1\n", "```py\ny = 2\n```", "```py\nx = 1\ny = 2\n```"),  # the fence opened anew
        ("```py\nx = 1\nlong_name = x", "```py\nlong_name = x + 1\n```", "```py\nx = 1\nlong_name = x + 1\n```"),
        ("```py\nx = 1\n", "```\nDone.", "```py\nx = 1\n```\nDone."),  # this one closes it
        ("Done.\n", "```py\nx = 1\n```", "Done.\n```py\nx = 1\n```"),
    ],
)
def test_what_a_model_repeats_that_was_asked_in_words(begun: str, said: str, whole: str) -> None:
    assert join(begun, said) == whole


@pytest.mark.parametrize(
    ("begun", "said", "whole"),
    [
        ("Hello, hel", "lo", "Hello, hello"),
        ("I know that", " that is so", "I know that that is so"),
        ("| a | b |\n", "| a | b |\n", "| a | b |\n| a | b |\n"),
        ("a \n", "\n\nb", "a \n\n\nb"),
        ("a\n", "\n\nb", "a\n\nb"),
        ("The heron stands among reeds", "The heron stands among reeds still.", "The heron stands among reeds still."),
    ],
)
def test_what_a_model_says_that_was_given_the_text(begun: str, said: str, whole: str) -> None:
    assert join(begun, said, prefilled=True) == whole


def test_a_repetition_that_is_cut_itself_is_no_text() -> None:
    begun = "The heron stands among the reeds"
    assert join(begun, "The heron sta") == begun
    assert join(begun, "Then") == begun + "Then"


def test_text_is_held_back_only_while_it_may_be_a_repetition() -> None:
    seam = Seam(Partial("The heron stands among the reeds"), prefilled=False)
    assert [seam.feed(piece) for piece in ("among the", " reeds", " and", " waits")] == ["", "", " and", " waits"]
    seam = Seam(Partial("The heron stands among the reeds"), prefilled=False)
    assert seam.feed(" and") == " and"


def test_the_last_words_begin_with_a_word_where_there_is_one() -> None:
    assert Partial("Short. \n").last_words == "Short."
    words = Partial("word " * 100).last_words
    assert words.startswith("word ")
    assert len(words) <= ASKED
    assert Partial("苇" * 100).last_words == "苇" * ASKED


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("```\na", True),
        ("```py", True),
        ("```\na\n```", False),
        ("```\n~~~\n", True),
        ("````\n```\n", True),
        ("`a", False),
    ],
)
def test_a_fence_is_open_until_its_like_closes_it(text: str, inside: bool) -> None:
    assert in_fence(text) is inside
