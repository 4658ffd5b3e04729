import re

import pytest

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, say, wait_for_status, welcome
from tests.ui.server import RawServer

PASTE_BEGIN, PASTE_END = "\x1b[200~", "\x1b[201~"


def editor(*lines: str) -> re.Pattern[str]:
    """The prompt's box with exactly these lines."""
    return re.compile("╮\n" + "".join(rf" │ {re.escape(line)} *│\n" for line in lines) + " ╰")


def sent_prompt(server: RawServer) -> str:
    """The prompt that has arrived at the server."""
    content = server.next_exchange().body["messages"][-1]["content"]
    assert isinstance(content, str)
    return content


def opened(desk: Desk, server: RawServer) -> PtyTerminal:
    """weir, asking the server."""
    terminal = desk.open("--base-url", server.base_url, "-m", "raw")
    welcome(terminal)
    return terminal


@pytest.mark.slow
def test_ctrl_j_starts_a_line_and_enter_sends_all_of_them(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    terminal.send("one")
    terminal.press("ctrl+j", "ctrl+j")
    terminal.send("two")
    terminal.wait_for(editor("one", "", "two"))
    terminal.press("enter")
    assert sent_prompt(raw_server) == "one\n\ntwo"
    terminal.wait_for(editor(say("prompt.hint")))


@pytest.mark.slow
def test_enter_with_a_modifier_starts_a_line_however_it_is_sent(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    shown = ["a"]
    terminal.send("a")
    for sequence in ("\x1b\r", "\x1b[13;2u", "\x1b[27;2;13~", "\x1b[27;5;13~", "\x1b[13;6u"):
        terminal.send(sequence)
        terminal.wait_for(editor(*shown, ""))
        terminal.send("b")
        shown.append("b")
        terminal.wait_for(editor(*shown))


@pytest.mark.slow
def test_a_key_of_its_own_takes_ctrl_enter_from_the_new_line(desk: Desk, raw_server: RawServer) -> None:
    desk.write_config('[keys]\n"prompt.send" = "ctrl+enter"\n')
    terminal = opened(desk, raw_server)
    terminal.send("one")
    terminal.wait_for(editor("one"))
    terminal.send("\x1b[27;5;13~")
    assert sent_prompt(raw_server) == "one"


@pytest.mark.slow
def test_a_paste_of_several_lines_waits_and_keeps_them(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    terminal.send(f"{PASTE_BEGIN}def f():\r    return 1\r\nf()\n{PASTE_END}")
    terminal.wait_for(editor("def f():", "    return 1", "f()", ""))
    wait_for_status(terminal, "ready")
    terminal.press("enter")
    assert sent_prompt(raw_server) == "def f():\n    return 1\nf()\n"


@pytest.mark.slow
def test_a_control_character_in_a_paste_does_not_reach_the_terminal(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    terminal.send(f"{PASTE_BEGIN}go \x9b31mred \x07\x7f \u202eback{PASTE_END}")
    terminal.wait_for(editor("go ␦31mred ␇␡ ⯑back"))
    assert not terminal.raw_has("\x9b31m".encode())
    assert not terminal.raw_has("\u202e".encode())


def test_keys_that_arrive_in_one_read_act_in_their_order(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    terminal.send("teh\x7f\x7fhe\x1b[D\x1b[Dx\x1b[Fy\nz\r")
    assert sent_prompt(raw_server) == "txhey\nz"
    terminal.wait_for(editor(say("prompt.hint")))


@pytest.mark.slow
def test_a_paste_without_marks_is_not_sent_line_by_line(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    terminal.send("one\rtwo\r\rthree\r")
    terminal.wait_for(editor("one", "two", "", "three", ""))
    wait_for_status(terminal, "ready")


@pytest.mark.slow
def test_a_long_paste_becomes_a_chip_and_is_sent_whole(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    text = "\n".join(f"line {number}" for number in range(8_000))
    terminal.send("read this: ")
    terminal.wait_for("read this:")
    terminal.send(f"{PASTE_BEGIN}{text}{PASTE_END}")
    chip = say("prompt.attachment", size=f"{len(text) / 1000:.0f}", lines=8_000)
    terminal.wait_for(editor(f"read this: [#1 {chip}]"))
    terminal.press("enter")
    assert sent_prompt(raw_server) == f"read this: {text}"


@pytest.mark.slow
def test_white_space_alone_is_not_sent(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    terminal.send(f"{PASTE_BEGIN}  {PASTE_END}\r{PASTE_BEGIN}words{PASTE_END}")
    terminal.wait_for(editor("  words"))
    terminal.press("enter")
    assert sent_prompt(raw_server) == "  words"


@pytest.mark.slow
def test_a_long_prompt_leaves_most_of_the_screen_to_the_log(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    terminal.send(PASTE_BEGIN + "\r".join(f"line {number}" for number in range(60)) + PASTE_END)
    terminal.wait_for("line 59")
    box = [row for row in terminal.text().splitlines() if row.startswith(" │")]
    assert len(box) <= terminal.text().count("\n") // 2
    terminal.press("enter")
    assert sent_prompt(raw_server).endswith("line 58\nline 59")


@pytest.mark.slow
def test_chinese_text_is_typed_and_sent(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    terminal.send("你好，世界")
    terminal.wait_for("你好，世界")
    terminal.press("enter")
    assert sent_prompt(raw_server) == "你好，世界"
