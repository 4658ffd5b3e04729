"""No meaning by colour alone: whoever speaks, thinks or was cut is told by a sign of its own."""

import pytest

from tui.ui.log.ornament import ornaments


@pytest.mark.parametrize("ascii", [False, True])
def test_each_has_a_sign_of_its_own(ascii: bool) -> None:
    signs = ornaments(ascii=ascii)
    speakers = [signs.you, signs.reply, signs.note, signs.thought, signs.tool, signs.advice]
    assert len(set(speakers)) == len(speakers)
    assert all(sign.isascii() for sign in speakers) is ascii
