"""A provider is connected in the app: tried with a real stream, written, used at once; never a key in any of it."""

import tomllib
from pathlib import Path

import pytest
from textual import events

from tests.ui.desk import Desk, say, send_prompt, spoken, wait_for_status, welcome
from tests.ui.opened import make_app, make_opener, until
from tests.ui.server import RawServer, ServedPractice
from tui.settings.secrets import mask_url
from tui.ui.screens.chat import ChatScreen
from tui.ui.screens.provider_form import ProviderForm

KEY = "sk-heron7dQ" + "w8xKp2Vt5Lm9"


def config(desk: Desk) -> object:
    return tomllib.loads((desk.config / "config.toml").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_one_that_works_is_written_and_used_at_once(desk: Desk, raw_server: RawServer) -> None:
    terminal = desk.open(environ={"HERON": KEY})
    welcome(terminal)
    terminal.press("f4")
    terminal.wait_for(spoken("connect.hint"))
    terminal.send(raw_server.base_url.removeprefix("http://"))
    terminal.wait_for(mask_url(raw_server.base_url))
    terminal.press("tab")
    terminal.send("nest")
    terminal.press("tab")
    terminal.send("HERON")
    terminal.wait_for(spoken("connect.set", variable="HERON"))
    terminal.press("enter")
    stream = raw_server.next_stream()
    assert f"Authorization: Bearer {KEY}".lower() in stream.head.lower()
    stream.say("Hi.")
    stream.finish()
    terminal.wait_for("nest/raw: complete")
    assert not (desk.config / "config.toml").exists(), "nothing is written before a second Enter"
    terminal.press("enter")
    wait_for_status(terminal, r"nest  raw  ready")
    assert config(desk) == {"providers": {"nest": {"base_url": raw_server.base_url, "api_key_env": "HERON"}}}
    send_prompt(terminal, "hello")
    assert raw_server.next_stream().body["messages"] == [{"role": "user", "content": "hello"}]
    assert KEY not in terminal.text()
    assert not [path for path, content in desk.files().items() if KEY.encode() in content]


@pytest.mark.slow
def test_one_that_fails_is_told_and_can_be_written_all_the_same(desk: Desk, practice: ServedPractice) -> None:
    old = '# mine\n[providers.drill]\nbase_url = "http://127.0.0.1:9/v1"\nowner = "me"\n'
    desk.write_config(old)
    terminal = desk.open("--practice")
    welcome(terminal)
    terminal.press("f4")
    terminal.wait_for(spoken("connect.hint"))
    terminal.send(practice.base_url)
    terminal.press("tab")
    terminal.send("drill")
    terminal.wait_for(spoken("connect.there", name="drill"))
    terminal.press("tab", "tab")
    terminal.send("500")
    terminal.press("enter")
    terminal.wait_for("drill/500: server-error")
    terminal.wait_for(spoken("connect.write_anyway", path=desk.config / "config.toml"))
    terminal.press("enter")
    wait_for_status(terminal, r"drill  500  ready")
    assert (desk.config / "config.toml").read_text() == old.replace("http://127.0.0.1:9/v1", practice.base_url)
    assert [path.read_text() for path in desk.config.glob("*.bak")] == [old]


@pytest.mark.slow
def test_a_key_where_its_variable_belongs_is_not_taken(desk: Desk) -> None:
    terminal = desk.open("--practice")
    welcome(terminal)
    terminal.press("f4")
    terminal.wait_for(spoken("connect.hint"))
    terminal.send("openrouter")
    terminal.wait_for(spoken("connect.unset", variable="OPENROUTER_API_KEY"))
    terminal.press("tab", "tab")
    terminal.send(KEY)
    terminal.wait_for(spoken("connect.no_variable"))
    terminal.press("enter", "enter", "escape")
    terminal.wait_gone(say("connect.title"))
    assert not [path for path, content in desk.files().items() if KEY.encode() in content]


async def test_keys_that_come_all_at_once_are_taken_in_their_order(tmp_path: Path) -> None:
    app = make_app(tmp_path, make_opener(tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.workspace is not None and isinstance(app.screen, ChatScreen))
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(form := app.screen, ProviderForm) and form.focused is form.what)
        form = app.screen
        assert isinstance(form, ProviderForm)
        for key in (*"openx", "backspace", *"ai", "ctrl+u", *"deep", "tab", *"neXt", "shift+tab", *"seek"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: (form.what.value, form.title_line.value) == ("seek", "neXt"))
        assert app.workspace is not None
        await app.workspace.close()
