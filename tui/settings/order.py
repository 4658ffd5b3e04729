"""Order: a provider to be added to the person's config. A key is never taken, only the name of its variable.

What is ordered is that of the preset of its name, if there is one, and over it what was given.
"""

import difflib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.settings.config import KEY_FIELDS, PRACTICE, Config, ConfigError, read_config, read_provider
from tui.settings.config_writer import ConfigWriteError, write_table
from tui.settings.preset import presets
from tui.settings.provider import Provider
from tui.settings.rollback import keep_block


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be added; None where nothing was said."""

    name: str
    base_url: str | None = None
    api_key_env: str | None = None
    dialect: str | None = None
    allow_http: bool = False


def plan_provider(order: Order, path: Path) -> Provider:
    """The provider as it would be when it is written; blocks. Raises ConfigError."""
    return read_provider(order.name, _merge(_read_own_table(path, order.name), make_table(order)), path)


def write_provider(order: Order, path: Path) -> tuple[Config, Path | None]:
    """Write the provider into the config; returns the config as it is now, and the backup if there was one before.

    Blocks. What the provider's table has beside the given values stays, and the table as it was is kept for a
    rollback. Raises ConfigError, and then nothing is written.
    """
    table = _merge(_read_own_table(path, order.name), make_table(order))
    read_provider(order.name, table, path)
    plain = {name: value for name, value in table.items() if not isinstance(value, dict)}
    try:
        keep_block(path, order.name)
        backup = write_table(path, ("providers", order.name), plain)
    except ConfigWriteError as error:
        raise ConfigError(f"{path}: {error}") from None
    except OSError as error:
        raise ConfigError(f"{path}: the file cannot be written ({error.strerror}).") from None
    return read_config(path), backup


def make_table(order: Order) -> dict[str, Any]:
    """What an order writes: the preset of its name, and over it what was given. Raises ConfigError."""
    if order.name == PRACTICE or not order.name.strip() or "/" in order.name:
        raise ConfigError(f'"{order.name}" cannot be the name of a provider; choose another.')
    preset = presets().get(order.name)
    if preset is None and order.base_url is None:
        near = difflib.get_close_matches(order.name, presets(), n=1)
        hint = f'; the nearest is "{near[0]}"' if near else ""
        raise ConfigError(
            f'"{order.name}" is none of the known providers{hint}. Give --base-url, or one of: {", ".join(presets())}.'
        )
    own_address = order.base_url is not None and (preset is None or order.base_url != preset.base_url)
    table = preset.as_table() if preset is not None else {}
    if own_address:
        table.pop("api_key_env", None)  # a key goes only where it was meant to: not to another address unless named
    given = {
        "base_url": order.base_url,
        "dialect": order.dialect,
        "api_key_env": order.api_key_env,
        "allow_http": order.allow_http or None,
    }
    return {**table, **{name: value for name, value in given.items() if value is not None}}


def _merge(own: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The new values over a provider's own; its key stays only where no other is named and the address is the same."""
    if new["base_url"] != own.get("base_url") or "api_key_env" in new:
        own = {name: value for name, value in own.items() if name not in KEY_FIELDS}
    return {**own, **new}


def _read_own_table(path: Path, name: str) -> dict[str, Any]:
    """The provider's table as it is now, with those within it; empty if there is none. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"{path}: the file cannot be read ({reason}).") from None
    try:
        table = tomllib.loads(text).get("providers", {}).get(name, {})
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: this is not valid TOML: {error}.") from None
    return table if isinstance(table, dict) else {}
