"""`weir models`, and the catalogue's file behind it: what is listed, from where, and what could not be had."""

import json
import tomllib
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.command import KEY, Command, at
from tests.stream.peer import Peer, answer
from tests.stream.wire import http
from tui.practice import PracticeServer
from tui.settings.state import State, write_state

LISTED = {
    "data": [
        {"id": "heron/1", "context_length": 8192, "pricing": {"prompt": "0.0000005", "completion": "0.000002"}},
        {"id": "egret"},
    ]
}


@pytest.fixture
async def practice() -> AsyncGenerator[PracticeServer, None]:
    async with PracticeServer(token_delay=0, keepalive_delay=0) as server:
        yield server


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


def configure(weir: Command, text: str) -> None:
    weir.paths.config.mkdir(parents=True, exist_ok=True)
    weir.paths.config_file.write_text('discovery = "off"\n' + text, encoding="utf-8")


def two(good: str, broken: str) -> str:
    return f'[providers.good]\nbase_url = "{good}"\n[providers.broken]\nbase_url = "{broken}"\n'


@pytest.mark.slow
async def test_every_provider_is_listed_and_a_broken_one_has_its_verdict(weir: Command) -> None:
    async with Peer(answer(http(200, LISTED))) as good, Peer(answer(http(500, "no"))) as broken:
        configure(weir, two(good.url, broken.url))
        ran = await weir.run("models", "--json")
    assert ran.code == 0
    said = json.loads(ran.text)
    assert said["models"] == [
        {"provider": "good", "id": "heron/1", "context": 8192, "price_in": 0.5, "price_out": 2.0, "source": "listed",
         "age_s": 0},
        {"provider": "good", "id": "egret", "context": None, "price_in": None, "price_out": None, "source": "listed",
         "age_s": 0},
    ]  # fmt: skip
    assert [(error["provider"], error["outcome"]) for error in said["errors"]] == [("broken", "server-error")]
    assert "(500)" in said["errors"][0]["message"]


@pytest.mark.slow
async def test_offline_the_lists_of_before_are_shown_with_their_age(weir: Command) -> None:
    async with Peer(answer(http(200, LISTED))) as good:
        configure(weir, f'[providers.good]\nbase_url = "{good.url}"\n')
        assert (await weir.run("models")).code == 0
        kept = json.loads(weir.paths.models.read_bytes())
        assert [model[0] for model in kept["providers"]["good"]["models"]] == ["heron/1", "egret"]
        kept["providers"]["good"]["time"] -= 7300
        weir.paths.models.write_text(json.dumps(kept), encoding="utf-8")
    ran = await weir.run("models")
    rows = [line.split() for line in ran.text.splitlines()]
    assert rows == [
        ["model", "context", "$/M", "in", "$/M", "out", "listed"],
        ["good/heron/1", "8192", "0.5", "2", "2", "h", "ago"],
        ["good/egret", "2", "h", "ago"],
    ]
    assert ran.code == 4, "no list was had"
    assert ran.complaint.startswith("weir: good: connect-refused: ")
    assert "2 h ago" in ran.complaint


@pytest.mark.slow
async def test_a_list_of_another_address_is_not_shown(weir: Command) -> None:
    async with Peer(answer(http(200, LISTED))) as good:
        configure(weir, f'[providers.good]\nbase_url = "{good.url}"\n')
        await weir.run("models")
    configure(weir, '[providers.good]\nbase_url = "http://127.0.0.1:9/v1"\n')
    assert (await weir.run("models")).text == ""


@pytest.mark.slow
async def test_what_was_asked_here_is_known_by_its_speed(weir: Command, practice: PracticeServer) -> None:
    configure(weir, f'[providers.drill]\nbase_url = "{practice.base_url}"\n')
    assert (await weir.run("ask", "-m", "drill/markdown", "Hi")).code == 0
    ran = await weir.run("models")
    head, first = ran.text.splitlines()[:2]
    assert first.split()[0] == "drill/markdown", "the recent one comes first"
    column = head.index("first text")
    assert first[column : column + len("first text")].split()[1:] == ["s"]


@pytest.mark.slow
async def test_one_route_is_the_only_one_that_is_asked(weir: Command) -> None:
    async with Peer(answer(http(200, LISTED))) as good, Peer(answer(http(500, "no"))) as broken:
        configure(weir, two(good.url, broken.url))
        ran = await weir.run("models", "--provider", "good")
        assert (len(ran.text.splitlines()), ran.complaint, broken.visits) == (3, "", [])


@pytest.mark.slow
async def test_names_of_models_cannot_act_on_a_terminal(weir: Command) -> None:
    async with Peer(answer(http(200, {"data": [{"id": "m\x1b]0;x\x07"}]}))) as peer:
        configure(weir, f'[providers.good]\nbase_url = "{peer.url}"\n')
        plain, as_json = await weir.run("models"), await weir.run("models", "--json")
    assert b"\x1b" not in plain.out + as_json.out
    assert json.loads(as_json.text)["models"][0]["id"] == "m\x1b]0;x\x07"


@pytest.mark.slow
async def test_a_key_that_a_list_echoes_is_kept_nowhere(weir: Command) -> None:
    async with Peer(answer(http(200, {"data": [{"id": KEY}, {"id": "good"}]}))) as peer:
        configure(weir, f'[providers.good]\nbase_url = "{peer.url}"\napi_key_env = "HERON"\n')
        await weir.run("models", environ={"HERON": KEY})
    assert not [name for name, content in weir.files().items() if KEY.encode() in content]


@pytest.mark.slow
async def test_without_a_provider_it_says_what_to_set(weir: Command) -> None:
    configure(weir, "")
    ran = await weir.run("models", "--json")
    assert (ran.code, json.loads(ran.text)["type"]) == (2, "error")


@pytest.mark.slow
async def test_favourites_come_first(weir: Command) -> None:
    write_state(weir.paths.state_file, State(favourites=("good/egret",)))
    async with Peer(answer(http(200, LISTED))) as good:
        configure(weir, f'[providers.good]\nbase_url = "{good.url}"\n')
        ran = await weir.run("models")
    assert [line.split()[0] for line in ran.text.splitlines()[1:]] == ["good/egret", "good/heron/1"]
    assert tomllib.loads(weir.paths.state_file.read_text(encoding="utf-8"))["favourites"] == ["good/egret"]


@pytest.mark.slow
async def test_parameters_by_flag_and_by_config(weir: Command, practice: PracticeServer) -> None:
    configure(weir, f'[providers.drill]\nbase_url = "{practice.base_url}"\n[models."drill/json"]\nseed = 5\n')
    flags = ("--temperature", "0.5", "--top-p", "0.9", "--max-tokens", "50", "--stop", "a", "--stop", "b")
    more = ("--effort", "low", "--extra", "top_k = 4")
    assert (await weir.run("ask", "-m", "drill/json", *flags, *more, "Hi")).code == 0
    body = json.loads(practice.requests[-1].body)
    del body["messages"]
    assert body == {
        "model": "json", "stream": True, "temperature": 0.5, "top_p": 0.9, "max_tokens": 50, "seed": 5,
        "stop": ["a", "b"], "reasoning_effort": "low", "top_k": 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--temperature", "3"), "--temperature must be a number from 0 to 2"),
        (("--max-tokens", "0"), "--max-tokens must be a whole number, at least 1"),
        (("--extra", "model = 'x'"), "--extra.model is set by weir itself"),
        (("--extra", "= 5"), "argument --extra: this is not TOML"),
        (("--seed", "x"), "argument --seed: invalid int value"),
    ],
)
async def test_a_parameter_that_cannot_be_sent(
    weir: Command, practice: PracticeServer, flags: tuple[str, ...], said: str
) -> None:
    ran = await weir.run("ask", *at(practice, "json"), *flags, "Hi")
    assert (ran.code, ran.complaint.startswith(f"weir: {said}")) == (2, True)
    assert practice.requests == []
