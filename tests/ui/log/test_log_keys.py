import base64
import re

import pytest

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, say, send_prompt, spoken, welcome
from tests.ui.server import RawServer

TEXT = "A *first* paragraph.\n\n```py\ncode = 1\n```\n\nBetween 中文字 two.\n\n```\ncode two\n```\n\nlast words"


def opened(desk: Desk, server: RawServer, *texts: str, columns: int = 100, rows: int = 40) -> PtyTerminal:
    """weir with a turn for each text, at its end."""
    terminal = desk.open("--base-url", server.base_url, "-m", "raw", columns=columns, rows=rows)
    welcome(terminal)
    for number, text in enumerate(texts):
        send_prompt(terminal, f"question {number}")
        stream = server.next_stream()
        stream.say(text)
        stream.finish()
        terminal.wait_for("ended")
        terminal.wait_for(text.split()[-1])
    return terminal


def wait_copied(terminal: PtyTerminal, text: str) -> None:
    """Wait until a text was handed to the terminal's clipboard."""
    wanted = b"\x1b]52;c;" + base64.b64encode(text.encode()) + b"\x07"
    terminal.wait_for(lambda _: terminal.raw_has(wanted))


def marked_rows(terminal: PtyTerminal) -> list[str]:
    """What stands behind the bar of what the keys are about."""
    return [row[1:90].strip() for row in terminal.text().splitlines() if row.startswith("▌")]


def wait_marked(terminal: PtyTerminal, words: str) -> None:
    """Wait until the keys are about rows with these words, and about no others."""
    terminal.wait_for(lambda _: bool(rows := marked_rows(terminal)) and any(words in row for row in rows))


def cell_of(terminal: PtyTerminal, words: str) -> tuple[int, int]:
    """Column and row, from 1, where some words begin; what stands left of them is narrow."""
    rows = terminal.wait_for(words).splitlines()
    row = next(number for number, text in enumerate(rows) if words in text)
    return rows[row].index(words) + 1, row + 1


def wait_reversed(terminal: PtyTerminal, words: str) -> None:
    """Wait until some words were painted in reverse (SGR 7), which is seen without colour."""
    reverse = re.compile(rb"\x1b\[(?:[0-9;]*;)?7(?:;[0-9;]*)?m[^\x1b]*" + re.escape(words.encode()))
    terminal.wait_for(lambda _: terminal.raw_has(reverse))


def mouse(terminal: PtyTerminal, button: int, column: int, row: int, *, down: bool) -> None:
    """A report of the mouse as terminals send it (SGR, mode 1006)."""
    terminal.send(f"\x1b[<{button};{column};{row}{'M' if down else 'm'}")


def click(terminal: PtyTerminal, column: int, row: int, times: int = 1) -> None:
    """Clicks that follow at once."""
    for _ in range(times):
        mouse(terminal, 0, column, row, down=True)
        mouse(terminal, 0, column, row, down=False)


@pytest.mark.slow
def test_tab_goes_into_the_log_and_tab_escape_and_enter_back(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server, TEXT)
    for key in ("tab", "escape", "enter"):
        terminal.press("tab")
        wait_marked(terminal, "last words")
        terminal.press(key)
        terminal.wait_for(lambda _: not marked_rows(terminal))
        terminal.send(f"typed after {key} ")
        terminal.wait_for(f"typed after {key}")


@pytest.mark.slow
def test_messages_and_code_are_gone_to_and_copied(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server, TEXT, "second reply")
    terminal.press("tab")
    wait_marked(terminal, "second reply")
    terminal.press("y")
    wait_copied(terminal, "second reply")
    terminal.press("k")
    wait_marked(terminal, "question 1")
    terminal.press("g")
    wait_marked(terminal, "question 0")
    terminal.press("j")
    wait_marked(terminal, "A first paragraph.")
    terminal.press("y")
    wait_copied(terminal, TEXT)
    terminal.press("u", "u")
    wait_marked(terminal, "code two")
    terminal.press("y")
    wait_copied(terminal, "code two")
    terminal.press("U")
    wait_marked(terminal, "code = 1")
    terminal.press("y")
    wait_copied(terminal, "code = 1")
    terminal.press("U")
    terminal.wait_for(spoken("log.no_code"))
    terminal.press("G")
    wait_marked(terminal, "second reply")


@pytest.mark.slow
def test_space_folds_a_thought_or_a_message_and_x_shows_the_record(desk: Desk, raw_server: RawServer) -> None:
    long = "\n\n".join(f"paragraph {number}" for number in range(8))
    terminal = opened(desk, raw_server, f"<think>hm, well</think>{long}", "short")
    terminal.press("tab")
    wait_marked(terminal, "short")
    terminal.press("space")
    terminal.wait_for(spoken("log.no_fold"))
    terminal.press("x")
    terminal.wait_for("finish_reason")
    terminal.press("x")
    terminal.wait_gone("finish_reason")
    terminal.press("k", "k")
    wait_marked(terminal, "paragraph 0")
    terminal.press("space")
    terminal.wait_gone("hm, well")
    terminal.press("space")
    terminal.wait_for("hm, well")
    terminal.press("k", "x")
    terminal.wait_for(spoken("log.no_record"))


@pytest.mark.slow
def test_a_long_message_is_folded_and_unfolded(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server, "\n\n".join(f"paragraph {number}" for number in range(40)), "short")
    terminal.press("tab")
    wait_marked(terminal, "short")
    terminal.press("k", "k", "space")
    terminal.wait_for(re.compile("▸ " + say("log.more_lines", count=r"\d+")))
    terminal.wait_gone("paragraph 9")
    terminal.wait_for("short")
    terminal.press("space")
    terminal.wait_for("paragraph 9")


@pytest.mark.slow
def test_what_is_looked_for_is_found_and_marked(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server, TEXT, "no such\n\n" * 30 + "A second paragraph, finally")
    terminal.press("ctrl+f")
    terminal.wait_for(say("find.hint"))
    terminal.send("PARAGRAPH")
    terminal.press("enter")
    terminal.wait_for(spoken("find.count", count=2))
    wait_marked(terminal, "A second paragraph")
    wait_reversed(terminal, "paragraph")
    terminal.press("N")
    wait_marked(terminal, "A first paragraph.")
    terminal.press("n")
    wait_marked(terminal, "A second paragraph")
    terminal.press("escape")
    terminal.wait_gone("PARAGRAPH")
    terminal.wait_for(lambda _: not marked_rows(terminal))


@pytest.mark.slow
def test_what_is_not_there_is_said(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server, TEXT)
    terminal.press("tab")
    wait_marked(terminal, "last words")
    terminal.press("n")
    terminal.wait_for(say("log.no_search")[:25])  # the rest is on another row, beside text of the log
    terminal.press("right")
    terminal.wait_for(say("log.no_wide_code")[:20])
    terminal.press("ctrl+f")
    terminal.wait_for(say("find.hint"))
    terminal.send("zebra")
    terminal.press("enter")
    terminal.wait_for(say("log.not_found")[:20])


@pytest.mark.slow
def test_what_is_dragged_over_is_copied_as_its_source(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server, TEXT)
    column, row = cell_of(terminal, "A first")
    end, last = cell_of(terminal, "two.")
    mouse(terminal, 0, column, row, down=True)
    mouse(terminal, 32, column + 3, row + 1, down=True)
    mouse(terminal, 32, end + 7, last, down=True)
    wait_reversed(terminal, "A ")
    mouse(terminal, 0, end + 7, last, down=False)
    terminal.press("ctrl+c")
    wait_copied(terminal, TEXT[: TEXT.index("two.") + 4])
    terminal.send("still typing")
    terminal.wait_for("│ still typing")


@pytest.mark.slow
def test_two_clicks_mark_a_word_and_three_a_block(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server, TEXT)
    column, row = cell_of(terminal, "paragraph.")
    click(terminal, column + 2, row, times=2)
    wait_reversed(terminal, "paragraph")
    terminal.press("ctrl+c")
    wait_copied(terminal, "paragraph")
    column, row = cell_of(terminal, "code = 1")
    click(terminal, column + 2, row, times=3)
    wait_reversed(terminal, "code")
    terminal.press("ctrl+c")
    wait_copied(terminal, "code = 1")


@pytest.mark.slow
def test_an_empty_conversation_takes_every_key(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    terminal.press("pageup", "tab")
    terminal.wait_for(lambda _: bool(marked_rows(terminal)))
    terminal.press("j", "k", "g", "G", "u", "U", "space", "x", "n", "left", "home", "end", "ctrl+o")
    terminal.wait_for(spoken("log.no_reply"))
    terminal.press("enter")
    terminal.wait_for(lambda _: not marked_rows(terminal))
    terminal.press("ctrl+n")
    terminal.send("alive")
    terminal.wait_for("│ alive")


@pytest.mark.slow
@pytest.mark.parametrize(("columns", "rows"), [(40, 24), (100, 10), (40, 6)])
def test_a_small_terminal_shows_what_fits(desk: Desk, raw_server: RawServer, columns: int, rows: int) -> None:
    terminal = opened(desk, raw_server, f"{TEXT}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nend")
    before = len(terminal.output)
    terminal.resize(columns, rows)
    terminal.wait_for(lambda _: say("status.ended").encode() in terminal.output[before:])  # all is painted anew
    terminal.press("tab")
    terminal.wait_for(lambda _: bool(marked_rows(terminal)))
    terminal.press("g", "j", "u", "y")
    wait_copied(terminal, "code = 1")


@pytest.mark.slow
def test_a_new_chat_forgets_marks_and_search(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server, TEXT)
    terminal.press("ctrl+f")
    terminal.wait_for(say("find.hint"))
    terminal.send("first")
    terminal.press("enter")
    wait_marked(terminal, "A first")
    terminal.press("ctrl+n")
    terminal.wait_for(spoken("welcome.chat"))
    terminal.wait_gone("A first")
    terminal.press("tab", "j", "y")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0


@pytest.mark.slow
def test_keys_of_one_read_are_for_whoever_has_the_focus_by_then(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server, "first reply", "second reply")
    terminal.send("\tkk")
    wait_marked(terminal, "first reply")
    terminal.send("\rjk\x06second")
    terminal.wait_for(lambda text: any(row.strip() == "second" for row in text.splitlines()))
    terminal.send("\rkk\rk")
    terminal.wait_for("│ jkk")
