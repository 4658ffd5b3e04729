"""Command: what a typed line means. One slash begins a command, two begin a text that starts with one slash.

Only a line that stands alone can be a command: a pasted text of several lines is sent as it is.
"""

from dataclasses import dataclass
from typing import TypeAlias

NOT_STREAMED = "nostream"
"""What asks for a reply in one piece."""


@dataclass(frozen=True, slots=True)
class Send:
    """Ask the model this."""

    text: str


@dataclass(frozen=True, slots=True)
class PickModel:
    """Choose a model: by its number in the last list, its name, or words that it holds; without words, list them."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """Ask for the last reply again: by the model of these words, `nostream`: in one piece, nothing: as it was asked."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class Continue:
    """Go on with the last reply where it was cut."""


@dataclass(frozen=True, slots=True)
class TrimContext:
    """Leave the oldest turns out of what is sent, or send all again."""

    undo: bool = False


@dataclass(frozen=True, slots=True)
class Attach:
    """Let the file of this path go with the next prompt; `drop`: let none go, nothing: tell which do."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class NewChat:
    """Begin a new conversation."""


@dataclass(frozen=True, slots=True)
class SendDraft:
    """Send what was left unsent."""


@dataclass(frozen=True, slots=True)
class DropDraft:
    """Forget what was left unsent."""


@dataclass(frozen=True, slots=True)
class Help:
    """List the commands."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Leave."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A slash before something that is no command."""

    name: str


Command: TypeAlias = (
    Send
    | PickModel
    | Retry
    | Continue
    | TrimContext
    | Attach
    | NewChat
    | SendDraft
    | DropDraft
    | Help
    | Quit
    | Unknown
)


def read_command(typed: str) -> Command | None:
    """The meaning of what was typed; None if that is nothing."""
    if not typed.strip():
        return None
    if "\n" in typed or not typed.startswith("/"):
        return Send(typed)
    if typed.startswith("//"):
        return Send(typed[1:])
    name, _, rest = typed.strip().partition(" ")
    match name, rest.strip():
        case "/model", words:
            return PickModel(words)
        case "/retry", words:
            return Retry(words)
        case "/continue", "":
            return Continue()
        case "/trim", "":
            return TrimContext()
        case "/trim", "undo":
            return TrimContext(undo=True)
        case "/attach", words:
            return Attach(words)
        case "/new", "":
            return NewChat()
        case "/draft", "":
            return SendDraft()
        case "/draft", "drop":
            return DropDraft()
        case "/help", "":
            return Help()
        case "/quit", "":
            return Quit()
    return Unknown(name)
