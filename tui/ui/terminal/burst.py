"""Burst: keys that come faster than anybody types, such as a paste in a terminal that does not mark pastes.

An Enter inside one is a line end of what was pasted. It is a line end too when it ends a burst of several lines, since
the last line of a paste often has one. What is taken for a paste wrongly, as when a slow link delivers much at once,
only stays in the editor.
"""

from enum import Enum

KEY_SECONDS = 0.03
"""Keys that are further apart were typed."""
REST_SECONDS = 0.4
"""How long after its last key a burst of several lines may go on: a paste over a link comes in several reads."""


class Enter(Enum):
    """What an Enter means."""

    SEND = "send"
    LINE_END = "line end"
    UNSURE = "unsure"
    """The next key tells, if it comes at once; else it is to send."""


class Burst:
    """Told of every key in order, with its time in seconds."""

    def __init__(self) -> None:
        self._last = float("-inf")
        self._lines = 0

    def take_key(self, time: float) -> bool:
        """Take a key that is no Enter; whether it follows the one before at once."""
        follows = time - self._last < KEY_SECONDS
        if time - self._last > REST_SECONDS:
            self._lines = 0
        self._last = time
        return follows

    def take_enter(self, time: float) -> Enter:
        """Take an Enter."""
        since, self._last = time - self._last, time
        if self._lines and since <= REST_SECONDS:
            self._lines += 1
            return Enter.LINE_END
        self._lines = 0
        return Enter.UNSURE if since < KEY_SECONDS else Enter.SEND

    def confirm_line_end(self) -> None:
        """The Enter that was unsure is a line end."""
        self._lines += 1
