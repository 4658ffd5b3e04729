"""A store of one's own in an empty folder, closed at the end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tui.chat.database import StoreTrouble
from tui.chat.store import Store

Opener = Callable[[], Store]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "weir.db"


@pytest.fixture
def troubles() -> list[StoreTrouble]:
    return []


@pytest.fixture
def open_store(path: Path, troubles: list[StoreTrouble]) -> Iterator[Opener]:
    stores: list[Store] = []

    def open_one() -> Store:
        stores.append(Store(path, troubles.append))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close(10)
