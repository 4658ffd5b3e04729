"""`ascii = true`: no ornament of ours is anything but ASCII; what somebody wrote stays what it is."""

import pytest
from rich.cells import cell_len

from tests.scene import SCENES, open_scene
from tests.ui.desk import Desk, say, send_prompt, welcome
from tui.settings.config import Config
from tui.ui.plain_sign import plain_signs

DRAWN = ("notes", "reading", "doctor", "record", "provider", "palette")
"""Scenes in which nobody writes anything but ASCII."""


def test_a_plain_sign_is_as_wide_as_what_it_stands_for() -> None:
    signs = [*map(chr, range(0x2500, 0x25A0)), *"·–—★●•◆○✓✔…→▶▸⇥←◀⌫↑▲↓▼⏎↵“”‘’🔎"]
    for sign in signs:
        assert plain_signs(sign).isascii()
        assert cell_len(plain_signs(sign)) == cell_len(sign)
    assert plain_signs("naïve 中文") == "naïve 中文"


@pytest.mark.parametrize("name", ["no-models", *(pytest.param(name, marks=pytest.mark.slow) for name in DRAWN)])
async def test_no_scene_has_an_ornament(name: str) -> None:
    scene = next(scene for scene in SCENES if scene.name == name)
    async with open_scene(scene, "weir-dark", Config(ascii=True)) as pilot:
        rows = (strip.text for strip in pilot.app.screen._compositor.render_strips(pilot.app.size))
        assert [row for row in rows if not row.isascii()] == []


@pytest.mark.slow
def test_the_screen_is_ascii_but_for_what_was_written(desk: Desk) -> None:
    desk.write_config("ascii = true\n")
    terminal = desk.open("--practice", "-m", "practice/cut", rows=20)
    welcome(terminal)
    send_prompt(terminal, "a │ b")

    def ornaments() -> str:
        return "".join(sign for sign in terminal.text().replace("a │ b", "") if not sign.isascii())

    terminal.wait_for("ended: truncated-body")
    terminal.wait_for("! -> ")
    assert ornaments() == ""
    terminal.press("ctrl+l")
    terminal.wait_for(" found")
    assert ornaments() == ""
    terminal.press("escape", "f1")
    terminal.wait_for(say("help.title"))
    assert ornaments() == ""


@pytest.mark.slow
def test_a_terminal_that_takes_no_unicode_gets_no_ornaments_either(desk: Desk) -> None:
    environ = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    terminal = desk.open("--practice", environ=environ, rows=20)
    terminal.wait_for("+--------")
    terminal.wait_for("Enter send - ")
    assert "???" not in terminal.text()
