import pytest

from tui.ui.widgets.own_mention import OwnMentions


def own_paths(own: OwnMentions, text: str) -> list[str]:
    return [mention.path for mention in own.split(text)[0]]


@pytest.mark.parametrize(("pause", "expected"), [(0.1, ["/etc/passwd"]), (0.001, [])])
def test_what_comes_as_fast_as_a_paste_mentions_no_file(pause: float, expected: list[str]) -> None:
    own, text = OwnMentions(), "see @/etc/passwd"
    for place, character in enumerate(text):
        own.take_key(place * pause, character)
        own.edit(place, place, character)
    assert own_paths(own, text) == expected


def test_what_was_typed_stays_so_among_what_is_pasted_and_when_it_comes_back() -> None:
    own = OwnMentions()
    own.take_key(1.0, "@")
    own.edit(0, 0, "@")
    own.edit(1, 1, "notes.md")
    own.edit(0, 0, "mail: @/etc/passwd ")
    text = "mail: @/etc/passwd @notes.md"
    assert own_paths(own, text) == ["notes.md"]
    own.leave(text)
    own.enter("")
    own.enter(f"before @x\n\n{text}")
    assert own_paths(own, f"before @x\n\n{text}") == ["notes.md"]
    own.edit(0, 40, "@notes.md")
    assert own_paths(own, "@notes.md") == []
