"""`weir providers`: what is in the config, and the headless acts that write to it, add and rollback; and the handoff.

A key is never taken: only the name of the variable that holds it. What was added is asked for a tiny reply, as a real
stream, and its verdict is said; the exit code is that of the verdict, and the config keeps the provider either way.
"""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.chat.handoff import Places, make_sheet, write_sheet
from tui.chat.trial_text import tell_trial
from tui.headless.stdout import write_json_line, write_text
from tui.settings.config import Config, ConfigError
from tui.settings.config_writer import ConfigWriteError
from tui.settings.order import Order, write_provider
from tui.settings.preset import presets
from tui.settings.rollback import find_rollback, keep_verdict, read_kept, roll_back
from tui.settings.secrets import Masker, mask_url
from tui.stream.client import Client
from tui.stream.trial import try_provider
from tui.text.language import Language
from tui.text.sanitise import sanitise_line


@dataclass(frozen=True, slots=True)
class Shown:
    """How something is to be printed."""

    mask: Masker
    language: Language
    as_json: bool = False


async def add_provider(
    order: Order,
    path: Path,
    environ: Mapping[str, str],
    mask: Masker,
    language: Language,
    *,
    model: str | None,
    test: bool,
) -> int:
    """Write, try with this model or one that is listed, and say what came of both; returns the exit code."""
    new, backup = write_provider(order, path)
    provider = new.providers[order.name]
    say = language.say
    _tell(say("providers.written", name=order.name, path=path, url=mask_url(provider.base_url)))
    if backup is not None:
        _tell(say("providers.backup", path=backup))
    if provider.key.kind == "env" and not environ.get(provider.key.value):
        _tell(say("providers.no_key", variable=provider.key.value))
    if not test:
        return 0
    async with Client(environ, mask) as client:
        trial = await try_provider(client, provider, model)
    keep_verdict(path, order.name, good=trial.good)
    verdict = tell_trial(trial, language)
    _tell(say("providers.verdict", model=f"{order.name}/{trial.model or '?'}", verdict=verdict))
    if trial.complete and trial.model is not None:
        _tell(say("providers.next", command=f"weir -m {order.name}/{trial.model}"))
    else:
        for line in language.advice(trial.outcome, trial.values):
            _tell(f"  {line}")
    if trial.unbounded:
        return 0
    return trial.outcome.exit_code(bool(trial.record and (trial.record.text_chars or trial.record.reasoning_chars)))


def roll_back_provider(name: str, path: Path, mask: Masker, language: Language) -> int:
    """Restore the last good table of a provider and say what that changed; the exit code. Raises ConfigError."""
    try:
        done = roll_back(path, name)
    except ConfigWriteError as error:
        raise ConfigError(f"{path}: {error}") from None
    except OSError as error:
        raise ConfigError(f"{path}: the file cannot be written ({error.strerror}).") from None
    if done is None:
        raise ConfigError(f"{path}: no earlier table of {name} is kept; {_name_kept(path)}.")
    say = language.say
    _tell(say("handoff.restored", provider=name, path=path, time=done.table.time))
    for change in describe_changes(done.before, done.table.block, mask):
        _tell(f"  {change}")
    if done.backup is not None:
        _tell(say("providers.backup", path=done.backup))
    _tell(say("handoff.undo", provider=name))
    return 0


def _name_kept(path: Path) -> str:
    names = sorted(name for name in read_kept(path) if find_rollback(path, name) is not None)
    if names:
        return f"there is one of {', '.join(names)}"
    return "one is when a provider has answered, and when `weir providers add` changes it"


def hand_over(name: str, config: Config, places: Places, environ: Mapping[str, str], show: Shown) -> int:
    """Print the handoff sheet of a provider; returns the exit code. Raises ConfigError for a name that is none."""
    path, provider = places.config, config.providers.get(name)
    if provider is None:
        near = difflib.get_close_matches(name, config.providers, n=1) or list(config.providers)
        known = f"it has {', '.join(near)}" if near else "it has none yet; add one with `weir providers add`"
        raise ConfigError(f'{path}: there is no provider "{name}"; {known}.')
    route, _, model = (config.model or "").partition("/")
    chosen = model if route == name and model else None
    sheet = make_sheet(provider, places, chosen, find_rollback(path, name), environ, show.mask)
    if show.as_json:
        write_json_line(sheet.as_json())
    else:
        for line in write_sheet(sheet, show.language):
            _tell(line)
    return 0


def describe_changes(before: str, after: str, mask: Masker) -> list[str]:
    """Each value that differs between two blocks of a provider, masked."""
    old, new = _values(before), _values(after)
    shown = []
    for name in sorted({*old, *new}, key=[*new, *old].index):
        if old.get(name) != new.get(name):
            shown.append(f"{name}: {_show(old.get(name), mask)} -> {_show(new.get(name), mask)}")
    return shown


def _values(block: str) -> dict[str, Any]:
    """What stands in a block, however deep its table is."""
    table: dict[str, Any] = tomllib.loads(block)
    for _ in range(2):  # providers, and the name
        table = next(iter(table.values()), {})
    return table


def _show(value: object, mask: Masker) -> str:
    return "-" if value is None else mask_url(mask(str(value)))


def list_providers(config: Config, environ: Mapping[str, str], language: Language) -> int:
    """Print the configured providers, then the names of the presets; returns the exit code."""
    for provider in config.providers.values():
        key = provider.key.describe()
        if provider.key.kind == "env":
            key += "" if environ.get(provider.key.value) else language.say("providers.unset")
        _tell("  ".join((provider.name, mask_url(provider.base_url), key)))
    others = [name for name in presets() if name not in config.providers]
    _tell(language.say("providers.presets", names=", ".join(others)))
    return 0


def _tell(line: str) -> None:
    write_text(sanitise_line(line))
