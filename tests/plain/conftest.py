"""A home folder and a server whose bytes the test sends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.desk import Desk
from tests.ui.server import RawServer


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as desk:
        yield desk


@pytest.fixture
def raw_server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server
