from collections.abc import AsyncGenerator

import pytest

from tests.practice.wire import Wire, connect
from tui.practice import PracticeServer


@pytest.fixture
async def practice() -> AsyncGenerator[PracticeServer, None]:
    async with PracticeServer(token_delay=0, keepalive_delay=0) as server:
        yield server


@pytest.fixture
async def wire(practice: PracticeServer) -> AsyncGenerator[Wire, None]:
    async with connect(practice) as connection:
        yield connection
