"""A real sshd on loopback with a host key and a user key of its own, for the user who runs the tests."""

import os
import pwd
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

_HOST = "127.0.0.1"
_START_LIMIT, _END_LIMIT = 20.0, 10.0
_ATTEMPTS = 5
_PRIVILEGE_SEPARATION = Path("/run/sshd")
"""Where Debian's sshd locks up its unprivileged half when root starts it; the service makes it, a test has to."""
_CONFIGURATION = """\
ListenAddress {host}
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM {pam}
PrintMotd no
PrintLastLog no
"""


class Sshd:
    """A context manager: it answers on entry, and is ended by its pid on exit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "sshd.log"
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def login(self, environ: Mapping[str, str], *command: str) -> list[str]:
        """The command line of a client that runs a command there, on a terminal, with these variables added."""
        given = [f"{name}={value}" for name, value in environ.items()]
        return [
            _find("ssh"), "-tt", "-F", "none", "-i", str(self._folder / "user"), "-p", str(self._port),
            "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR",
            "-o", f"UserKnownHostsFile={self._folder / 'known'}", "-l", pwd.getpwuid(os.geteuid()).pw_name, _HOST,
            f"exec {shlex.join(['env', *given, *command])}",
        ]  # fmt: skip

    def weir(self, environ: Mapping[str, str], *arguments: str) -> list[str]:
        """The command line of a client that runs weir there."""
        return self.login(environ, sys.executable, "-m", "tui", *arguments)

    def __enter__(self) -> Self:
        for name in ("host", "user"):
            key = ["-t", "ed25519", "-N", "", "-f", str(self._folder / name)]
            subprocess.run([_find("ssh-keygen"), "-q", *key], check=True)
        if os.geteuid() == 0:
            _PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)
        for _ in range(_ATTEMPTS):  # another program may take the port that was free a moment ago
            if self._start():
                return self
        raise AssertionError(f"sshd does not answer; what it said:\n{self._log.read_text()}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _start(self) -> bool:
        with socket.create_server((_HOST, 0)) as free:
            self._port = free.getsockname()[1]
        text = _CONFIGURATION.format(
            host=_HOST, port=self._port, folder=self._folder, pam="yes" if os.geteuid() == 0 else "no"
        )
        (self._folder / "config").write_text(text, encoding="utf-8")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [_find("sshd"), "-D", "-e", "-f", str(self._folder / "config")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        limit = time.monotonic() + _START_LIMIT
        while self._process.poll() is None and time.monotonic() < limit:
            if self._answers():
                return True
            time.sleep(0.05)
        self._end()
        return False

    def _answers(self) -> bool:
        try:
            with socket.create_connection((_HOST, self._port), timeout=_START_LIMIT) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False  # it does not listen yet

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_END_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _find(program: str) -> str:
    """Its whole path, which sshd insists on."""
    path = shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    assert path, f"these tests need {program} (on Debian: apt-get install openssh-server tmux)"
    return path
