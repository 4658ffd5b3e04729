"""Stop: why an attempt ends before the end of its body."""

from dataclasses import dataclass, field
from typing import Any

from tui.stream.outcome import Outcome


@dataclass(slots=True, eq=False)
class Stop(Exception):
    """Why an attempt ends before the end of its body; it never leaves this package."""

    outcome: Outcome
    exception: list[str] | None = None
    detail: dict[str, Any] = field(default_factory=dict)
