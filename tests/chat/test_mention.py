import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.chat.mention import find_last_mention, find_mentions, write_mention


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("compare @a.txt with @b/c.md", ["a.txt", "b/c.md"]),
        ("write to a@b or x.y@c.example", []),
        ("see (@a.txt)", ["a.txt)"]),
        ('@"my notes/in.md" is quoted', ["my notes/in.md"]),
        (r'@"a \"b\" \\ c"', [r'a "b" \ c']),
        ('@"never closed', []),
        ("看看@文件.md 吧", ["文件.md"]),
        ("@ alone, @@twice, user@@host", ["@twice,"]),
        ("~ @~/x @/etc/hosts", ["~/x", "/etc/hosts"]),
    ],
)
def test_a_mention_begins_where_no_word_goes_on(text: str, paths: list[str]) -> None:
    assert [mention.path for mention in find_mentions(text)] == paths


def test_signs_that_end_a_sentence_may_belong_to_the_path_or_not() -> None:
    [mention] = find_mentions("did you read @notes.md?)")
    assert list(mention.readings()) == ["notes.md?)", "notes.md?", "notes.md"]
    [quoted] = find_mentions('@"notes.md?"')
    assert list(quoted.readings()) == ["notes.md?"]


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("look at @", ""),
        ("look at @src/a", "src/a"),
        ('@"my no', "my no"),
        ("@a.txt ", None),
        ('@"a b"', None),
        ("a@b", None),
    ],
)
def test_the_mention_that_is_being_typed(line: str, path: str | None) -> None:
    mention = find_last_mention(line)
    assert (mention.path if mention else None) == path


@settings(max_examples=30)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0"), min_size=1), st.text("ab, .", max_size=3))
def test_a_path_that_was_written_is_read_again(path: str, behind: str) -> None:
    [mention, *_] = find_mentions(f"see {write_mention(path)} {behind}")
    assert mention.path == path
    typed = find_last_mention(f"see {write_mention(path, closed=False)}")
    assert typed is not None
    assert typed.path == path
