from tui.ui.widgets.attachment import LIMIT, Attachments

LONG = "line [#1 x]\n" * (LIMIT // 10)


def make() -> Attachments:
    """Chips that name both sizes."""
    return Attachments(lambda size, lines: f"{size} characters, {lines} lines")


def test_a_short_text_stays() -> None:
    assert make().fold("a" * LIMIT) == "a" * LIMIT


def test_a_long_text_becomes_a_chip_and_comes_back_whole() -> None:
    attachments = make()
    chip = attachments.fold(LONG)
    assert chip == f"[#1 {len(LONG)} characters, {LIMIT // 10 + 1} lines]"
    assert attachments.unfold(f"look at {chip}, please") == f"look at {LONG}, please"


def test_two_chips_are_two_texts() -> None:
    attachments = make()
    first, second = attachments.fold("a" * (LIMIT + 1)), attachments.fold("b" * (LIMIT + 1))
    assert attachments.unfold(second + first) == "b" * (LIMIT + 1) + "a" * (LIMIT + 1)


def test_what_looks_like_a_chip_and_is_none_stays() -> None:
    attachments = make()
    attachments.fold(LONG)
    assert attachments.unfold("[#2 nothing] [# 1] [#1]") == "[#2 nothing] [# 1] [#1]"


def test_of_a_whole_prompt_the_words_around_what_is_long_stay() -> None:
    attachments = make()
    text = f"sum up @a.txt\n{LONG}and @b.txt"
    folded = attachments.fold_whole(text)
    assert folded.startswith("sum up @a.txt\n[#1 ")
    assert folded.endswith("]\nand @b.txt")
    assert attachments.unfold(folded) == text
    for other in (LONG, "a" * (LIMIT + 1), "a\n" + LONG, LONG + "a", f"\n{LONG}\n"):
        folded = attachments.fold_whole(other)
        assert len(folded) < 200
        assert attachments.unfold(folded) == other
    assert attachments.fold_whole("a\nb") == "a\nb"
