"""Hints: at most six keys that are of use right now, as a line; chosen by what is under way, cut to what fits.

Light to import, since the first screen shows some: it has the default keys of a few bindings in a table of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from tui.text.language import Language
from tui.ui.shown_key import show_keys

MOST_HINTS = 6
_GAP = " · "
HINTED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "send": (("prompt.send", "enter"),),
    "queue": (("prompt.send", "enter"),),
    "newline": (("prompt.newline", "ctrl+j"),),
    "read": (("prompt.leave", "tab"),),
    "columns": (("prompt.leave", "tab"),),
    "models": (("models.pick", "ctrl+l"),),
    "stop": (("chat.stop", "escape"),),
    "take_back": (("chat.stop", "escape"),),
    "retry": (("chat.retry", "f8"),),
    "continue": (("chat.continue", "shift+f8"),),
    "why": (("record.open", "ctrl+g"),),
    "doctor": (("doctor.open", "f9"),),
    "branch": (("prompt.send", "enter"),),
    "keep": (("prompt.send", "enter"),),
    "draft": (("prompt.end_edit", "escape"),),
    "connect": (("chat.connect", "f4"),),
    "chats": (("chats.open", "ctrl+s"),),
    "log.step": (("log.next", "j"), ("log.previous", "k")),
    "log.copy": (("log.copy", "y"),),
    "log.code": (("log.next_code", "u"),),
    "log.retry": (("log.retry", "r"),),
    "log.edit": (("log.edit", "e"),),
    "log.delete": (("log.delete", "d"),),
    "log.branches": (("log.previous_sibling", "left_square_bracket"), ("log.next_sibling", "right_square_bracket")),
    "log.siblings": (("log.previous_sibling", "left_square_bracket"), ("log.next_sibling", "right_square_bracket")),
    "log.continue": (("log.continue", "c"),),
    "log.record": (("log.record", "x"),),
    "log.restore": (("log.restore", "D"),),
    "log.prompt": (("log.leave", "escape"),),
    "log.stop": (("app.stop", "ctrl+c"),),
    "compare.column": (("compare.next", "tab"),),
    "compare.adopt": (("compare.adopt", "enter"),),
    "compare.stop": (("compare.stop", "escape"),),
    "keys": (("app.keys", "f1"),),
}
"""By the name of a hint the bindings that it is about, each with its key by default.

The last part of the name is that of the word for it.
"""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is under way on the chat."""

    place: str = "prompt"
    """What has the keys: `prompt`, `log`, `columns`, or `other`."""
    empty: bool = True
    """Nothing was said in this conversation yet."""
    typed: bool = False
    """Something stands in the editor."""
    running: bool = False
    """A reply is being written that Esc would stop."""
    queued: bool = False
    """A prompt waits for the end of a reply."""
    broken: bool = False
    """The last reply did not come to an end of its own; in the log the one that the keys are about."""
    retryable: bool = False
    """The same once more may help it."""
    continuable: bool = False
    """It can be gone on with."""
    editing: str = ""
    """What is being edited: a `prompt` or a `reply`."""
    on_prompt: bool = False
    """In the log the keys are about a prompt."""
    several: bool = False
    """That prompt begins several branches, or that reply is one of several."""
    practising: bool = False
    """No provider is connected."""
    deleted: bool = False
    """Turns were deleted and can be brought back."""
    comparing: bool = False
    """Replies stand side by side."""


def choose_hints(situation: Situation) -> tuple[str, ...]:
    """The names of what can be done now, the most useful first; the key that shows all keys comes last."""
    if situation.place == "log":
        names = _in_log(situation)
    elif situation.place == "columns":
        names = ["compare.column", "compare.adopt", *(["compare.stop"] if situation.running else []), "log.copy"]
    elif situation.place == "prompt":
        names = _in_prompt(situation)
    else:
        names = []
    return (*names[: MOST_HINTS - 1], "keys")


def _in_log(situation: Situation) -> list[str]:
    if situation.empty:
        return [*(["log.restore"] if situation.deleted else []), "log.prompt"]
    if situation.running:
        return ["log.step", "log.copy", "log.stop", "log.prompt"]
    if situation.on_prompt:
        return ["log.step", "log.edit", "log.branches" if situation.several else "log.copy", "log.delete", "log.prompt"]
    act = "log.continue" if situation.continuable else "log.copy"
    again = "log.edit" if situation.broken and not situation.retryable else "log.retry"
    return ["log.step", act, again, "log.siblings" if situation.several else "log.record", "log.prompt"]


def _in_prompt(situation: Situation) -> list[str]:
    read = "columns" if situation.comparing else "read"
    if situation.editing:
        return ["branch" if situation.editing == "prompt" else "keep", "draft", "newline"]
    if situation.queued:
        return ["take_back", "queue", "newline", read]
    if situation.running:
        return ["stop", "queue", read, "models"]
    if situation.broken:
        helpful = {"retry": situation.retryable, "continue": situation.continuable}
        acts = [name for name, helps in helpful.items() if helps]
        if situation.typed:
            return ["send", *acts, "newline", "why"]
        return [*acts, "why", read if situation.comparing else "doctor", "models"]
    last = "connect" if situation.practising else "chats" if situation.empty else "read"
    return ["send", "newline", "models", read if situation.comparing else last]


def write_hints(names: Sequence[str], keys: Mapping[str, str], language: Language, width: int) -> str:
    """The line, in so many cells: what does not fit is left out, the last name never. `keys` are the person's own."""
    return fit_hints([_write_hint(name, keys, language) for name in names], width)


def fit_hints(hints: Sequence[str], width: int) -> str:
    """Hints as a line of at most so many cells, with the last of them and as many of the first as fit."""
    pieces = list(hints)
    while len(pieces) > 1 and cell_len(_GAP.join(pieces)) > width:
        del pieces[-2]
    return _GAP.join(pieces)


def _write_hint(name: str, keys: Mapping[str, str], language: Language) -> str:
    bound = (keys.get(ident, key).partition(",")[0] for ident, key in HINTED[name])
    word = language.say(f"hint.{name.rpartition('.')[2]}")
    return f"{show_keys(bound)} {word}"
