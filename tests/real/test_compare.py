"""`weir compare` against two real llama.cpp servers and one that fails."""

import json
from pathlib import Path

import pytest

from tests.command import Command, joined
from tests.real.llama import LlamaServer
from tests.real.tiny_model import REPLY, THOUGHT
from tests.test_compare import ROW, of_model

pytestmark = pytest.mark.real


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


def flags(weir: Command, tiny: LlamaServer, think: LlamaServer) -> tuple[str, ...]:
    """Three models at three servers; nothing listens at the last one."""
    urls = {"a": tiny.base_url, "b": think.base_url, "gone": "http://127.0.0.1:9/v1"}
    config = weir.home / "three.toml"
    config.write_text("".join(f'[providers.{name}]\nbase_url = "{url}"\nusage = true\n' for name, url in urls.items()))
    return ("--config", str(config), "-m", "a/tiny", "-m", "b/think", "-m", "gone/x", "How is a weir read?")


async def test_as_json(weir: Command, llama: LlamaServer, llama_think: LlamaServer) -> None:
    ran = await weir.run("compare", "--json", "--repeat", "2", *flags(weir, llama, llama_think))
    assert (ran.code, ran.err) == (3, b"")
    *lines, table = ran.lines
    for run in (1, 2):
        own = [line for line in lines if line["run"] == run]
        assert joined(of_model(own, "tiny"), "text") == joined(of_model(own, "think"), "text") == REPLY
        assert joined(of_model(own, "think"), "reasoning").strip() == THOUGHT
        assert of_model(own, "x")[-1]["outcome"] == "connect-refused"
    assert [list(row) for row in table["rows"]] == [ROW] * 6
    for row in table["rows"]:
        if row["outcome"] == "complete":
            assert row["tokens_in"] > 0
            assert row["tokens_out"] > 50
            assert 0 < row["first_text_ms"] <= row["duration_ms"]
        else:
            assert (row["model"], row["tokens_out"], row["tokens_per_s"]) == ("gone/x", None, None)
    assert [(one["model"], one["complete"]) for one in table["summary"]] == [
        ("a/tiny", 2),
        ("b/think", 2),
        ("gone/x", 0),
    ]


async def test_as_a_table(weir: Command, llama: LlamaServer, llama_think: LlamaServer) -> None:
    ran = await weir.run("compare", *flags(weir, llama, llama_think))
    assert ran.code == 3
    assert ran.text.startswith(f"== a/tiny ==\n{REPLY}\n== b/think ==\n{REPLY}\n== gone/x ==\n\nmodel ")
    assert THOUGHT not in ran.text
    assert ran.complaint.startswith("weir: gone/x: connect-refused: ")
    *_, tiny, think, gone = (line.split() for line in ran.text.splitlines())
    assert (tiny[:2], think[:2], gone[:2]) == (
        ["a/tiny", "complete"],
        ["b/think", "complete"],
        ["gone/x", "connect-refused"],
    )
    kept = [json.loads(line)["outcome"] for line in weir.paths.records.read_text().splitlines()]
    assert sorted(kept) == ["complete", "complete", "connect-refused"]
