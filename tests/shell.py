"""Shell: a home in which the lines of a help or of the README run as a person types them, without a network."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.command import KEY, ROOT
from tests.ui.server import ServedPractice

MODELS = {"qwen3": "markdown", "gpt-4.1": "markdown", "gemma3": "table", "deepseek-chat": "code"}
"""What stands for the models that are named."""
ADDRESSES = ("http://127.0.0.1:8080/v1", "https://api.alltkn.com/api/v1")
"""Those at which the practice provider answers instead."""


@dataclass(frozen=True, slots=True)
class Shell:
    """One person's shell."""

    environ: Mapping[str, str]
    practice: str
    """The base URL of the practice provider."""

    def run(self, line: str) -> tuple[int, str]:
        """The exit code of a line and all that it wrote."""
        for name, model in MODELS.items():
            line = re.sub(rf"(?<=-m )(\w+/)?{re.escape(name)}\b", rf"\1{model}", line)
        for address in ADDRESSES:
            line = line.replace(address, self.practice)
        ended = subprocess.run(
            ["bash", "-c", line],
            env=self.environ,
            cwd=self.environ["HOME"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        return ended.returncode, ended.stdout


@contextmanager
def open_shell(home: Path, providers: Sequence[str]) -> Iterator[Shell]:
    """A home with a config of these providers, which are all practice, and the files that the lines name."""
    with ServedPractice() as practice:
        config = home / "config" / "weir" / "config.toml"
        config.parent.mkdir(parents=True)
        tables = (f'[providers.{name}]\nbase_url = "{practice.base_url}"\n' for name in providers)
        config.write_text(f'model = "{providers[0]}/markdown"\n' + "".join(tables), encoding="utf-8")
        (home / "other.toml").write_text("")
        program = home / "bin" / "weir"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tui "$@"\n')
        program.chmod(0o755)
        (home / "capture.jsonl").write_bytes((ROOT / "tests" / "streams" / "cut.jsonl").read_bytes())
        folders = {f"XDG_{name.upper()}_HOME": str(home / name) for name in ("config", "data", "state")}
        environ = {
            **folders,
            "HOME": str(home),
            "PATH": f"{program.parent}:{os.defpath}",
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
            "ALLTKN_API_KEY": KEY,
        }
        yield Shell(environ, practice.base_url)
