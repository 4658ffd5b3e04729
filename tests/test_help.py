"""Every command has a help with an example, and each example runs, here against the practice provider."""

import argparse
import gzip
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import ROOT
from tests.ui.server import ServedPractice
from tui.arguments import Parser, make_parser

IMPORTED = ROOT / "tests" / "chat" / "exchange" / "made" / "llm-0.36.db.gz"
PROVIDERS = "openrouter", "alltkn", "ollama", "openai"
CODES = {"weir replay": 3, "weir records bundle": 2}
"""Exit codes other than 0: the stream that is played was cut; nobody is there to be asked."""
LATER = ("weir capture purge", "weir capture off", "weir history purge", "weir providers rollback")
"""They undo what others are shown with."""


def parsers(parser: Parser) -> Iterator[Parser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from parsers(command)


def example_of(parser: Parser) -> str:
    found = re.search(r"Example: (.+)$", parser.epilog or "")
    assert found is not None, f"`{parser.prog} --help` has no example"
    return found[1]


EXAMPLES = {parser.prog: example_of(parser) for parser in parsers(make_parser())}


@pytest.mark.parametrize("command", EXAMPLES)
def test_an_example_is_of_its_command_and_can_be_understood(command: str) -> None:
    example = EXAMPLES[command]
    assert command in example
    words = shlex.split(re.sub(r' > \S+|.*\| (?=weir)|^eval "\$\(|\)"$', "", example))
    assert words[0] == "weir"
    make_parser().parse_args(words[1:])


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A home in which the examples have what they name; its environment."""
    with ServedPractice() as practice:
        config = tmp_path / "config" / "weir" / "config.toml"
        config.parent.mkdir(parents=True)
        tables = (f'[providers.{name}]\nbase_url = "{practice.base_url}"\n' for name in PROVIDERS)
        config.write_text('model = "alltkn/markdown"\n' + "".join(tables), encoding="utf-8")
        (tmp_path / "other.toml").write_text("")
        program = tmp_path / "bin" / "weir"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tui "$@"\n')
        program.chmod(0o755)
        logs = tmp_path / ".config" / "io.datasette.llm" / "logs.db"
        logs.parent.mkdir(parents=True)
        logs.write_bytes(gzip.decompress(IMPORTED.read_bytes()))
        recorded = (ROOT / "tests" / "streams" / "cut.jsonl").read_bytes()
        (tmp_path / "capture.jsonl").write_bytes(recorded)
        folders = {f"XDG_{name.upper()}_HOME": str(tmp_path / name) for name in ("config", "data", "state")}
        yield {
            **folders,
            "HOME": str(tmp_path),
            "PATH": f"{program.parent}:{os.defpath}",
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
            "PRACTICE": practice.base_url,
        }


def run(line: str, environ: dict[str, str]) -> tuple[int, str]:
    """Run a line of a shell; the models of the practice provider stand for those that are named."""
    line = re.sub(r"(?<=-m )(\w+/)?(qwen3|gpt-4.1)", r"\1markdown", line)
    line = line.replace("http://127.0.0.1:8080/v1", environ["PRACTICE"])
    ended = subprocess.run(
        ["bash", "-c", line],
        env=environ,
        cwd=environ["HOME"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    return ended.returncode, ended.stdout


@pytest.mark.slow
def test_every_example_runs(shell: dict[str, str]) -> None:
    assert run("weir ask --save -m alltkn/markdown reset 'read timeout'", shell)[0] == 0
    assert run("weir providers add alltkn --no-test --base-url http://127.0.0.1:8080/v1 --allow-http", shell)[0] == 0
    lines = {**EXAMPLES, "weir": f"echo Hello | {EXAMPLES['weir']} --plain"}
    lines["weir practice"] = f"timeout 2 {EXAMPLES['weir practice']} | head -1"
    for command in sorted(lines, key=lambda command: command in LATER):
        code, said = run(lines[command], shell)
        assert "Traceback" not in said, said
        assert code == CODES.get(command, 0), f"{lines[command]}: {code}\n{said}"
        assert said or ">" in lines[command] or command in ("weir export", "weir completion"), command
