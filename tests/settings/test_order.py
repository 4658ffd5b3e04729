"""What an order makes of a provider that is in the config: its key goes nowhere else, and there are never two."""

import tomllib
from pathlib import Path

import pytest

from tui.settings.config import ConfigError
from tui.settings.key_source import KeySource
from tui.settings.order import Order, plan_provider, write_provider

OLD = '[providers.a]\nbase_url = "https://a.test/v1"\napi_key_file = "~/.a"\nowner = "me"\nallow_http = true\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(OLD)
    return path


def written(path: Path) -> object:
    return tomllib.loads(path.read_text())["providers"]["a"]


def test_a_key_stays_with_its_address(path: Path) -> None:
    write_provider(Order("a", "https://a.test/v1"), path)
    assert path.read_text() == OLD
    assert plan_provider(Order("a", "https://b.test/v1"), path).key.kind == "none"
    write_provider(Order("a", "https://b.test/v1"), path)
    assert written(path) == {"base_url": "https://b.test/v1", "owner": "me", "allow_http": True}


def test_another_key_takes_the_place_of_the_old_one(path: Path) -> None:
    order = Order("a", "https://a.test/v1", api_key_env="A_KEY")
    assert plan_provider(order, path).key == KeySource("env", "A_KEY")
    assert path.read_text() == OLD, "a plan writes nothing"
    config, backup = write_provider(order, path)
    assert config.providers["a"] == plan_provider(order, path)
    assert backup is not None
    assert backup.read_text() == OLD


def test_what_would_not_be_read_again_is_not_written(path: Path) -> None:
    with pytest.raises(ConfigError, match="dialect"):
        write_provider(Order("a", "https://a.test/v1", dialect="latin"), path)
    assert path.read_text() == OLD
