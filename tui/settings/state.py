"""What the program remembers between two starts: `state.toml`, written whole with tomli_w.

A pick made in the app is remembered with the value that the config had then, and wins only while that is unchanged: who
edits the config means it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from tui.settings.paths import write_whole

RECENT_LIMIT = 10


class Pick(NamedTuple):
    """A choice made in the app, and what the config said at that time."""

    value: str
    config_value: str | None

    def wins_over(self, config_value: str | None) -> bool:
        """Whether the config is still as it was when this was picked."""
        return self.config_value == config_value


@dataclass(frozen=True, slots=True)
class State:
    """The remembered values; immutable, each change gives a new one."""

    model: Pick | None = None
    theme: Pick | None = None
    last_used: Mapping[str, str] = field(default_factory=dict)
    """Provider name -> the model last used there."""
    recent: tuple[str, ...] = ()
    """Models as `provider/id`, the last used first."""
    favourites: tuple[str, ...] = ()
    """Models as `provider/id` that a person marked so."""
    draft: str = ""
    """What was typed and not sent when the app was left, to be shown before the database is open."""
    draft_of: str = ""
    """The conversation with which the database keeps it, by its id; empty: it is kept here alone."""

    def with_used_model(self, provider: str, model: str) -> "State":
        """Remember that this model was asked."""
        name = f"{provider}/{model}"
        recent = (name, *(other for other in self.recent if other != name))[:RECENT_LIMIT]
        return replace(self, last_used={**self.last_used, provider: model}, recent=recent)

    def with_favourite(self, name: str) -> "State":
        """Make a model a favourite, or one no longer."""
        others = tuple(other for other in self.favourites if other != name)
        return replace(self, favourites=others if name in self.favourites else (*others, name))


def read_state(path: Path) -> State:
    """Read the state; a missing or damaged file is an empty state, since nothing in it is more than a convenience."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return State()
    recent = table.get("recent")
    last_used = table.get("last_used")
    favourites = table.get("favourites")
    return State(
        _read_pick(table.get("model")),
        _read_pick(table.get("theme")),
        {str(name): str(model) for name, model in last_used.items()} if isinstance(last_used, dict) else {},
        tuple(str(name) for name in recent)[:RECENT_LIMIT] if isinstance(recent, list) else (),
        tuple(str(name) for name in favourites) if isinstance(favourites, list) else (),
        draft if isinstance(draft := table.get("draft"), str) else "",
        place if isinstance(place := table.get("draft_of"), str) else "",
    )


def write_state(path: Path, state: State) -> None:
    """Write the state atomically; raises OSError."""
    import tomli_w

    table: dict[str, Any] = {"recent": list(state.recent), "last_used": dict(state.last_used)}
    if state.favourites:
        table["favourites"] = list(state.favourites)
    if state.draft:
        table["draft"] = state.draft
        if state.draft_of:
            table["draft_of"] = state.draft_of
    for name, pick in (("model", state.model), ("theme", state.theme)):
        if pick is not None:
            table[name] = {"value": pick.value}
            if pick.config_value is not None:
                table[name]["config_value"] = pick.config_value
    write_whole(path, "# What weir remembers; it writes this file itself.\n" + tomli_w.dumps(table))


def _read_pick(value: Any) -> Pick | None:
    if not isinstance(value, dict) or not isinstance(value.get("value"), str):
        return None
    config_value = value.get("config_value")
    return Pick(value["value"], config_value if isinstance(config_value, str) else None)
