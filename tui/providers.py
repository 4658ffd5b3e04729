"""`weir providers add` and `list`: the one headless act that writes to the person's config, and what is in it.

A key is never taken: only the name of the variable that holds it. What was added is asked for a tiny reply, as a real
stream, and its verdict is said; the exit code is that of the verdict, and the config keeps the provider either way.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from tui.settings.config import Config
from tui.settings.order import Order, write_provider
from tui.settings.preset import presets
from tui.settings.secrets import Masker, mask_url
from tui.stream.client import Client
from tui.stream.outcome import Outcome
from tui.stream.trial import try_provider
from tui.text.language import Language
from tui.text.sanitise import sanitise_line


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
