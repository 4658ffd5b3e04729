"""`weir records` as a person runs it: its table, its JSON, one record whole, and what a support bundle never holds."""

import dataclasses
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.chat.sample import make_sample_record
from tests.command import KEY, MIXED, SHAPELESS_KEY, Command, Ran, finish
from tests.settings.leak import exposed
from tests.stream.peer import End, Peer, answer
from tests.stream.wire import chunk, error, event, http, opening, text
from tui.chat.journal import RecordJournal
from tui.stream.outcome import Outcome
from tui.stream.record import Record

COLUMNS = ["time", "outcome", "model", "first", "text", "in", "all", "status", "type", "id"]


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


def keep(weir: Command, *outcomes: Outcome, **fields: Any) -> list[Record]:
    """Records of these outcomes, a second apart."""
    journal = RecordJournal(weir.paths.records, pytest.fail)
    records = []
    for number, outcome in enumerate(outcomes):
        moment = f"{datetime.now(UTC):%Y-%m-%dT%H:%M}:{number:02}.000Z"
        known = {"time": moment, "route": "nest", "model": f"heron-{number}", "first_text_ms": 100 * number, **fields}
        records.append(dataclasses.replace(make_sample_record(outcome), **known))
        journal.append(records[-1])
    return records


@pytest.mark.slow
async def test_a_table_with_counts_and_a_line_of_bars(weir: Command) -> None:
    keep(weir, Outcome.COMPLETE, Outcome.STALLED, Outcome.COMPLETE, route="nest\x1b[2J")
    ran = await weir.run("records")
    head, *rows, blank, counts, bars, scale = ran.text.splitlines()
    assert head.split() == COLUMNS
    assert [row.split()[2:4] for row in rows] == [
        ["complete", "nest␛[2J/heron-0"],
        ["stalled", "nest␛[2J/heron-1"],
        ["complete", "nest␛[2J/heron-2"],
    ]
    assert (blank, counts, bars) == ("", "3 records: complete 2, stalled 1", "▁▅█")
    assert scale == "first text: 0.00 s to 0.20 s, median 0.10 s; without any text: 0"
    assert (ran.code, ran.complaint) == (0, "")
    limited = await weir.run("records", "--limit", "1")
    assert (limited.text.count("heron"), limited.text.count("3 records: ")) == (1, 1)
    assert "The latest 1 of 3" in limited.complaint


async def test_json_lines_are_the_records_that_fit_and_a_torn_line_is_told(weir: Command) -> None:
    records = keep(weir, Outcome.COMPLETE, Outcome.STALLED, Outcome.TRUNCATED_BODY)
    with weir.paths.records.open("a", encoding="utf-8") as file:
        file.write('{"v": 1')
    ran = await weir.run("records", "--json", "--outcome", "broken", "--since", "1d", "-m", "HERON", "--route", "nest")
    assert [json.loads(line) for line in ran.text.splitlines()] == [record.as_json() for record in records[1:]]
    assert "1 lines of " in ran.complaint
    latest = await weir.run("records", "--json", "--limit", "2", "--latency", "<1s", "--type", "chat.stream")
    assert [json.loads(line)["id"] for line in latest.text.splitlines()] == [record.id for record in records[1:]]


@pytest.mark.slow
async def test_nothing_recorded_nothing_that_fits_and_what_cannot_be_meant(weir: Command) -> None:
    empty = await weir.run("records")
    assert (empty.code, empty.text) == (0, "")
    assert empty.complaint.startswith("weir: Nothing is recorded yet")
    keep(weir, Outcome.COMPLETE)
    missed = await weir.run("records", "--outcome", "stalled")
    assert (missed.code, missed.text, missed.complaint) == (0, "", "weir: None of the 1 records fits.\n")
    for arguments in (["--outcome", "nope"], ["show", "zzz"]):
        refused = await weir.run("records", *arguments)
        assert (refused.code, refused.text) == (2, "")
        assert refused.complaint.startswith("weir: ")
        assert refused.complaint.count("\n") == 1


@pytest.mark.slow
async def test_one_record_whole_by_the_beginning_of_its_id(weir: Command) -> None:
    first, second = keep(weir, Outcome.COMPLETE, Outcome.STALLED)
    shown = await weir.run("records", "show", first.id[:8])
    assert shown.code == 0
    assert all(line in shown.text.splitlines() for line in ("How it ended", "Route", "Times"))
    assert first.id in shown.text
    assert json.loads((await weir.run("records", "show", "last", "--json")).text) == second.as_json()


async def bundle(weir: Command, *arguments: str, answers: bytes | None = None, **environ: str) -> Ran:
    return await weir.run("records", "bundle", *arguments, stdin=answers, environ=environ)


@pytest.mark.slow
async def test_a_bundle_is_shown_and_written_only_where_somebody_agrees(weir: Command) -> None:
    keep(weir, Outcome.STALLED)
    unasked = await bundle(weir, "last", "--no-doctor", answers=b"y\n")
    assert unasked.code == 2
    assert "--yes" in unasked.complaint
    assert not weir.paths.support.exists()
    written = await bundle(weir, "last", "--no-doctor", "--yes")
    (path,) = weir.paths.support.iterdir()
    assert written.code == 0
    assert written.text == path.read_text(encoding="utf-8")
    assert str(path) in written.complaint
    assert [one.stat().st_mode & 0o777 for one in (path, path.parent)] == [0o600, 0o700]
    weir.paths.support.rename(weir.paths.support.with_name("elsewhere"))
    weir.paths.support.write_text("a file where the folder should be")
    failed = await bundle(weir, "last", "--no-doctor", "--yes")
    assert failed.code == 2
    assert "could not be written" in failed.complaint


SPLIT = "wK4nP9xT2mQ7vB5zR8cD1fH6"
PROXY, USER, QUERY = "pr0xy-passage-8811", "us3r-heron-7722", "qu3ry-egret-6633"
PROMPT, REPLY, SYSTEM = "the lighthouse keeper's parrot", "quoth the porcupine", "you are a stern librarian"


@pytest.mark.slow
async def test_no_secret_no_prompt_and_no_reply_is_in_a_bundle(weir: Command) -> None:
    """Keys stand in files, variables, addresses, headers and bodies; a server echoes them and the prompt."""
    echo = error(
        f"Bad key {KEY} ({SHAPELESS_KEY}) for {PROMPT}", type=SPLIT, code=QUERY, metadata={"raw": USER},
        detail=[{"loc": ["body"], "msg": f"{SPLIT[:12]} {SPLIT[12:]}", "input": PROMPT}],
    )  # fmt: skip
    headers = (f"x-request-id: {SPLIT}", f"server: {SHAPELESS_KEY}", f"Set-Cookie: session={KEY}")
    refusal = http(401, echo, *headers)
    cut = opening(*headers) + chunk(text(REPLY)) + chunk(event(error(f"lost {KEY}: {PROMPT}, {REPLY}")))
    async with Peer(answer(cut, end=End.FIN), answer(refusal)) as peer:
        weir.paths.config.mkdir(parents=True)
        key_file = weir.home / "key"
        key_file.write_text(SHAPELESS_KEY)
        address = peer.url.replace("://", f"://{USER}:{PROXY}@")
        weir.paths.config_file.write_text(
            f'[providers.nest]\nbase_url = "{peer.url}?token={QUERY}"\napi_key_env = "NEST"\n'
            f'[providers.nest.parameters]\nsystem = "{SYSTEM}"\nstop = ["{SYSTEM}"]\n'
            f'[providers.nest.parameters.extra]\nuser = "{KEY}"\n'
            f'[providers.file]\nbase_url = "{address}"\napi_key_file = "{key_file}"\nproxy = "http://u:{PROXY}@h:1"\n'
            f'[providers.command]\nbase_url = "{peer.url}"\napi_key_command = "echo {SPLIT}"\n',
            encoding="utf-8",
        )
        environ = {"NEST": KEY, "OTHER_API_KEY": SPLIT, "HTTPS_PROXY": f"http://{USER}:{PROXY}@127.0.0.1:1"}
        for _ in range(2):
            await weir.run("ask", "-m", "nest/heron", "--retries", "0", PROMPT, environ=environ)
        kept = [json.loads(line) for line in weir.paths.records.read_text().splitlines()]
        assert [record["outcome"] for record in kept] == ["in-band-error", "invalid-key"]
        said = [await bundle(weir, record["id"], "--yes", "--doctor", **environ) for record in kept]
    assert [ran.code for ran in said] == [0, 0]
    bundles = [path.read_text(encoding="utf-8") for path in sorted(weir.paths.support.iterdir())]
    assert len(bundles) == 2
    records = weir.paths.records.read_text(encoding="utf-8")
    assert exposed(records, MIXED, 8) == [], "the key of that request"
    assert not any(words in records for words in (PROMPT, REPLY, SYSTEM))
    for written in (*bundles, *(ran.text + ran.complaint for ran in said)):
        for secret in (MIXED, SHAPELESS_KEY, SPLIT, PROXY, USER, QUERY):
            assert exposed(written, secret, 8) == []
        assert not any(words in written for words in (PROMPT, REPLY, SYSTEM))
    assert all(f"== {title} ==" in bundles[0] for title in ("record", "settings", "versions and terminal", "doctor"))
    assert "providers.nest.parameters.system = set (not shown)" in bundles[0]
    assert "providers.command.key = a command (not shown)" in bundles[0]
    assert "invalid-key" in bundles[0].partition("== doctor ==")[2]


@pytest.mark.slow
async def test_a_person_is_asked_on_a_terminal(weir: Command) -> None:
    keep(weir, Outcome.STALLED)
    for reply, code, count in ((b"n\n", 130, 0), (b"y\n", 0, 1)):
        leader, follower = os.openpty()
        try:
            os.write(leader, reply)
            arguments = ("records", "bundle", "last", "--no-doctor")
            async with weir.start(*arguments, stdin=follower, stdout=follower) as process:
                ran = await finish(process)
        finally:
            os.close(leader)
            os.close(follower)
        assert (ran.code, "[y/N]" in ran.complaint) == (code, True)
        assert len(list(weir.paths.support.glob("*"))) == count
