"""`weir providers add` and `list`: the one headless act that writes to the person's config, and what is in it.

A key is never taken: only the name of the variable that holds it. What was added is asked for a tiny reply, as a real
stream, and its verdict is said; the exit code is that of the verdict, and the config keeps the provider either way.
"""

import difflib
import re
import sys
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.settings.config import PRACTICE, Config, ConfigError, read_config
from tui.settings.config_writer import ConfigWriteError, write_table
from tui.settings.preset import presets
from tui.settings.provider import Provider
from tui.settings.secrets import Masker, mask_url
from tui.stream.client import Client
from tui.stream.events import Finished, Interrupted
from tui.stream.listing import ModelListing
from tui.stream.outcome import Outcome
from tui.stream.record import Record
from tui.stream.request import ChatMessage, ChatRequest, Role
from tui.stream.trace import StreamTrace
from tui.text.language import Language
from tui.text.sanitise import sanitise_line

TEST_PROMPT = "Say hi."
_NO_CHAT = re.compile(
    r"embed|whisper|tts|dall-e|moderation|image|audio|realtime|transcri|rerank|davinci|babbage|search|bge-|guard"
    r"|instruct-0914|sora|ocr|omni-mod"
)
"""Models in a list that answer no chat, or none that tells of the route."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be added; None where nothing was said."""

    name: str
    base_url: str | None = None
    api_key_env: str | None = None
    dialect: str | None = None
    allow_http: bool = False
    model: str | None = None
    """The model to test with."""
    test: bool = True


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a tiny stream."""

    model: str | None
    outcome: Outcome
    values: Mapping[str, Any]
    record: Record | None = None


def write_provider(order: Order, config: Config, path: Path) -> tuple[Config, Path | None]:
    """Write the provider into the config; returns the config as it is now, and the backup if there was one before.

    Blocks. What the provider's table has beside the given values stays. Raises ConfigError.
    """
    table = {**_read_own_table(path, order.name), **make_table(order)}
    try:
        backup = write_table(path, ("providers", order.name), table)
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


def _read_own_table(path: Path, name: str) -> dict[str, Any]:
    """The values that the provider's table has now, without the tables within it; the config was read before."""
    import tomllib

    try:
        providers = tomllib.loads(path.read_text(encoding="utf-8")).get("providers", {})
    except FileNotFoundError:
        return {}
    return {key: value for key, value in providers.get(name, {}).items() if not isinstance(value, dict)}


async def try_provider(client: Client, provider: Provider, model: str | None) -> Trial:
    """A tiny reply as a real stream, of this model or of the first in the list that answers chats."""
    if model is None:
        listing = await client.list_models(provider)
        model = choose_trial_model(listing)
        if model is None:
            return Trial(None, listing.failure or Outcome.EMPTY_BODY, listing.values or {})
    request = ChatRequest(model, (ChatMessage(Role.USER, TEST_PROMPT),))
    async with aclosing(client.stream(request, provider, StreamTrace())) as events:
        async for event in events:
            if isinstance(event, Finished | Interrupted):
                return Trial(model, event.outcome, event.record.values(), event.record)
    raise AssertionError("a stream ends with an ending")


def choose_trial_model(listing: ModelListing) -> str | None:
    """The first listed model that probably answers a chat; None if nothing is listed."""
    likely = (model for model in listing.models if not _NO_CHAT.search(model.lower()))
    return next(likely, next(iter(listing.models), None))


async def add_provider(
    order: Order, config: Config, path: Path, environ: Mapping[str, str], mask: Masker, language: Language
) -> int:
    """Write, try, and say what came of both; returns the exit code."""
    new, backup = write_provider(order, config, path)
    provider = new.providers[order.name]
    say = language.say
    _tell(say("providers.written", name=order.name, path=path, url=mask_url(provider.base_url)))
    if backup is not None:
        _tell(say("providers.backup", path=backup))
    if provider.key.kind == "env" and not environ.get(provider.key.value):
        _tell(say("providers.no_key", variable=provider.key.value))
    if not order.test:
        return 0
    async with Client(environ, mask) as client:
        trial = await try_provider(client, provider, order.model)
    verdict = f"{trial.outcome}: {language.outcome(trial.outcome, trial.values)}"
    _tell(say("providers.verdict", model=f"{order.name}/{trial.model or '?'}", verdict=verdict))
    if trial.outcome is Outcome.COMPLETE and trial.model is not None:
        _tell(say("providers.next", command=f"weir -m {order.name}/{trial.model}"))
    else:
        for line in language.advice(trial.outcome, trial.values):
            _tell(f"  {line}")
    return trial.outcome.exit_code(bool(trial.record and (trial.record.text_chars or trial.record.reasoning_chars)))


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
    sys.stdout.write(sanitise_line(line) + "\n")
    sys.stdout.flush()
