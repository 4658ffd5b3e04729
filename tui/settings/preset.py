"""Presets: well-known providers as data, in `presets.toml`: where they answer and which variable holds the key."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tui.settings.provider import Prefill, host_of, is_loopback


@dataclass(frozen=True, slots=True)
class Preset:
    """One well-known provider; no key, only the name of its variable."""

    name: str
    base_url: str
    api_key_env: str | None = None
    dialect: str = "openai"
    usage: bool = False
    """Whether the route is known to take `stream_options.include_usage`."""
    prefill: Prefill = "off"
    """How the route is given the start of an answer that it is to go on with."""
    models: str | None = None
    """The path of a list of models that says more than `/models`, below the host."""

    @property
    def is_local(self) -> bool:
        """Whether it is a server on the person's own machine: then its address tells nothing of which one it is."""
        return is_loopback(host_of(self.base_url))

    def as_table(self) -> dict[str, Any]:
        """The table of a config that means this provider."""
        table: dict[str, Any] = {"base_url": self.base_url}
        if self.dialect != "openai":
            table["dialect"] = self.dialect
        if self.api_key_env is not None:
            table["api_key_env"] = self.api_key_env
        if self.usage and self.is_local:
            table["usage"] = True
        if self.prefill != "off" and self.is_local:
            table["prefill"] = self.prefill
        return table


@cache
def presets() -> Mapping[str, Preset]:
    """All of them by name, in the order of the file, which is read once."""
    table = tomllib.loads(files("tui.settings").joinpath("presets.toml").read_text(encoding="utf-8"))
    return {name: Preset(name, **values) for name, values in table.items()}


def find_preset(base_url: str) -> Preset | None:
    """The well-known provider that answers at this address, told by its host; a local one is not told by it."""
    host = host_of(base_url)
    found = (preset for preset in presets().values() if not preset.is_local and host_of(preset.base_url) == host)
    return next(found, None)
