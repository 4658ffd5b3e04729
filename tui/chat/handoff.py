"""Handoff: what a team has to know about a route before it is handed over, as a sheet without a secret.

Who owns the key and where it is set, what is expected of the route, what happens when it fails, whom to ask, and how
to go back. Texts are masked; what is missing is named.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tui.settings.provider import Provider
from tui.settings.rollback import KeptTable
from tui.settings.secrets import Masker, mask_url, read_key
from tui.stream.client import DEFAULT_RETRIES
from tui.stream.preparation import find_limits
from tui.text.language import Language
from tui.text.sanitise import sanitise, sanitise_line

NEEDED = ("environment", "owner", "key_set_in", "expected_volume", "fallback", "support")
"""What a handoff should name (the config leaves all of it free)."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a team finds what belongs to the route."""

    config: Path
    records: Path


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet; the names are those of its JSON. None where nothing is said."""

    provider: str
    environment: str | None
    base_url: str
    dialect: str
    owner: str | None
    key: str | None
    """Where the key comes from; None: none is sent."""
    key_here: str | None
    """The key as it is set in this environment, masked; None where it is not, or where it would have to be fetched."""
    key_set_in: str | None
    config: str
    model: str | None
    """The model that the config names on this route."""
    expected_volume: str | None
    timeouts: Mapping[str, float]
    """Seconds in force; 0 is no limit."""
    retries: int
    """Automatic ones, before any text."""
    fallback: tuple[str, ...]
    support: str | None
    records: str
    """Where the masked evidence of each request is kept."""
    rollback: KeptTable | None
    missing: tuple[str, ...]
    """The fields of the config that a handoff should have and that say nothing."""

    def as_json(self) -> dict[str, Any]:
        """The sheet as plain values, with the commands that belong to it."""
        return {**asdict(self), "check": self.check, "roll_back": f"weir providers rollback {self.provider}"}

    @property
    def check(self) -> str:
        """The command that shows whether the route works."""
        return f"weir doctor --provider {self.provider}" + (f" -m {self.model}" if self.model else "")


def make_sheet(
    provider: Provider,
    places: Places,
    model: str | None,
    rollback: KeptTable | None,
    environ: Mapping[str, str],
    mask: Masker,
) -> Sheet:
    """The sheet of a provider of this config; a key is looked at in the environment alone, and shown masked."""
    source, limits = provider.key, find_limits(provider)
    key = read_key(source, environ) if source.kind == "env" else None
    if key is not None:
        mask.add(key)

    def tidy(text: str | None) -> str | None:
        return mask(text) if text else None

    names = ("connect", "first_byte", "idle", "stall", "deadline")
    return Sheet(
        provider.name,
        provider.environment,
        mask_url(mask(provider.base_url)),
        provider.dialect,
        tidy(provider.owner),
        source.describe() if source.kind != "none" else None,
        key.masked if key is not None else None,
        tidy(provider.key_set_in),
        str(places.config),
        model,
        tidy(provider.expected_volume),
        {name: getattr(limits, name) for name in names},
        DEFAULT_RETRIES,
        provider.fallback,
        tidy(provider.support),
        str(places.records),
        None if rollback is None else KeptTable(mask(rollback.block), rollback.time, rollback.good),
        tuple(name for name in NEEDED if not getattr(provider, name) and (source.kind != "none" or "key" not in name)),
    )


def write_sheet(sheet: Sheet, language: Language) -> list[str]:
    """The sheet as lines to print or paste."""

    def say(name: str, **values: object) -> str:
        return language.say(f"handoff.{name}", **values)

    timeouts = " · ".join(f"{name} {seconds:g} s" for name, seconds in sheet.timeouts.items() if seconds)
    here = say("key_here", key=sheet.key_here) if sheet.key_here else say("key_not_here")
    key = f"{sheet.key} ({here})" if sheet.key and sheet.key.startswith("environment") else sheet.key
    facts = {
        "provider": sheet.provider,
        "environment": sheet.environment,
        "address": f"{sheet.base_url} ({sheet.dialect})",
        "owner": sheet.owner,
        "key": key or say("no_key"),
        "key_set_in": sheet.key_set_in,
        "config": sheet.config,
        "model": sheet.model,
        "expected_volume": sheet.expected_volume,
        "timeouts": timeouts,
        "retries": say("retry_rule", count=sheet.retries),
        "fallback": ", ".join(sheet.fallback) or say("no_fallback"),
        "support": sheet.support,
        "records": sheet.records,
        "check": sheet.check,
    }
    lines = [sanitise_line(f"{say(name)}: {value or say('unsaid')}") for name, value in facts.items()]
    lines += _write_rollback(sheet, language)
    if sheet.missing:
        lines.append(say("missing", names=", ".join(sheet.missing), provider=sheet.provider))
    return lines


def _write_rollback(sheet: Sheet, language: Language) -> list[str]:
    kept = sheet.rollback
    if kept is None:
        return [language.say("handoff.no_rollback")]
    verdict = {True: "good", None: "untried", False: "bad"}[kept.good]
    told = language.say(f"handoff.rollback_{verdict}", time=kept.time, provider=sheet.provider)
    return [sanitise_line(told), *(f"    {sanitise_line(line)}" for line in sanitise(kept.block).splitlines())]
