"""The app compares two real llama.cpp models and one that fails: one is stopped, one adopted and asked again."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.llama import LlamaServer
from tests.ui.desk import Desk, send_prompt, wait_for_status, welcome
from tests.ui.screens.test_comparing import beside, mark

pytestmark = pytest.mark.real


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as desk:
        yield desk


def write_config(desk: Desk, tiny: LlamaServer, think: LlamaServer) -> None:
    """Three providers, at the last of which nothing listens; `think` goes on until it is stopped."""
    urls = {"one": tiny.base_url, "two": think.base_url, "gone": "http://127.0.0.1:9/v1"}
    tables = (f'[providers.{name}]\nbase_url = "{url}"\n' for name, url in urls.items())
    endless = '[models."two/think"]\nextra = { ignore_eos = true }\n'
    desk.write_config(f'model = "gone/x"\ndiscovery = "off"\n{"".join(tables)}{endless}')


@pytest.mark.parametrize("columns", [80, 120, 200])
def test_one_is_stopped_one_is_adopted_and_gets_the_next_prompt(
    desk: Desk, llama: LlamaServer, llama_think: LlamaServer, columns: int
) -> None:
    write_config(desk, llama, llama_think)
    terminal = desk.open(columns=columns, rows=50)
    welcome(terminal)
    mark(terminal, "one/tiny", "two/think", "gone/x")
    send_prompt(terminal, "How is a weir read?")
    outcomes = ("complete", "streaming", "connect-refused")
    wanted = beside(*outcomes) if columns > 80 else re.compile(".*".join(outcomes), re.DOTALL)
    terminal.wait_for(wanted)
    terminal.wait_for("connect-refused  Connection")
    terminal.press("tab")
    terminal.wait_for(re.compile("^▌", re.MULTILINE))
    terminal.press("tab")
    terminal.wait_for("▌two/think")
    terminal.press("escape")
    terminal.wait_gone("streaming")
    terminal.wait_for("cancelled")
    llama_think.wait_idle()
    terminal.press("shift+tab")
    terminal.wait_for("▌one/tiny")
    terminal.press("enter")
    terminal.wait_for("◆ one/tiny  ◀ 1/3 ▶")
    wait_for_status(terminal, "^ *one +tiny ")
    send_prompt(terminal, "And in a flood?")
    terminal.wait_for("█ And in a flood?")
    stored = [("complete",), ("cancelled",), ("connect-refused",), ("complete",)]
    query = "SELECT reply.outcome FROM reply JOIN turn ON turn.id = reply.turn ORDER BY turn.position, reply.position"
    terminal.wait_for(lambda _: desk.stored(query) == stored)
    assert desk.stored("SELECT chosen, adopted FROM turn ORDER BY position") == [(0, 1), (0, 0)]
