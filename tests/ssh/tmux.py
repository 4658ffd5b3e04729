"""A tmux server of its own, with tmux's defaults, for one test."""

import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self


class Tmux:
    """A context manager; on exit the server is told to end, if one was ever started. `folder` has a short path."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("tmux")
        assert program, "these tests need tmux (on Debian: apt-get install tmux)"
        self._command = [program, "-f", "/dev/null", "-S", str(folder / "socket")]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run([*self._command, "kill-server"], check=False, capture_output=True, timeout=20)

    def begin(self, *command: str) -> list[str]:
        """The command line that opens a session with a program in it."""
        return [*self._command, "new-session", "-s", "weir", *command]

    @property
    def attach(self) -> list[str]:
        """The command line that comes back to the session."""
        return [*self._command, "attach-session", "-t", "weir"]

    def ask(self, *arguments: str) -> str:
        """What a command of tmux prints."""
        run = subprocess.run([*self._command, *arguments], check=True, capture_output=True, timeout=20)
        return run.stdout.decode()
