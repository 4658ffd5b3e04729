"""Completion in the shells themselves: bash, and zsh and fish where they are installed (.ci/run installs them)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.completion.home import HARMFUL, furnish
from tests.pty.terminal import PtyTerminal

SHELLS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
LOAD = {
    "bash": "bind 'set show-all-if-ambiguous on'; eval \"$(weir completion bash)\"",
    "zsh": "autoload -U compinit; compinit -D; PS1='ready> '; eval \"$(weir completion zsh)\"",
    "fish": "function fish_prompt; echo 'ready> '; end; weir completion fish | source",
}


class Shell:
    """One shell with the completion loaded."""

    def __init__(self, name: str, home: Path, terminal: PtyTerminal) -> None:
        self.name, self.home, self.terminal = name, home, terminal
        terminal.wait_for("ready>" if name == "bash" else lambda screen: bool(screen.strip()))
        terminal.send(f"{LOAD[name]}; echo loa''ded\r")
        terminal.wait_for("loaded")

    def offer(self, line: str, wanted: str) -> str:
        """What the screen shows behind Tab once `wanted` is there; the line is given up."""
        self.terminal.send(f"{line}\t")
        self.terminal.wait_for(wanted)
        screen = self.terminal.text()
        self.terminal.press("ctrl+u")
        self._clear(wanted)
        return screen

    def complete(self, line: str, shown: str) -> list[str]:
        """The words of a line that Tab completes so that it shows `shown`; what is run is a program of ours."""
        told = self.home / "told"
        told.unlink(missing_ok=True)
        self.terminal.send(f"{line}\t")
        self.terminal.wait_for(shown)
        self.terminal.send("\r")
        self.terminal.wait_for(lambda _: told.exists() and bool(told.read_text()))
        self._clear(shown)
        return told.read_text().split("\n")

    def _clear(self, shown: str) -> None:
        self.terminal.press("ctrl+l")
        self.terminal.wait_gone(shown)


@pytest.fixture(params=[name for name in SHELLS if shutil.which(name)])
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shell]:
    environ = furnish(tmp_path)
    with PtyTerminal(SHELLS[request.param], env=environ, cwd=tmp_path, columns=100, rows=50, grace=0.1) as terminal:
        yield Shell(request.param, tmp_path, terminal)


@pytest.mark.slow
def test_a_shell_completes_commands_options_and_names_and_runs_none_of_them(shell: Shell, tmp_path: Path) -> None:
    screen = shell.offer("weir do", "weir doctor")
    screen = shell.offer("weir ask --provider ", "heron")
    assert "local" in screen
    shell.offer("weir ask --no-st", "--no-stream")
    shell.offer("weir ask -m local/qwen3:", "8b")
    shell.offer("weir ask -m local/", "harmed")
    assert shell.complete("weir ask -m local/qwen3:3", "30b") == ["ask", "-m", "local/qwen3:30b"]
    assert shell.complete("weir ask -m local/it", "name") == ["ask", "-m", f"local/{HARMFUL[3]}"]
    assert shell.complete("weir ask -m local/w", "blank") == ["ask", "-m", "local/with blank"]
    assert shell.complete("weir ask -m local/b", "slash") == ["ask", "-m", "local/back\\slash"]
    dollar, grave = ("local/\\$", "local/\\`") if shell.name != "fish" else ("local/\\$", "local/`")
    assert shell.complete(f"weir ask -m {dollar}", "harmed") == ["ask", "-m", f"local/{HARMFUL[0]}"]
    assert shell.complete(f"weir ask -m {grave}", "harmed") == ["ask", "-m", f"local/{HARMFUL[1]}"]
    assert shell.complete("weir ask -m local/a", "harmed") == ["ask", "-m", f"local/{HARMFUL[2]}"]
    assert shell.complete("weir ask -m 'local/w", "blank'") == ["ask", "-m", "local/with blank"]
    assert shell.complete("weir ask --model=local/qwen3:3", "30b") == ["ask", "--model=local/qwen3:30b"]
    assert not (tmp_path / "harmed").exists()
