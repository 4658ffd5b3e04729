import asyncio
import re
from pathlib import Path

import pytest

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, Sentence, open_raw, say, send_prompt, spoken, squeeze, wait_for_status, welcome
from tests.ui.opened import Consent, make_app, make_opener, make_paths, until
from tests.ui.server import RawServer
from tests.ui.terminal.cells import CellScreen
from tui.chat.database import Report
from tui.chat.routes import Wish
from tui.chat.workspace import Workspace
from tui.settings.config import Config
from tui.settings.provider import Provider
from tui.settings.secrets import Masker
from tui.text.cell_wrap import cells
from tui.text.language import load_language
from tui.ui.app import Opening, WeirApp
from tui.ui.binding_id import binding_ids
from tui.ui.screens.chat import ChatScreen
from tui.ui.widgets.model_picker import ModelPicker
from tui.ui.widgets.prompt import Prompt
from tui.ui.widgets.prompt_queue import PromptQueue


def colours(terminal: PtyTerminal) -> set[int]:
    """Every parameter of SGR (ECMA-48, 8.3.117) that was sent and is no style."""
    sequences = re.findall(rb"\x1b\[([0-9;]*)m", terminal.output)
    return {int(number) for sequence in sequences for number in sequence.split(b";") if number and int(number) >= 28}


@pytest.mark.slow
async def test_a_prompt_sent_while_everything_opens_waits_and_is_not_lost(tmp_path: Path) -> None:
    config = Config(providers={name: Provider(name, "http://127.0.0.1:9/v1") for name in ("one", "two")})
    gate = asyncio.Event()

    async def opener(report: Report, consent: Consent) -> Workspace:
        await gate.wait()
        return await make_opener(tmp_path, Wish(), config)(report, consent)

    app = make_app(tmp_path, opener, config=config)
    async with app.run_test() as pilot:
        await pilot.press(*"early", "enter")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.query_one(PromptQueue).texts != [])
        assert app.screen.query_one(Prompt).text == ""
        assert app.screen.query_one(PromptQueue).has_class("-shown")
        gate.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, ModelPicker), "there is no model to send it to"
        assert app.screen_stack[0].query_one(Prompt).text == "early"
    assert app.workspace is not None
    await app.workspace.close()


def test_what_is_typed_before_anything_is_painted_is_sent(desk: Desk, raw_server: RawServer) -> None:
    terminal = desk.open("--base-url", raw_server.base_url, "-m", "raw")
    terminal.send("Before all else\r")  # Python itself has hardly begun
    assert raw_server.next_stream().body["messages"][-1]["content"] == "Before all else"


@pytest.mark.slow
def test_what_is_opening_is_said(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    assert terminal.raw_has(say("welcome.opening").encode())


@pytest.mark.slow
def test_f1_shows_and_hides_the_keys(desk: Desk) -> None:
    terminal = desk.open("--practice", rows=70)
    welcome(terminal)
    terminal.press("f1")
    terminal.wait_for("New line")
    terminal.press("f1")
    terminal.wait_gone("New line")


@pytest.mark.slow
def test_enter_pressed_twice_in_the_palette_does_no_more_than_once(desk: Desk) -> None:
    terminal = desk.open("--practice")
    welcome(terminal)
    terminal.press("ctrl+p")
    terminal.wait_for(say("palette.hint"))
    terminal.send("new chat")
    terminal.wait_gone(say("chats.rename_help"))
    terminal.wait_for("New chat")
    terminal.press("enter", "enter", "enter")
    terminal.wait_gone("new chat")
    terminal.send("alive")
    terminal.wait_for("│ alive")


@pytest.mark.slow
def test_ctrl_c_with_nothing_running_asks_and_twice_leaves(desk: Desk) -> None:
    terminal = desk.open("--practice")
    welcome(terminal)
    terminal.press("ctrl+c")
    terminal.wait_for(say("keys.again_to_quit", key="ctrl+c"))
    terminal.press("ctrl+c")
    assert terminal.wait_exit() == 0


@pytest.mark.slow
def test_a_binding_of_the_persons_own_replaces_ours(desk: Desk) -> None:
    desk.write_config('[keys]\n"models.pick" = "f9"\n"prompt.send" = "f8"\n"prompt.newline" = "enter"\n')
    terminal = desk.open("--practice")
    welcome(terminal)
    wait_for_status(terminal, "markdown  ready")
    terminal.press("ctrl+l")
    terminal.send("one")
    terminal.press("enter")
    terminal.send("two")
    terminal.wait_for("│ two")
    assert "│ one" in terminal.text()
    assert say("picker.title") not in terminal.text()
    terminal.press("f9")
    terminal.wait_for(say("picker.title"))
    terminal.press("escape")
    terminal.wait_gone(say("picker.title"))
    terminal.press("f8")
    terminal.wait_for(Sentence(say("log.you") + "one two"))


@pytest.mark.slow
def test_an_unknown_action_in_the_keys_is_said(desk: Desk) -> None:
    desk.write_config('[keys]\n"prompt.sned" = "f8"\n')
    terminal = desk.open("--practice")
    terminal.wait_for("prompt.sned")
    welcome(terminal)
    send_prompt(terminal)
    terminal.wait_for(say("log.you"))


@pytest.mark.slow
def test_a_theme_that_does_not_exist_is_said_and_the_default_is_used(desk: Desk) -> None:
    desk.write_config('theme = "sunset"\n')
    terminal = desk.open("--practice", columns=200)
    terminal.wait_for(spoken("theme.unknown", name="sunset"))
    welcome(terminal)


@pytest.mark.slow
def test_a_bad_theme_file_names_file_and_key_and_the_app_goes_on(desk: Desk) -> None:
    desk.write_config('theme = "mine"\n')
    (desk.config / "themes").mkdir()
    (desk.config / "themes" / "mine.toml").write_text('name = "mine"\nprimary = "reddish"\n', encoding="utf-8")
    terminal = desk.open("--practice", columns=200)
    terminal.wait_for(Sentence('primary is "reddish"'))
    assert squeeze("themes/mine.toml") in squeeze("".join(row[130:] for row in terminal.text().splitlines()))
    welcome(terminal)


@pytest.mark.slow
def test_a_theme_of_the_persons_own_is_used(desk: Desk) -> None:
    desk.write_config('theme = "mine"\n')
    (desk.config / "themes").mkdir()
    text = 'name = "mine"\nprimary = "#ff0000"\nbackground = "#010203"\n'
    (desk.config / "themes" / "mine.toml").write_text(text, encoding="utf-8")
    terminal = desk.open("--practice")
    welcome(terminal)
    assert terminal.raw_has(b"48;2;1;2;3")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["weir-dark", "weir-light", "high-contrast", "ansi"])
async def test_shipped_themes_paint(tmp_path: Path, name: str) -> None:
    app = make_app(tmp_path, make_opener(tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.workspace is not None and app.is_following)
        app.theme = name
        await pilot.press("h", "i", "enter")
        await pilot.pause()
        assert isinstance(app.screen, ChatScreen)
        assert app.current_theme.name == name
        assert "hi" in "\n".join(strip.text for strip in app.screen._compositor.render_strips())
    assert app.workspace is not None
    await app.workspace.close()


@pytest.mark.slow
def test_a_terminal_of_sixteen_colours_gets_its_own(desk: Desk) -> None:
    terminal = desk.open("--practice", environ={"TERM": "linux", "COLORTERM": ""})
    welcome(terminal)
    assert colours(terminal) <= {*range(30, 38), 39, *range(40, 48), 49, *range(90, 98), *range(100, 108)}
    screen = CellScreen(100, 30)
    screen.show(terminal.output.decode())
    letters = {(cell[1], cell[3]) for row in screen.cells()[:20] for cell in row if cell[0].isalpha()}
    assert ("default", "default") in letters, "text and background are the terminal's own"


@pytest.mark.slow
@pytest.mark.parametrize("config", ["", 'theme = "weir-light"\n'])
def test_no_color_leaves_the_terminals_two_colours(desk: Desk, config: str) -> None:
    desk.write_config(config)
    terminal = desk.open("--practice", environ={"NO_COLOR": "1"})
    welcome(terminal)
    send_prompt(terminal)
    wait_for_status(terminal, "streaming")
    assert colours(terminal) <= {39, 49}


@pytest.mark.slow
def test_a_theme_picked_in_the_palette_is_remembered(desk: Desk) -> None:
    terminal = desk.open("--practice")
    welcome(terminal)
    terminal.press("ctrl+p")
    terminal.wait_for(say("palette.hint"))
    terminal.send("theme")
    terminal.wait_for(spoken("palette.theme_help"))
    terminal.press("enter")
    terminal.wait_for("dracula")
    terminal.send("weir-light")
    terminal.wait_gone("dracula")
    terminal.wait_for(lambda _: terminal.raw_has(b"48;2;251;250;247"))
    terminal.press("enter")
    terminal.wait_gone(spoken("theme.title"))
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert 'value = "weir-light"' in (desk.state / "state.toml").read_text(encoding="utf-8")


def test_every_key_that_a_place_has_may_be_changed() -> None:
    named = {"app.quit", "log.copy", "log.find", "prompt.send", "picker.mark", "find.close", "compare.adopt"}
    assert named <= binding_ids()


async def test_in_chinese_no_line_of_a_notice_begins_with_a_full_stop(tmp_path: Path) -> None:
    opening = Opening(Config(), make_paths(tmp_path), load_language("zh"), Masker, "weir-dark", make_opener(tmp_path))
    app = WeirApp(opening)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and not app.screen._opening)
        for length in range(22, 25):
            app.notify("停" * length + "。再来。", markup=False)
        await until(pilot, lambda: len(app._notifications) == 3)
        lines = [line for notice in app._notifications for line in notice.message.split("\n")]
        assert len(lines) == 6
        assert not [line for line in lines if line.startswith("。") or cells(line) > 46]
    assert app.workspace is not None
    await app.workspace.close()
