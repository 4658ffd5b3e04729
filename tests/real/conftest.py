"""Real servers, one of each kind for the whole session; only tests with the marker `real` ask for them."""

from collections.abc import Iterator

import pytest

from tests.real.llama import LlamaServer, make_model
from tests.real.tiny_model import Kind


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    """Every reply is `tiny_model.REPLY` and ends with `stop`."""
    yield from _serve("tiny", tmp_path_factory)


@pytest.fixture(scope="session")
def llama_endless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    """Every reply repeats `tiny_model.REPLY` until the client goes away or `max_tokens` is reached."""
    yield from _serve("endless", tmp_path_factory)


@pytest.fixture(scope="session")
def llama_think(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    """Every reply has `tiny_model.THOUGHT` as its `reasoning_content`, then `tiny_model.REPLY`."""
    yield from _serve("think", tmp_path_factory)


def _serve(kind: Kind, factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    with LlamaServer(make_model(kind, factory.mktemp("llama"))) as server:
        yield server
