"""Every command has a help with an example, and each example runs, here against the practice provider."""

import argparse
import gzip
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import ROOT
from tests.shell import Shell, open_shell
from tui.arguments import Parser, make_parser

IMPORTED = ROOT / "tests" / "chat" / "exchange" / "made" / "llm-0.36.db.gz"
PROVIDERS = "alltkn", "openrouter", "ollama", "openai"
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
def shell(tmp_path: Path) -> Iterator[Shell]:
    with open_shell(tmp_path, PROVIDERS) as shell:
        logs = tmp_path / ".config" / "io.datasette.llm" / "logs.db"
        logs.parent.mkdir(parents=True)
        logs.write_bytes(gzip.decompress(IMPORTED.read_bytes()))
        yield shell


@pytest.mark.slow
def test_every_example_runs(shell: Shell) -> None:
    assert shell.run("weir ask --save -m alltkn/markdown reset 'read timeout'")[0] == 0
    assert shell.run("weir providers add alltkn --no-test --base-url http://127.0.0.1:8080/v1 --allow-http")[0] == 0
    lines = {**EXAMPLES, "weir": f"echo Hello | {EXAMPLES['weir']} --plain"}
    lines["weir practice"] = f"timeout 2 {EXAMPLES['weir practice']} | head -1"
    for command in sorted(lines, key=lambda command: command in LATER):
        code, said = shell.run(lines[command])
        assert "Traceback" not in said, said
        assert code == CODES.get(command, 0), f"{lines[command]}: {code}\n{said}"
        assert said or ">" in lines[command] or command in ("weir export", "weir completion"), command
