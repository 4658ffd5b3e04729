"""weir killed in the middle of a stream, as a person has it open."""

import pytest

from tests.bench.kill import run_rounds


@pytest.mark.slow
def test_a_kill_leaves_the_database_whole_and_passes_nothing_for_complete() -> None:
    found = list(run_rounds(5, 2))
    assert [one.honest for one in found] == [True] * 5
