"""Who writes an open reply, and whether that process still runs."""

import os
import subprocess
import sys

import pytest

from tests.chat.sample import wait_for
from tui.chat.owner import current_owner, is_alive


def test_this_process_lives() -> None:
    assert current_owner().startswith(f"{os.getpid()}:")
    assert current_owner() == current_owner()
    assert is_alive(current_owner())


@pytest.mark.parametrize("owner", ["", ":", "abc:1", "-1:5", ":5"])
def test_no_owner_at_all_is_dead(owner: str) -> None:
    assert not is_alive(owner)


TELLS = sys.platform == "linux"
"""Whether the system tells of a process more than that there is one: when it began, and that it has ended."""


def test_a_process_that_ended_is_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        owner = f"{process.pid}:"
        assert is_alive(owner)
        process.kill()
        if TELLS:  # a zombie writes no more, and in a container it may stay for ever
            wait_for(lambda: not is_alive(owner))
            assert process.returncode is None
    assert not is_alive(owner)


def test_a_later_process_of_the_same_number_is_another_one() -> None:
    number, _, start = current_owner().partition(":")
    assert (start != "") is TELLS
    assert is_alive(f"{number}:{int(start or 0) + 1}") is not TELLS
    assert is_alive(f"{number}:"), "where the start is not known, the number has to do"


def test_another_person_s_process_lives() -> None:
    """Process 1 is always there, and for most people it is another's."""
    assert is_alive("1:")
