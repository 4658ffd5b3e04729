"""Differences: whatever stood there and whatever is to stand there, a terminal shows the second after the bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.terminal.cells import CellScreen, draw
from tui.ui.terminal.ability import Abilities
from tui.ui.terminal.difference import Sent, find_difference
from tui.ui.terminal.grid import Row, Screen, blank_row, blank_screen
from tui.ui.terminal.pen import PLAIN, Pen
from tui.ui.terminal.scroll import Scroll, find_scroll

COLUMNS, LINES = 16, 7
ALL_ABILITIES = [
    Abilities(colour_erase, erase, repeat, links)
    for colour_erase in (False, True)
    for erase in (False, True)
    for repeat in (False, True)
    for links in (False, True)
]
XTERM = Abilities(colour_erase=True, erase=True)
PENS = ("", "1", "3;31", "4", "7;32", "9;4;1", "44", "97;48;5;17", "38;2;1;2;3;48;2;4;5;6", "1;3;4;7;9;38;5;200;101")
LINKS = ("", "", "https://a.example/x;y", "https://b.example/")
TEXTS = st.text(alphabet="ab     ──世界😀é", min_size=1, max_size=COLUMNS) | st.sampled_from(
    [" " * COLUMNS, "-" * COLUMNS, "aaaaaaaa", "世" * 8]
)
PIECES = st.tuples(st.integers(1, LINES), st.integers(1, COLUMNS), st.sampled_from(PENS), st.sampled_from(LINKS), TEXTS)
CURSORS = st.tuples(st.integers(1, LINES), st.integers(1, COLUMNS))


def frame_of(pieces: list[tuple[int, int, str, str, str]], cursor: tuple[int, int]) -> str:
    """A frame in Textual's form."""
    parts = []
    for line, column, pen, link, text in pieces:
        styled = f"\x1b[{pen}m{text}\x1b[0m" if pen else text
        linked = f"\x1b]8;id=1;{link}\x1b\\{styled}\x1b]8;;\x1b\\" if link else styled
        parts.append(f"\x1b[{line};{column}H{linked}\n")
    return "".join(parts) + f"\x1b[{cursor[0]};{cursor[1]}H"


def screen_of(*frames: str) -> Screen:
    """The screen after some frames."""
    screen = blank_screen(COLUMNS, LINES)
    for frame in frames:
        screen = draw(screen, frame)
    return screen


def painted(screen: Screen) -> CellScreen:
    """A terminal that was sent the whole screen in the plainest way: every cell by itself."""
    terminal = CellScreen(COLUMNS, LINES)
    for y, row in enumerate(screen.rows):
        for x, (text, pen) in enumerate(zip(row.text, row.pens, strict=True)):
            if text:
                background = pen.background.replace("38;", "48;", 1)
                if background == pen.background and background:
                    background = str(int(background) + 10)
                numbers = ";".join(part for part in ("0", pen.marks, pen.foreground, background) if part)
                terminal.show(f"\x1b[{y + 1};{x + 1}H\x1b[{numbers}m{text}")
    return terminal


@given(st.lists(PIECES, max_size=12), st.lists(PIECES, max_size=12), CURSORS, st.sampled_from(ALL_ABILITIES))
def test_any_screen_becomes_any_other(
    before: list[tuple[int, int, str, str, str]],
    after: list[tuple[int, int, str, str, str]],
    cursor: tuple[int, int],
    abilities: Abilities,
) -> None:
    old, new = screen_of(frame_of(before, (1, 1))), screen_of(frame_of(before, (1, 1)), frame_of(after, cursor))
    terminal = CellScreen(COLUMNS, LINES)
    first = find_difference(None, old, abilities)
    terminal.show(first.text)
    assert terminal.cells() == painted(old).cells()
    terminal.show(find_difference(first.sent, new, abilities).text)
    assert terminal.cells() == painted(new).cells()
    assert terminal.cursor == new.cursor == (cursor[1] - 1, cursor[0] - 1)


ROWS = [f"row {number} {'x' * number}" for number in range(LINES)]


@pytest.mark.slow
@given(
    st.integers(0, LINES - 1),
    st.integers(0, LINES - 1),
    st.integers(-LINES, LINES),
    st.lists(PIECES, max_size=3),
    st.sampled_from(ALL_ABILITIES),
)
def test_what_scrolls_ends_up_right(
    first: int, last: int, lines: int, after: list[tuple[int, int, str, str, str]], abilities: Abilities
) -> None:
    start = "".join(f"\x1b[{y + 1};1H\x1b[37;44m{text:{COLUMNS}}\x1b[0m" for y, text in enumerate(ROWS))
    old = screen_of(start)
    moved = Scroll(min(first, last), max(first, last), lines).apply(old.rows) if lines else old.rows
    new = draw(Screen(moved), frame_of(after, (2, 2)))
    terminal = CellScreen(COLUMNS, LINES)
    sent = find_difference(None, old, abilities)
    terminal.show(sent.text)
    terminal.show(find_difference(sent.sent, new, abilities).text)
    assert terminal.cells() == painted(new).cells()
    assert terminal.cursor == (1, 1)


def log_of(*numbers: int, columns: int = 60) -> tuple[Row, ...]:
    """Rows with a long text each."""
    pen = Pen(background="44")
    texts = [f"line {number} {chr(97 + number) * 40}".ljust(columns) for number in numbers]
    return tuple(Row(tuple(text), (pen,) * columns) for text in texts)


@pytest.mark.parametrize(
    ("old", "new", "scroll"),
    [
        ((1, 2, 3, 4, 5), (2, 3, 4, 5, 6), Scroll(0, 4, 1)),
        ((1, 2, 3, 4, 5), (4, 5, 6, 7, 8), Scroll(0, 4, 3)),
        ((1, 2, 3, 4, 5), (9, 1, 2, 3, 4), Scroll(0, 4, -1)),
        ((0, 1, 2, 3, 4, 9), (0, 2, 3, 4, 5, 9), Scroll(1, 4, 1)),
        ((0, 1, 2, 3, 4, 9), (0, 7, 8, 1, 2, 9), Scroll(1, 4, -2)),
        ((1, 2, 3, 4, 5), (6, 7, 8, 9, 10), None),
        ((1, 2, 3, 4, 5), (1, 2, 3, 4, 6), None),
        ((1, 1, 1, 1, 1), (2, 1, 1, 1, 2), None),
    ],
)
def test_scrolls_are_found(old: tuple[int, ...], new: tuple[int, ...], scroll: Scroll | None) -> None:
    assert find_scroll(log_of(*old), log_of(*new)) == scroll


def test_a_scroll_sends_only_the_new_line() -> None:
    old, new = Screen(log_of(*range(20))), Screen(log_of(*range(1, 21)))
    text = find_difference(Sent(old), new, XTERM).text
    assert text.count("u" * 40) == 1
    assert "t" * 40 not in text
    assert len(text) < 120


def test_rows_that_are_nearly_alike_do_not_scroll() -> None:
    old, new = (
        [Row((*f"{number} and more",), (PLAIN,) * 10) for number in range(first, first + 5)] for first in (0, 1)
    )
    assert find_scroll(old, new) is None


def test_a_scroll_beside_a_growing_line_is_still_one() -> None:
    old, new = log_of(*range(20)), log_of(*range(1, 21))
    grown = Row((*"x" * 60,), new[10].pens)
    text = find_difference(Sent(Screen(old)), Screen((*new[:10], grown, *new[11:])), XTERM).text
    assert len(text) < 200


def test_a_scroll_that_would_spoil_more_than_it_brings_is_none() -> None:
    old = log_of(*range(20))
    nearly = [Row((*"x" * 5, *row.text[5:]), row.pens) for row in old]
    assert find_scroll(old, (*nearly[:19], old[0])) is None


ONE_ROW = Sent(blank_screen(60, 3))


def change(text: str, abilities: Abilities = XTERM, sent: Sent = ONE_ROW) -> str:
    """What is sent for a frame on three short rows."""
    return find_difference(sent, draw(sent.screen, text), abilities).text


def test_moves_are_short() -> None:
    assert change("\x1b[2;1Hab\x1b[1;1H") == "\r\nab\x1b[H"
    assert change("\x1b[1;9Hab\x1b[1;10H") == "\x1b[9Gab\b"
    assert change("\x1b[1;20Hab\x1b[1;12H") == "\x1b[20Gab\x1b[12G"
    assert change("\x1b[1;1Hab\x1b[1;1H") == "ab\r"
    assert change("\x1b[1;1Ha\x1b[3;2H") == "a\x1b[2B"
    assert change("\x1b[3;9H") == "\x1b[3;9H"
    assert change("\x1b[1;1H") == ""


def test_a_pen_stays_from_one_frame_to_the_next() -> None:
    first = find_difference(ONE_ROW, draw(ONE_ROW.screen, "\x1b[1;1H\x1b[1;31ma\x1b[0m"), XTERM)
    assert first.text == "\x1b[1;31ma"
    second = find_difference(first.sent, draw(first.sent.screen, "\x1b[1;2H\x1b[1;31mb\x1b[0m"), XTERM)
    assert second.text == "b"


def test_short_gaps_are_written_and_long_ones_skipped() -> None:
    sent = Sent(draw(blank_screen(60, 1), "\x1b[1;1Habcdefghijklmnop\x1b[1;1H"))
    assert change("\x1b[1;1HXbcdX\x1b[1;1H", sent=sent) == "XbcdX\r"
    assert change("\x1b[1;1HXbcdefghX\x1b[1;1H", sent=sent) == "X\x1b[9GX\r"


def test_erasing_needs_the_ability() -> None:
    blanks = "\x1b[1;1H\x1b[44m" + " " * 60 + "\x1b[0m\x1b[1;1H"
    assert change(blanks) == "\x1b[44m\x1b[K"
    assert change(blanks, Abilities()) == "\x1b[44m" + " " * 60 + "\r"
    part = "\x1b[1;1H\x1b[44m" + " " * 20 + "\x1b[0m\x1b[1;1H"
    assert change(part) == "\x1b[44m\x1b[20X"
    assert change(part, Abilities(erase=True)) == "\x1b[44m" + " " * 20 + "\r"
    seen = "\x1b[1;1H\x1b[4m" + " " * 60 + "\x1b[0m\x1b[1;1H"
    assert change(seen) == "\x1b[4m" + " " * 60 + "\r"


def test_repeating_needs_the_ability() -> None:
    line = "\x1b[1;1H" + "─" * 60 + "\x1b[1;1H"
    assert change(line, Abilities(repeat=True)) == "─\x1b[59b\r"
    assert change(line) == "─" * 60 + "\r"


def test_links_need_the_ability_and_share_an_id() -> None:
    linked = "\x1b[1;1H\x1b]8;id=77;https://a.example\x1b\\\x1b[4mab\x1b[0m\x1b]8;;\x1b\\\x1b[1;1H"
    other = linked.replace("id=77", "id=78")
    assert change(linked) == change(other)
    assert change(linked).count("https://a.example") == 1
    assert change(linked).endswith("ab\x1b]8;;\x1b\\\r")
    assert change(linked, Abilities(links=False)) == "\x1b[4mab\r"


@pytest.mark.parametrize("cluster", ["👨‍👩‍👧", "🇩🇪", "❤️", "1️⃣", "👍🏽"])
def test_a_row_with_a_cluster_is_sent_whole_with_columns(cluster: str) -> None:
    text = change(f"\x1b[2;1Hab {cluster} cd\x1b[1;1H")
    assert text == f"\r\n\x1b[Kab {cluster}\x1b[7Gcd\x1b[H"
    sent = Sent(draw(blank_screen(60, 3), f"\x1b[1;1Hab {cluster} cd\x1b[1;1H"))
    assert change("\x1b[1;8HX\x1b[1;1H", sent=sent) == f"\x1b[Kab {cluster}\x1b[7GcX\r"
    assert change("\x1b[1;4H__\x1b[1;1H", sent=sent) == "\x1b[Kab __ cd\r"


def test_a_combining_mark_makes_a_cluster_of_one_cell() -> None:
    assert change("\x1b[1;1Hcafe\u0301s\x1b[1;1H") == "\x1b[Kcafe\u0301\x1b[5Gs\r"


def test_half_of_a_wide_character_becomes_a_blank() -> None:
    sent = Sent(draw(blank_screen(60, 1), "\x1b[1;1H世界\x1b[1;1H"))
    assert draw(sent.screen, "\x1b[1;2Hx\x1b[1;1H").rows[0].text[:4] == (" ", "x", "界", "")
    assert draw(sent.screen, "\x1b[1;3Hx\x1b[1;1H").rows[0].text[:4] == ("世", "", "x", " ")
    assert draw(blank_screen(4, 1), "\x1b[1;4H世\x1b[1;1H").rows[0].text == (" ",) * 4


def test_nothing_known_means_everything_sent() -> None:
    screen = draw(blank_screen(60, 3), "\x1b[1;1H\x1b[44m" + " " * 60 + "\x1b[0mx\x1b[1;1H")
    text = find_difference(None, screen, XTERM).text
    assert text.startswith("\x1b[r\x1b]8;;\x1b\\\x1b[m\x1b[2J")
    assert find_difference(Sent(blank_screen(59, 3)), screen, XTERM).text == text
    assert find_difference(Sent(blank_screen(60, 2)), screen, XTERM).text == text


def test_an_update_is_synchronised_only_when_it_is_large() -> None:
    large = Screen(log_of(1, 2, 3))
    text = find_difference(Sent(Screen((blank_row(60),) * 3)), large, XTERM, synchronised=True).text
    assert text.startswith("\x1b[?2026h")
    assert text.endswith("\x1b[?2026l")
    small = draw(ONE_ROW.screen, "\x1b[1;1Hx")
    assert find_difference(ONE_ROW, small, XTERM, synchronised=True).text == "x"


def test_the_pen_of_a_blank_is_what_can_be_seen_of_it() -> None:
    screen = draw(blank_screen(5, 1), "\x1b[1;1H\x1b[1;31;44ma b\x1b[0m\x1b[1;1H")
    assert screen.rows[0].pens == (Pen("1", "31", "34"), Pen(background="34"), Pen("1", "31", "34"), PLAIN, PLAIN)
