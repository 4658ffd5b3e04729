"""Commands that are run for what they print: how one is ended, from within and from outside, with its children."""

import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tui.settings.command import CommandFailed, CommandRun, end_session

AGES = 600.0
"""Seconds for which nobody waits."""


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def calling(server: socket.socket, *, apart: bool = False) -> str:
    """A shell line whose child connects to a server and stays as long as that; `apart`: in a session of its own."""
    lines = ["import os, socket", "os.setsid()" if apart else "", f"s = {server.getsockname()}"]
    code = "\n".join([*lines, "socket.create_connection(s).recv(1)"])
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} & wait"


def test_a_program_with_arguments_is_run_without_a_shell() -> None:
    assert CommandRun().run(("echo", "$HOME;", "ls"), os.environ, AGES) == b"$HOME; ls\n"


def test_a_session_is_ended_with_its_children(server: socket.socket) -> None:
    process = subprocess.Popen(calling(server), shell=True, start_new_session=True)
    connection, _ = server.accept()
    with connection:
        end_session(process)
        # Only the end of the child closes its side.
        assert connection.recv(1) == b""
    assert process.returncode == -9
    end_session(process)


def test_a_stop_ends_the_command_and_its_children_at_once(server: socket.socket) -> None:
    command = CommandRun()
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(command.run, calling(server), os.environ, AGES)
        connection, _ = server.accept()
        with connection:
            command.stop()
            assert connection.recv(1) == b""
        error = running.exception(60)
    assert isinstance(error, CommandFailed)
    assert str(error) == "it was stopped"


def test_a_stop_does_not_wait_for_who_left_the_session(server: socket.socket) -> None:
    """What has left keeps the output open; it lives on until the connection ends."""
    command = CommandRun()
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(command.run, calling(server, apart=True), os.environ, AGES)
        connection, _ = server.accept()
        with connection:
            command.stop()
            assert isinstance(running.exception(60), CommandFailed)
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):
                connection.recv(1)


def test_a_command_that_closed_its_output_can_be_stopped(server: socket.socket) -> None:
    command = CommandRun()
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(command.run, f"echo key; exec >&-; {calling(server)}", os.environ, AGES)
        connection, _ = server.accept()
        with connection:
            command.stop()
            assert connection.recv(1) == b""
        assert isinstance(running.exception(60), CommandFailed)


def test_what_was_stopped_before_is_not_begun() -> None:
    command = CommandRun()
    command.stop()
    with pytest.raises(CommandFailed, match="it was stopped"):
        command.run("echo key", os.environ, AGES)


def test_a_stop_after_the_end_changes_nothing() -> None:
    command = CommandRun()
    assert command.run("echo key", os.environ, AGES) == b"key\n"
    command.stop()
