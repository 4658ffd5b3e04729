"""`models.json`: what the providers listed last, with its time, and how fast each model was here.

The file is written whole and masked, and read forgivingly: nothing in it is more than a convenience. A list belongs to
an address, so one that a provider of the same name gave elsewhere does not count. The measurements remember how far
the journal of records was read, so that each line counts once, whichever process reads it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui.chat.catalogue import KeptListing
from tui.chat.measurement import Measured, Sample, add_lines
from tui.settings.model_facts import ModelFacts
from tui.settings.paths import write_whole
from tui.settings.provider import Provider
from tui.settings.secrets import Masker, mask_url

VERSION = 1
KEPT_DAYS = 30
"""A list that old is forgotten."""
_HEAD = 256
"""Bytes of a journal by which it is known again after it was rotated."""
_MASKED_AT_ONCE = 100
"""Names in one text for the masker: enough to be quick, few enough that no other thread waits for it."""


@dataclass(frozen=True, slots=True)
class JournalMark:
    """How far a journal was read: the file is known by its beginning, since rotation renames it."""

    head: str = ""
    offset: int = 0


@dataclass(frozen=True, slots=True)
class ModelCache:
    """The content of the file."""

    kept: Mapping[str, KeptListing] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    """The masked base URL of each list."""
    measured: Mapping[str, Measured] = field(default_factory=dict)
    mark: JournalMark = field(default_factory=JournalMark)

    def kept_for(self, providers: Mapping[str, Provider]) -> dict[str, KeptListing]:
        """The lists of these providers, as far as they were had at the addresses that the providers have now."""
        return {
            name: listing
            for name, listing in self.kept.items()
            if name in providers and self.addresses.get(name) == mask_url(providers[name].base_url)
        }

    def after(self, kept: Mapping[str, KeptListing], providers: Mapping[str, Provider], now: float) -> "ModelCache":
        """This content with the lists that are known by now; what is too old goes."""
        lists = {**self.kept, **kept}
        fresh = {name: one for name, one in lists.items() if now - one.time < KEPT_DAYS * 86400}
        known = {**self.addresses, **{name: mask_url(providers[name].base_url) for name in kept if name in providers}}
        addresses = {name: known[name] for name in fresh if name in known}
        return ModelCache(fresh, addresses, self.measured, self.mark)


def read_cache(path: Path) -> ModelCache:
    """Read the file; blocks. A missing, damaged or foreign one is an empty cache."""
    try:
        value = json.loads(path.read_bytes())
        if value["v"] != VERSION:
            return ModelCache()
        kept = {name: _read_listing(item) for name, item in value["providers"].items()}
        addresses = {name: str(item["base_url"]) for name, item in value["providers"].items()}
        measured = {
            name: Measured(tuple(Sample(int(first), speed, bool(about)) for first, speed, about in samples))
            for name, samples in value["measured"].items()
            if samples
        }
        mark = JournalMark(str(value["journal"]["head"]), int(value["journal"]["offset"]))
    except (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return ModelCache()
    return ModelCache(kept, addresses, measured, mark)


def write_cache(path: Path, cache: ModelCache, mask: Masker) -> None:
    """Write the file atomically; blocks, raises OSError. An id in which a key stands is left out: it names no model."""
    providers = {}
    for name, listing in cache.kept.items():
        clean = _clean(listing.models, mask)
        models = [_write_model(model, listing.facts.get(model, ModelFacts())) for model in clean]
        providers[name] = {"base_url": cache.addresses.get(name, ""), "time": listing.time, "models": models}
    value = {
        "v": VERSION,
        "providers": providers,
        "measured": {
            name: [[one.first_text_ms, one.tokens_per_s, one.estimated] for one in measured.samples]
            for name, measured in cache.measured.items()
        },
        "journal": {"head": cache.mark.head, "offset": cache.mark.offset},
    }
    write_whole(path, json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def measure_journal(cache: ModelCache, journal: Path) -> ModelCache:
    """The cache with what the journal says since it was read last, its rotated part first; blocks."""
    measured, mark = dict(cache.measured), cache.mark
    rotated = journal.with_name(journal.name + ".1")
    fresh = not mark.head
    for path in (rotated, journal):
        head, size = _look_at(path)
        if not head:
            continue
        known = head == mark.head and mark.offset <= size
        if path == rotated and not known and not fresh:
            continue  # it was read to its end before a later one was begun
        measured, mark = _read_on(path, measured, JournalMark(head, mark.offset if known else 0))
    return ModelCache(cache.kept, cache.addresses, measured, mark)


def _look_at(path: Path) -> tuple[str, int]:
    """The beginning and the size of a journal; an empty beginning if there is none or nothing in it yet."""
    try:
        with path.open("rb") as file:
            line = file.readline(_HEAD)
            return line.decode(errors="replace"), path.stat().st_size
    except OSError:
        return "", 0


def _read_on(path: Path, measured: dict[str, Measured], mark: JournalMark) -> tuple[dict[str, Measured], JournalMark]:
    """Read whole lines from the mark on; a line that is being written waits for the next time."""
    try:
        with path.open("rb") as file:
            file.seek(mark.offset)
            data = file.read()
    except OSError:
        return measured, mark
    whole = data[: data.rfind(b"\n") + 1]
    lines = whole.decode(errors="replace").split("\n")
    return add_lines(measured, filter(None, lines)), JournalMark(mark.head, mark.offset + len(whole))


def _read_listing(item: Any) -> KeptListing:
    models = [(str(name), ModelFacts(*(_number(fact) for fact in facts))) for name, *facts in item["models"]]
    facts = {name: one for name, one in models if one != ModelFacts()}
    return KeptListing(tuple(name for name, _ in models), facts, float(item["time"]))


def _write_model(name: str, facts: ModelFacts) -> list[Any]:
    return [name] if facts == ModelFacts() else [name, facts.context, facts.price_in, facts.price_out, facts.images]


def _number(value: Any) -> Any:
    return value if isinstance(value, int | float) else None


def _clean(names: tuple[str, ...], mask: Masker) -> list[str]:
    """The names in which the masker finds nothing; they are looked at together first, since that is far quicker."""
    clean: list[str] = []
    for start in range(0, len(names), _MASKED_AT_ONCE):
        some = names[start : start + _MASKED_AT_ONCE]
        together = "\n".join(some)
        clean += some if mask(together) == together else (name for name in some if mask(name) == name)
    return clean
