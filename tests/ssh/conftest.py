import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ssh.sshd import Sshd
from tests.ssh.tmux import Tmux
from tests.ui.desk import Desk
from tests.ui.server import RawServer


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with Sshd(tmp_path_factory.mktemp("sshd")) as served:
        yield served


@pytest.fixture
def tmux() -> Iterator[Tmux]:
    # The path of a socket has at most 108 bytes, and pytest's own folders have long names.
    with tempfile.TemporaryDirectory(prefix="weir") as folder, Tmux(Path(folder)) as served:
        yield served


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as desk:
        yield desk


@pytest.fixture
def raw_server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server
