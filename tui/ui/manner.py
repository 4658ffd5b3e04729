"""Manner: how the screens behave on the terminal that they are on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

LOCAL_FRAMES, REMOTE_FRAMES = 30.0, 12.0
"""Paints a second of a stream, at most."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What a person chose, and what the link asks for."""

    remote: bool = False
    """Over SSH: fewer paints, and a reply is stopped by Esc only when it comes twice."""
    ascii: bool = False
    """No signs of ours but ASCII."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The person's own keys, by the id of their binding."""
    wrap_code: bool = True
    """Long lines of code are wrapped, not slid sideways."""

    @property
    def frames(self) -> float:
        """Paints a second."""
        return REMOTE_FRAMES if self.remote else LOCAL_FRAMES
