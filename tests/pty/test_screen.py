import pytest

from tests.pty.screen import TerminalScreen


def show(*parts: str | bytes, columns: int = 20, rows: int = 4) -> TerminalScreen:
    screen = TerminalScreen(columns, rows)
    for part in parts:
        screen.feed(part.encode() if isinstance(part, str) else part)
    return screen


def lines(screen: TerminalScreen) -> list[str]:
    return screen.text().rstrip("\n").split("\n")


@pytest.mark.parametrize(
    "control",
    [
        "\x1b[>1u",
        "\x1b[=5;1u",
        "\x1b[<u",
        "\x1b[?u",
        "\x1b[>4;2m",
        "\x1b[?2026$p",
        "\x1b[4$p",
        "\x1b[2 q",
        "\x1b[!p",
        "\x1b[4:3m",
        "\x1b[?1;2;3m",
        "\x1b[1;2;3A",
        "\x1b[22;0;0t",
        "\x1b]0;title\x07",
        "\x1b]52;c;aGVsbG8=\x1b\\",
        "\x1b]8;;http://127.0.0.1/\x1b\\",
        "\x1bP+q544e\x1b\\",
        "\x1b_Gi=1;AAAA\x1b\\",
        "\x1b^private\x1b\\",
        "\x1b(B",
        "\x1b F",
        "\x1b=",
        "\u009b0m",
        "\u009d0;title\u009c",
    ],
)
def test_control_leaves_no_trace_wherever_it_is_cut(control: str) -> None:
    data = f"<{control}>".encode()
    for cut in range(len(data) + 1):
        assert show(data[:cut], data[cut:]).text().split("\n")[0] == "<>", f"cut at {cut}"


def test_broken_controls_end_where_a_terminal_ends_them() -> None:
    assert lines(show("a\x1b[12\x1b[0mb")) == ["ab"]
    assert lines(show("a\x1b]0;never ended\x1b[0mb")) == ["ab"]
    assert lines(show("a\x1b]0;given up\x18b")) == ["ab"]


def test_characters_cut_at_every_byte_are_whole() -> None:
    data = "é 流式 🙂".encode()
    assert lines(show(*[data[i : i + 1] for i in range(len(data))])) == ["é 流式 🙂"]


def test_invalid_bytes_are_shown_as_such() -> None:
    assert lines(show(b"a\xffb")) == ["a\ufffdb"]


def test_wide_characters_read_naturally_and_take_two_columns() -> None:
    screen = show("流式输出")
    assert lines(screen) == ["流式输出"]
    assert screen.cursor == (8, 0)


def test_wide_character_in_the_last_columns() -> None:
    assert lines(show("abc流", columns=5)) == ["abc流"]


@pytest.mark.parametrize(("column", "expected"), [(1, "x 式"), (2, " x式")])
def test_half_a_wide_character_is_a_blank(column: int, expected: str) -> None:
    assert lines(show(f"流式\x1b[1;{column}Hx")) == [expected]


@pytest.mark.parametrize("text", ["é", "👩\u200d💻 ok", "❤\ufe0f ok", "流\u0301 ok"])
def test_characters_without_width_stay_with_the_one_before(text: str) -> None:
    assert lines(show(text)) == [text]


def test_mark_with_nothing_before_it_is_dropped() -> None:
    assert lines(show("\u200dab")) == ["ab"]


def test_combining_mark_is_composed() -> None:
    assert lines(show("e\u0301")) == ["é"]


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("\x1b[?2026$p", b"\x1b[?2026;2$y"),
        ("\x1b[?2026h\x1b[?2026$p", b"\x1b[?2026;1$y"),
        ("\x1b[?2048$p", b"\x1b[?2048;0$y"),
        ("ab\x1b[6n", b"\x1b[1;3R"),
        ("01234567890123456789\x1b[6n", b"\x1b[1;20R"),
        ("\x1b[5n", b"\x1b[0n"),
        ("\x1b[c", b"\x1b[?62;22c"),
        ("\x1b[0c\x1b[6n", b"\x1b[?62;22c\x1b[1;1R"),
        ("\x1b[?u", b""),
        ("\x1b[>c", b""),
    ],
)
def test_queries_are_answered(query: str, answer: bytes) -> None:
    assert TerminalScreen(20, 4).feed(query.encode()) == answer


def test_alternate_screen_gives_the_main_one_back() -> None:
    screen = show("main\r\nhere\x1b[?1049h\x1b[Halternate")
    assert lines(screen) == ["alternate"]
    assert 1049 in screen.modes
    screen.feed(b"\x1b[?1049l")
    assert lines(screen) == ["main", "here"]
    assert screen.cursor == (4, 1)
    assert 1049 not in screen.modes


def test_modes_are_known() -> None:
    screen = show("\x1b[?25l\x1b[?2004;1006h")
    assert screen.modes == {7, 2004, 1006}
    screen.feed(b"\x1bc")
    assert screen.modes == {7, 25}


def test_line_wrap_can_be_off() -> None:
    assert lines(show("\x1b[?7labcdefgh", columns=5)) == ["abcdh"]
    assert lines(show("abcdefgh", columns=5)) == ["abcde", "fgh"]


def test_scrolling_moves_the_rows_between_the_margins() -> None:
    numbered = "1\r\n2\r\n3\r\n4"
    assert lines(show(numbered, "\x1b[S")) == ["2", "3", "4"]
    assert lines(show(numbered, "\x1b[2T")) == ["", "", "1", "2"]
    assert lines(show(numbered, "\x1b[2;3r\x1b[S")) == ["1", "3", "", "4"]
    assert lines(show(numbered, "\x1b[2;3r\x1b[3;1H\n")) == ["1", "3", "", "4"]
    assert show(numbered, "\x1b[S").cursor == (1, 3)


def test_deleted_row_goes_where_none_moves_up() -> None:
    assert lines(show("gone\x1b[1;1H\x1b[M")) == [""]


def test_erasing() -> None:
    assert lines(show("abcdef\x1b[1;3H\x1b[2X")) == ["ab  ef"]
    assert lines(show("abcdef\x1b[1;3H\x1b[K")) == ["ab"]
    assert lines(show("abc\r\ndef\x1b[2J")) == [""]


def test_synchronised_update_is_no_frame_before_its_end() -> None:
    screen = show("\x1b[?2026hhalf")
    assert not screen.between_frames
    screen.feed(b" whole\x1b[?2026l")
    assert screen.between_frames
    assert lines(screen) == ["half whole"]


def test_resize_clips_at_the_right_and_below_the_cursor() -> None:
    screen = show("abcdefgh\r\nsecond\x1b[1;8H")
    screen.resize(5, 1)
    assert screen.text() == "abcde"
    assert screen.cursor == (4, 0)
    screen.resize(30, 3)
    assert screen.text() == "abcde\n\n"


def test_resize_keeps_the_row_of_the_cursor() -> None:
    screen = show("1\r\n2\r\n3\r\n4")
    screen.resize(20, 2)
    assert screen.text() == "3\n4"
    assert screen.cursor == (1, 1)
