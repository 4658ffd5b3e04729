"""The well-known providers: each a config that weir itself accepts, none with a key."""

from pathlib import Path

import pytest
import tomli_w

from tui.settings.config import read_config
from tui.settings.key_source import is_variable_name
from tui.settings.preset import Preset, find_preset, presets


@pytest.mark.parametrize("preset", presets().values(), ids=list(presets()))
def test_its_table_is_a_provider(preset: Preset, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(tomli_w.dumps({"providers": {preset.name: preset.as_table()}}), encoding="utf-8")
    provider = read_config(path).providers[preset.name]
    assert provider.base_url == preset.base_url
    assert provider.is_loopback == preset.is_local
    assert provider.base_url.startswith("https://") != preset.is_local
    assert (provider.key.kind == "none") == preset.is_local
    if preset.api_key_env is not None:
        assert is_variable_name(preset.api_key_env)
        assert provider.key.value == preset.api_key_env


def test_those_that_the_issue_names_are_there() -> None:
    wanted = "alltkn openai openrouter deepseek groq mistral together ollama lmstudio llama.cpp vllm"
    assert set(wanted.split()) <= set(presets())


def test_an_address_tells_which_one_it_is_unless_it_is_local() -> None:
    found = find_preset("https://api.deepseek.com/beta")
    assert found is not None
    assert (found.name, found.usage) == ("deepseek", True)
    assert find_preset("https://api.alltkn.com/api/v1") == presets()["alltkn"]
    assert not presets()["alltkn"].usage, "its request stays the plain one"
    for other in ("http://127.0.0.1:11434/v1", "https://host.test/v1", "http://[", ""):
        assert find_preset(other) is None
