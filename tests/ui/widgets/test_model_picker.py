import re
import tomllib

import pytest
from textual.app import App

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, Sentence, pick_model, say, send_prompt, sentence, spoken, wait_for_status, welcome
from tests.ui.server import RawServer, ServedPractice
from tui.chat.catalogue import Model, ModelCatalogue
from tui.settings.provider import Provider
from tui.text.language import load_language
from tui.ui.widgets.model_picker import ModelPicker


def rows(terminal: PtyTerminal) -> list[str]:
    """What the picker lists, from top to bottom."""
    inner = [row.split("│")[1].strip("● ▁▂▃▄▅▆▇█") for row in terminal.text().splitlines() if row.count("│") == 2]
    return [row for row in inner[2:] if "/" in row]


def open_picker(terminal: PtyTerminal) -> None:
    """Open it and wait until the providers have answered."""
    welcome(terminal)
    terminal.press("ctrl+l")
    terminal.wait_for(say("picker.title"))
    terminal.wait_gone(say("picker.asking"))


def test_every_typed_word_must_be_in_the_name(desk: Desk) -> None:
    names = ("deepseek-chat", "deepseek-coder", "qwen3-coder", "llama")
    with RawServer(names) as server:
        desk.write_config(f'[providers.acme]\nbase_url = "{server.base_url}"\n')
        terminal = desk.open()
        open_picker(terminal)
        terminal.wait_for(spoken("picker.count", count=4))
        terminal.send("coder")
        terminal.wait_for(spoken("picker.count", count=2))
        assert rows(terminal) == ["acme/qwen3-coder", "acme/deepseek-coder"]
        terminal.send(" deep")
        terminal.wait_for(spoken("picker.count", count=1))
        assert rows(terminal) == ["acme/deepseek-coder"]


def test_enter_chooses_and_the_next_start_uses_the_choice(desk: Desk, raw_server: RawServer) -> None:
    desk.write_config(f'model = "acme/raw"\n[providers.acme]\nbase_url = "{raw_server.base_url}"\n')
    raw_server.models = ("raw", "other")
    terminal = desk.open()
    open_picker(terminal)
    terminal.wait_for("acme/other")
    terminal.press("down", "enter")
    wait_for_status(terminal, "acme  other")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    state = tomllib.loads((desk.state / "state.toml").read_text(encoding="utf-8"))
    assert state["model"] == {"value": "acme/other", "config_value": "acme/raw"}
    wait_for_status(desk.open(), "acme  other")


def test_a_key_pressed_twice_does_no_more_than_once(desk: Desk, raw_server: RawServer) -> None:
    raw_server.models = ("raw", "other")
    terminal = desk.open("--base-url", raw_server.base_url, "-m", "raw")
    for keys in (("enter", "enter"), ("escape", "escape"), ("enter", "escape")):
        open_picker(terminal)
        terminal.send("other")
        terminal.wait_for(spoken("picker.count", count=1))
        terminal.press(*keys)
        terminal.wait_gone(say("picker.title"))
    terminal.send("alive")
    terminal.wait_for("│ alive")


@pytest.mark.slow
def test_escape_leaves_the_model_as_it_was(desk: Desk, raw_server: RawServer) -> None:
    raw_server.models = ("raw", "other")
    terminal = desk.open("--base-url", raw_server.base_url, "-m", "raw")
    open_picker(terminal)
    terminal.wait_for("other")
    terminal.press("down", "escape")
    terminal.wait_gone(say("picker.title"))
    wait_for_status(terminal, "raw  ready")
    assert not (desk.state / "state.toml").exists()


def test_a_list_that_fails_says_why_and_hides_no_other(desk: Desk) -> None:
    names = [f"model-{number:02}" for number in range(60)]
    with RawServer(names) as good, RawServer(()) as broken:
        desk.write_config(
            f'[providers.broken]\nbase_url = "{broken.base_url}"\n[providers.good]\nbase_url = "{good.base_url}"\n'
        )
        terminal = desk.open()
        open_picker(terminal)
        terminal.wait_for(Sentence("broken: " + sentence("server-error", status=500)))
        assert rows(terminal)[:2] == ["good/model-00", "good/model-01"]
        terminal.wait_for(spoken("picker.count", count=60))


def test_a_model_that_no_list_holds_can_be_asked_for(desk: Desk, raw_server: RawServer) -> None:
    terminal = desk.open("--base-url", raw_server.base_url, "-m", "raw")
    open_picker(terminal)
    terminal.send("hidden-model")
    host = raw_server.base_url.split("/")[2]
    terminal.wait_for(say("picker.literal", model="hidden-model", provider=host))
    terminal.press("enter")
    wait_for_status(terminal, "hidden-model  ready")
    send_prompt(terminal)
    assert raw_server.next_exchange().body["model"] == "hidden-model"


def test_control_characters_in_names_are_symbols(desk: Desk, raw_server: RawServer) -> None:
    hostile = "m\x1b]52;c;ZXZpbA==\x07[bold]\u202e[/x]\x9b"
    raw_server.models = (hostile, "plain")
    terminal = desk.open("--base-url", raw_server.base_url, "-m", "plain")
    open_picker(terminal)
    terminal.wait_for("m␛]52;c;ZXZpbA==␇[bold]⯑[/x]␦")
    terminal.send("zxz")
    terminal.wait_for(spoken("picker.count", count=1))
    terminal.press("enter")
    wait_for_status(terminal, r"m␛\]52;c;ZXZpbA==␇\[bold\]⯑\[/x\]␦  ready")
    send_prompt(terminal)
    assert raw_server.next_exchange().body["model"] == hostile
    terminal.wait_for("◆ 127.0.0.1:" + raw_server.base_url.split(":")[2].split("/")[0] + "/m␛]52;")
    for sequence in (b"\x1b]52;c;ZXZpbA", "\u202e".encode(), "\x9b".encode()):
        assert not terminal.raw_has(sequence)


@pytest.mark.slow
def test_a_paste_into_the_filter_cannot_act_on_the_terminal(desk: Desk, raw_server: RawServer) -> None:
    terminal = desk.open("--base-url", raw_server.base_url, "-m", "raw")
    open_picker(terminal)
    terminal.send("\x1b[200~ra\x9b31m\u202ew\x1b[201~")
    terminal.wait_for("│ ra␦31m⯑w ")
    assert not terminal.raw_has("\x9b".encode())
    assert not terminal.raw_has("\u202e".encode())


@pytest.mark.slow
def test_f2_goes_through_the_models_used_lately(desk: Desk, practice: ServedPractice) -> None:
    terminal = desk.open("--base-url", practice.base_url, "-m", "json")
    welcome(terminal)
    send_prompt(terminal)
    wait_for_status(terminal, "json  ended")
    pick_model(terminal, "empty")
    send_prompt(terminal)
    wait_for_status(terminal, "empty  ended")
    terminal.press("f2")
    wait_for_status(terminal, "json  ended")
    terminal.press("f2")
    wait_for_status(terminal, "empty  ended")


@pytest.mark.slow
def test_without_a_model_a_prompt_opens_the_picker_and_stays(desk: Desk) -> None:
    with RawServer(("one", "two")) as first, RawServer(("three",)) as second:
        desk.write_config(
            f'[providers.first]\nbase_url = "{first.base_url}"\n[providers.second]\nbase_url = "{second.base_url}"\n'
        )
        terminal = desk.open()
        welcome(terminal)
        wait_for_status(terminal, re.escape(say("status.no_model")))
        send_prompt(terminal, "kept")
        terminal.wait_for(say("picker.title"))
        terminal.wait_for("first/two")
        terminal.press("down", "enter")
        terminal.wait_gone(say("picker.title"))
        terminal.wait_for("│ kept")
        terminal.press("enter")
        exchange = first.next_exchange()
        assert (exchange.body["model"], exchange.body["messages"][-1]["content"]) == ("two", "kept")


async def test_enter_in_the_same_moment_as_the_filter_takes_what_was_typed() -> None:
    """The list is drawn a message later than the filter changes; Enter must not take what stood there before."""
    providers = {"acme": Provider("acme", "http://127.0.0.1:9/v1")}
    catalogue = ModelCatalogue(providers, ["acme/cut", "acme/stall", "acme/404"])
    chosen: list[Model | None] = []

    async def refresh() -> None:
        """Nothing more is known."""

    class Host(App[None]):
        """An app with nothing but the picker."""

        def on_mount(self) -> None:
            self.push_screen(ModelPicker(catalogue, refresh, None, None, load_language("en")), chosen.append)

    async with Host().run_test() as pilot:
        picker = pilot.app.screen
        assert isinstance(picker, ModelPicker)
        picker.filter_input.value = "404"
        picker.choose_highlighted()
        await pilot.pause()
    assert [model.id for model in chosen if model is not None] == ["404"]
