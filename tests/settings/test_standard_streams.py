"""What the standard streams can take."""

import io

import pytest

from tui.settings.standard_streams import holds_unicode


@pytest.mark.parametrize(
    ("encoding", "holds"),
    [("utf-8", True), ("UTF8", True), ("gb18030", True), ("ascii", False), ("latin-1", False), ("gbk", False)],
)
def test_an_encoding_holds_every_character_or_not(encoding: str, holds: bool) -> None:
    assert holds_unicode(io.TextIOWrapper(io.BytesIO(), encoding=encoding)) is holds
