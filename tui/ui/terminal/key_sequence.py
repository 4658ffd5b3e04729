"""Key sequences that Textual reads wrongly, and the keys that they are.

ESC CR is what most terminals send for alt+enter, and what many people have theirs send for shift+enter. Textual reads
it as a plain Enter: a prompt would be sent half-written.
"""

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import Keys


def teach_key_sequences() -> None:
    """Let alt+enter be ctrl+j, the newline key that every terminal has. Before the app runs; again changes nothing."""
    assert isinstance(ANSI_SEQUENCES_KEYS, dict), "Textual's parser reads this very table"
    ANSI_SEQUENCES_KEYS["\x1b\r"] = (Keys.ControlJ,)
