"""No task of every day takes more than four keys from the prompt."""

from pathlib import Path

import pytest

from tests.keystrokes import MOST, TASKS, play

QUICK = "change the model"


@pytest.mark.parametrize("name", [QUICK, *(pytest.param(one, marks=pytest.mark.slow) for one in TASKS if one != QUICK)])
async def test_a_task_takes_few_keys(name: str, tmp_path: Path) -> None:
    assert 0 < len(await play(TASKS[name], tmp_path)) <= MOST
