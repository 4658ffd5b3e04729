"""Which server, model and key `weir ask` uses, and what it keeps of them."""

import asyncio
import json
import stat
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.command import KEY, MASKED, SHAPELESS_KEY, Command, at, finish, lesson, saved_replies
from tui.chat.store import Store
from tui.practice import PracticeServer
from tui.settings.config import PRACTICE
from tui.stream.outcome import Outcome


@pytest.fixture
async def practice() -> AsyncGenerator[PracticeServer, None]:
    async with PracticeServer(token_delay=0, keepalive_delay=0) as server:
        yield server


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


@pytest.mark.slow
async def test_the_config_names_the_server_the_model_and_the_key(weir: Command, practice: PracticeServer) -> None:
    weir.paths.config.mkdir(parents=True)
    weir.paths.config_file.write_text(
        f'model = "second/length"\n[providers.first]\nbase_url = "http://127.0.0.1:9/v1"\n'
        f'[providers.second]\nbase_url = "{practice.base_url}"\napi_key_env = "SECOND_KEY"\n'
        'environment = "live"\nowner = "platform team"\nsupport = "#llm-support"\n'
    )
    environ = {"SECOND_KEY": KEY, "OPENAI_API_KEY": SHAPELESS_KEY}
    ran, whole = await asyncio.gather(
        weir.run("ask", "--json", "Hello", environ=environ),
        weir.run("ask", "--json", "--provider", "second", "-m", "second/empty", "Hello", environ=environ),
    )
    record = ran.end["record"]
    assert [record[name] for name in ("route", "model", "environment", "owner", "support", "key")] == [
        *("second", "length", "live", "platform team", "#llm-support", MASKED)
    ]
    assert whole.end["record"]["model"] == "second/empty"
    assert [request.key for request in practice.requests] == [KEY] * 2


@pytest.mark.slow
async def test_a_key_goes_only_where_it_was_meant_to(weir: Command, practice: PracticeServer) -> None:
    environ = {"OPENAI_API_KEY": KEY, "OTHER": SHAPELESS_KEY}
    flags = ((), ("--api-key-env", "OPENAI_API_KEY"), ("--api-key-env", "OTHER"))
    await asyncio.gather(
        *(weir.run("ask", *at(practice, f"empty-{n}"), *flags[n], "Hello", environ=environ) for n in range(3))
    )
    sent = {json.loads(request.body)["model"]: request for request in practice.requests}
    assert sent["empty-0"].headers.keys() & {"authorization", "x-api-key"} == set()
    assert KEY not in repr(sent["empty-0"].headers)
    assert (sent["empty-1"].key, sent["empty-2"].key) == (KEY, SHAPELESS_KEY)


async def test_openai_s_variables_make_a_provider(weir: Command, practice: PracticeServer) -> None:
    environ = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": practice.base_url}
    ran = await weir.run("-m", "empty", "ask", "--json", "Hello", environ=environ)
    assert (ran.end["record"]["route"], practice.requests[-1].key) == ("openai", KEY)


async def test_without_any_server_it_says_what_to_set(weir: Command) -> None:
    """The well-known ports of local servers have to be closed on this machine."""
    ran = await weir.run("ask", "--json", "Hello")
    assert (ran.code, ran.err) == (2, b"")
    (line,) = ran.lines
    assert line["type"] == "error"
    for name in ("OPENAI_API_KEY", "--base-url", "config", "--practice"):
        assert name in line["message"]


@pytest.mark.slow
async def test_the_model_is_the_last_that_answered_else_the_first_of_the_list(
    weir: Command, practice: PracticeServer
) -> None:
    server = ("--base-url", practice.base_url, "--retries", "0")

    async def asked(*flags: str) -> tuple[str, int]:
        ran = await weir.run("ask", "--json", *server, *flags, "Hello")
        return ran.end["record"]["model"], ran.code

    assert await asked("-m", "no-such-model") == ("no-such-model", 4)
    assert await asked() == ("markdown", 0)
    assert await asked("-m", "length") == ("length", 5)
    assert await asked() == ("length", 5)
    assert [request.path for request in practice.requests].count("/v1/models") == 1


@pytest.mark.slow
async def test_a_flag_s_server_is_the_only_one_whose_models_are_listed(weir: Command, practice: PracticeServer) -> None:
    async with PracticeServer(token_delay=0) as other:
        config = weir.home / "two.toml"
        config.write_text(
            f'[providers.one]\nbase_url = "{practice.base_url}"\n[providers.two]\nbase_url = "{other.base_url}"\n'
        )
        flags = ("ask", "--json", "--config", str(config))
        ran = await weir.run(*flags, "--provider", "two", "Hello")
        assert (ran.end["record"]["route"], ran.end["record"]["model"]) == ("two", "markdown")
        assert practice.requests == []
        unnamed = await Command(weir.home / "fresh").run(*flags, "Hello")
    assert unnamed.code == 2
    assert "one/markdown, one/code" in unnamed.lines[0]["message"]


@pytest.mark.slow
async def test_practice_is_practice_whatever_the_config_has(weir: Command, practice: PracticeServer) -> None:
    config = weir.home / "live.toml"
    config.write_text(f'model = "live/table"\n[providers.live]\nbase_url = "{practice.base_url}"\n')
    flags = ("ask", "--json", "--config", str(config), "--practice", "--retries", "0")
    own, short, unnamed, other = [
        await weir.run(*flags, *more, "Hello")
        for more in (("-m", "practice/length"), ("-m", "filter"), (), ("-m", "live/reasoning"))
    ]
    asked = [(ran.end["record"]["route"], ran.end["record"]["model"]) for ran in (own, short, unnamed, other)]
    assert asked == [(PRACTICE, name) for name in ("length", "filter", "filter", "live/reasoning")]
    fresh = await Command(weir.home / "fresh").run(*flags, "Hello")
    assert (fresh.end["record"]["route"], fresh.end["record"]["model"]) == (PRACTICE, "markdown")
    assert practice.requests == []


async def test_a_list_that_cannot_be_had_is_the_reason(weir: Command) -> None:
    ran = await weir.run("ask", "--json", "--base-url", "http://127.0.0.1:1/v1", "Hello")
    assert ran.code == 2
    (line,) = ran.lines
    assert line["type"] == "error"
    assert "Connection refused by 127.0.0.1:1" in line["message"]


@pytest.mark.slow
async def test_a_conversation_is_kept_only_if_asked_for(weir: Command, practice: PracticeServer) -> None:
    other = Command(weir.home / "other")
    await asyncio.gather(
        weir.run("ask", "--save", *at(practice, "table"), "Hello"), other.run("ask", *at(practice, "table"), "Hello")
    )
    assert saved_replies(weir) == [("table", Outcome.COMPLETE.value, lesson("table"))]
    assert stat.S_IMODE(weir.paths.database.stat().st_mode) == 0o600
    assert not other.paths.data.exists()


async def test_a_store_that_cannot_be_opened_costs_no_answer(weir: Command, practice: PracticeServer) -> None:
    (weir.home / "data").write_text("a file where the folder should be")
    ran = await weir.run("ask", "--save", *at(practice, "table"), "Hello")
    assert (ran.code, ran.text) == (0, lesson("table") + "\n")
    assert "What is new is held in memory" in ran.complaint


@pytest.mark.slow
async def test_what_could_not_be_kept_is_said(weir: Command, practice: PracticeServer) -> None:
    """A disk that is full once the database is there."""
    store = Store(weir.paths.database, lambda trouble: None)
    assert store.latest_conversation() is None
    assert store.close() == 0
    flags = ("ask", "--save", *at(practice, "table"))
    async with weir.start(*flags, stdin=PIPE, shell='ulimit -f 80; exec "$@"') as process:
        ran = await finish(process, b"A long prompt. " * 20_000)
    assert (ran.code, ran.text) == (0, lesson("table") + "\n")
    first, last = ran.complaint.splitlines()
    assert first.startswith(f"weir: {weir.paths.database} cannot be written now (")
    assert last == f"weir: 3 changes could not be written to {weir.paths.database} before leaving."


@pytest.mark.slow
async def test_every_request_leaves_one_record_for_its_owner_only(weir: Command, practice: PracticeServer) -> None:
    ran = await asyncio.gather(
        *(weir.run("ask", "--json", *at(practice, name), "My secret prompt") for name in ("table", "500"))
    )
    kept = [json.loads(line) for line in weir.paths.records.read_text().splitlines()]
    assert sorted(kept, key=repr) == sorted((one.end["record"] for one in ran), key=repr)
    assert stat.S_IMODE(weir.paths.records.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (weir.paths.state, weir.paths.state.parent)} == {0o700}
    assert sorted(weir.files()) == ["state/weir/records.jsonl", "state/weir/records.lock", "state/weir/state.toml"]
    for content in weir.files().values():
        assert b"My secret prompt" not in content
        assert lesson("table").splitlines()[0].encode() not in content


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "masked"), [(KEY, MASKED), (SHAPELESS_KEY, "…nine")], ids=["with a known shape", "of no shape at all"]
)
async def test_a_key_is_never_shown_nor_written(
    weir: Command, practice: PracticeServer, key: str, masked: str
) -> None:
    """Both answers repeat the key that they received."""
    ran = await asyncio.gather(
        *(
            weir.run("ask", mode, *at(practice, name), "--api-key-env", "THE_KEY", "Hi", environ={"THE_KEY": key})
            for name, mode in (("401", "--save"), ("429", "--json"))
        )
    )
    assert [request.key for request in practice.requests] == [key] * 2
    files = weir.files()
    assert set(files) >= {"state/weir/records.jsonl", "data/weir/weir.db"}
    for content in (*(one.out + one.err for one in ran), *files.values()):
        assert key.encode() not in content
        assert key[:20].encode() not in content
        assert key[-20:].encode() not in content
    records = [json.loads(line) for line in weir.paths.records.read_text().splitlines()]
    assert [record["key"] for record in records] == [masked] * 2
    assert all(masked in record["error"]["message"] for record in records)
    assert [one.code for one in ran] == [4, 4]
    assert masked in ran[0].complaint
    assert (ran[1].end["outcome"], ran[1].end["retry_after_s"], ran[1].end["retryable"]) == ("rate-limited", 2, True)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--template", "x", "--set", "cdoe=1"), "weir: --set cdoe: there is no such variable in x; known: code"),
        (("--template", "bad"), "bad.md: line 2: kind must be a text"),
    ],
)
async def test_a_mistake_about_a_template_is_named_first(weir: Command, flags: tuple[str, ...], said: str) -> None:
    weir.paths.prompts.mkdir(parents=True)
    (weir.paths.prompts / "x.md").write_text("hello {{code}}")
    (weir.paths.prompts / "bad.md").write_text("+++\nkind = 3\n+++\nhi")
    ran = await weir.run("ask", "--practice", *flags)
    assert (ran.code, said in ran.complaint, "there is no prompt" in ran.complaint) == (2, True, False)
