"""`weir providers add` and `list`: what is written, what is tried, and that no key is ever taken."""

import json
import tomllib
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.command import KEY, Command
from tests.stream.peer import Peer, answer
from tests.stream.wire import http
from tui.practice import PracticeServer

REPLY = {"choices": [{"message": {"content": "Hi."}, "finish_reason": "stop"}]}


@pytest.fixture
async def practice() -> AsyncGenerator[PracticeServer, None]:
    async with PracticeServer(token_delay=0, keepalive_delay=0) as server:
        yield server


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


def config(weir: Command) -> dict[str, object]:
    return tomllib.loads(weir.paths.config_file.read_text(encoding="utf-8"))


@pytest.mark.slow
async def test_a_known_provider_is_added_by_its_name(weir: Command) -> None:
    ran = await weir.run("providers", "add", "alltkn", "--no-test")
    assert ran.code == 0
    assert config(weir) == {
        "providers": {"alltkn": {"base_url": "https://api.alltkn.com/api/v1", "api_key_env": "ALLTKN_API_KEY"}}
    }
    assert "ALLTKN_API_KEY is not set" in ran.text


@pytest.mark.slow
async def test_one_of_ones_own_is_tried_with_a_real_stream(weir: Command, practice: PracticeServer) -> None:
    ran = await weir.run("providers", "add", "drill", "--base-url", practice.base_url, "-m", "json")
    assert (ran.code, practice.requests[-1].method) == (0, "POST")
    assert json.loads(practice.requests[-1].body)["stream"] is True
    assert "drill/json: complete: " in ran.text
    assert "weir -m drill/json" in ran.text


@pytest.mark.slow
async def test_a_verdict_that_is_bad_is_said_and_the_config_keeps_the_provider(weir: Command) -> None:
    ran = await weir.run("providers", "add", "dead", "--base-url", "http://127.0.0.1:9/v1")
    assert (ran.code, "dead/?: connect-refused: " in ran.text) == (4, True)
    assert config(weir) == {"providers": {"dead": {"base_url": "http://127.0.0.1:9/v1"}}}


@pytest.mark.slow
async def test_what_stood_in_the_config_stays_and_is_backed_up(weir: Command) -> None:
    own = '[providers.a]\nbase_url = "https://old.test/v1"\nowner = "me"\n'
    old = f"# mine\n{own}[providers.a.timeouts]\nidle = 5\n# end\n"
    weir.paths.config.mkdir(parents=True)
    weir.paths.config_file.write_text(old, encoding="utf-8")
    ran = await weir.run("providers", "add", "a", "--base-url", "https://new.test/v1", "--no-test")
    assert ran.code == 0
    assert weir.paths.config_file.read_text(encoding="utf-8") == old.replace("old.test", "new.test")
    backups = [path.read_text(encoding="utf-8") for path in weir.paths.config.glob("*.bak")]
    assert backups == [old]


async def test_a_preset_s_key_does_not_go_to_another_address(weir: Command) -> None:
    url = "http://127.0.0.1:9/v1"
    assert (await weir.run("providers", "add", "openai", "--base-url", url, "--no-test")).code == 0
    assert config(weir) == {"providers": {"openai": {"base_url": url}}}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("opnai",), '"opnai" is none of the known providers; the nearest is "openai".'),
        (("practice", "--base-url", "http://127.0.0.1:9/v1"), '"practice" cannot be the name'),
        (("a/b", "--base-url", "http://127.0.0.1:9/v1"), '"a/b" cannot be the name'),
        (("a", "--base-url", "http://127.0.0.1:9/v1", "--api-key-env", KEY), "argument --api-key-env: this is not"),
    ],
)
async def test_what_cannot_be_added_is_said_and_nothing_is_written(
    weir: Command, arguments: tuple[str, ...], said: str
) -> None:
    ran = await weir.run("providers", "add", *arguments)
    assert (ran.code, ran.complaint.startswith(f"weir: {said}")) == (2, True)
    assert weir.files() == {}
    assert KEY not in ran.complaint


@pytest.mark.slow
async def test_the_key_goes_with_the_trial_and_stays_out_of_every_file(weir: Command) -> None:
    async with Peer(answer(http(200, REPLY))) as peer:
        named = ("--base-url", peer.url, "--api-key-env", "HERON", "-m", "m")
        ran = await weir.run("providers", "add", "nest", *named, environ={"HERON": KEY})
        assert peer.visits[0].header("Authorization") == f"Bearer {KEY}"
    assert ran.code == 0
    assert not [name for name, content in weir.files().items() if KEY.encode() in content]
    listed = await weir.run("providers", "list")
    assert listed.text.startswith(f"nest  {peer.url}  environment variable HERON (not set)\n")
    assert "openrouter" in listed.text


@pytest.mark.slow
async def test_a_change_is_rolled_back_and_handed_over(weir: Command, practice: PracticeServer) -> None:
    weir.paths.config.mkdir(parents=True)
    text = f'# ours\n[providers.nest]\nbase_url = "{practice.base_url}" # good\nowner = "platform team"\n'
    weir.paths.config_file.write_text(text, encoding="utf-8")
    await weir.run("providers", "add", "nest", "--base-url", "http://127.0.0.1:9/v1", "--no-test")
    handed = await weir.run("providers", "handoff", "nest", "--json")
    sheet = json.loads(handed.out)
    assert (handed.code, sheet["owner"], sheet["rollback"]["block"]) == (0, "platform team", text.partition("\n")[2])
    rolled = await weir.run("providers", "rollback", "nest")
    assert rolled.code == 0
    assert f"base_url: http://127.0.0.1:9/v1 -> {practice.base_url}" in rolled.text
    assert weir.paths.config_file.read_text(encoding="utf-8") == text


@pytest.mark.slow
async def test_what_is_not_there_cannot_be_handed_over(weir: Command) -> None:
    handed = await weir.run("providers", "handoff", "nest")
    rolled = await weir.run("providers", "rollback", "nest")
    assert (handed.code, "it has none yet" in handed.complaint) == (2, True)
    assert (rolled.code, "no earlier table of nest is kept" in rolled.complaint) == (2, True)
