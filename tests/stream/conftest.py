"""What the tests of the stream share: a loop whose time the test moves, and a client without retries."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping

import pytest

from tests.stream.clock import MovedLoop, moved_loop
from tests.stream.listener import KEY, KEY_NAME
from tui.settings.secrets import Masker
from tui.stream.client import Client

_NETWORK_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir")


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"moved": MovedLoop}


@pytest.fixture(autouse=True)
def _plain_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no certificates but those of the test."""
    for name in _NETWORK_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
async def clock() -> MovedLoop:
    return moved_loop()


@pytest.fixture
async def client() -> AsyncGenerator[Client, None]:
    """A client that never retries."""
    async with Client({KEY_NAME: KEY}, Masker(), retries=0) as client:
        yield client


@pytest.fixture
async def patient() -> AsyncGenerator[Client, None]:
    """A client that tries three times; its backoff has no chance in it."""
    async with Client({KEY_NAME: KEY}, Masker(), retries=2, randomness=lambda: 0.0) as client:
        yield client
