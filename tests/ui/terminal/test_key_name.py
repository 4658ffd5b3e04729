"""Which names of keys are taken."""

import pytest

from tui.ui.terminal.key_name import is_key


@pytest.mark.parametrize("names", ["enter", "ctrl+s", "ctrl+j,shift+enter", "f5", "shift+f2", "a", "minus", "pageup"])
def test_a_key(names: str) -> None:
    assert is_key(names)


@pytest.mark.parametrize("names", ["", "ctrl+nonsense", "control+s", "ctrl+", "enter,", "enter,wrong"])
def test_no_key(names: str) -> None:
    assert not is_key(names)
