"""StatusBar: one line that says where the words go, who answers, and how the stream is doing.

What matters least is left out first when the terminal is narrow. `describe` is pure; the widget only paints.
"""

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from tui.chat.catalogue import Model
from tui.chat.conversation import Reply
from tui.text.language import Language
from tui.text.sanitise import sanitise_line

SILENCE_SECONDS = 5
"""From here on a silent stream is called silent."""
_GAP = "  "


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the line."""

    text: str
    style: str
    weight: int
    """The lightest go first when space is short."""


def describe(model: Model | None, reply: Reply | None, language: Language, *, queued: int = 0) -> list[Part]:
    """The parts of the line, left to right, for the chosen model and the reply in view."""
    say = language.say
    parts = []
    if model is not None:
        environment = model.provider.environment
        route = sanitise_line(model.provider.name)
        parts.append(Part(f"{route} ({environment})" if environment else route, "bold $text-primary", 7))
        parts.append(Part(sanitise_line(model.id), "$foreground", 8))
    else:
        parts.append(Part(say("status.no_model"), "bold $text-warning", 8))
    trace = reply.trace if reply is not None else None
    if trace is None:
        parts.append(Part(say("status.idle"), "dim", 6))
        return parts
    ended = reply is not None and reply.outcome is not None
    state = "ended" if ended else trace.state
    style = "dim" if ended else "$text-success"
    word = say(f"status.{state}")
    if ended and reply is not None and reply.outcome is not None and reply.outcome.value != "complete":
        word, style = f"{word}: {reply.outcome.value}", "$text-warning"
    parts.append(Part(word, style, 10))
    silence = trace.silence()
    if not ended and silence is not None and silence >= SILENCE_SECONDS:
        parts.append(Part(say("status.silent", seconds=int(silence)), "bold $text-warning", 9))
    if state == "retrying" and trace.retry_at is not None:
        left = max(0.0, trace.retry_at - trace.clock.monotonic())
        parts.append(Part(say("status.retry_in", seconds=f"{left:.0f}"), "$text-warning", 9))
    if (first := trace.first_text_seconds()) is not None:
        parts.append(Part(say("status.first_token", seconds=f"{first:.2f}"), "dim", 4))
    speed = trace.speed()
    count, estimated = trace.tokens()
    about = "~" if estimated else ""
    if speed is not None:
        parts.append(Part(say("status.speed", speed=f"{about}{speed:.0f}"), "dim", 5))
    if count:
        parts.append(Part(say("status.tokens", count=f"{about}{count}"), "dim", 3))
    if queued:
        parts.append(Part(say("status.queued", count=queued), "$text-accent", 6))
    return parts


def fit(parts: list[Part], width: int) -> list[Part]:
    """The parts that fit into so many cells; the last one left is shown whatever it takes."""
    kept = list(parts)
    while len(kept) > 1 and sum(cell_len(part.text) for part in kept) + len(_GAP) * (len(kept) - 1) > width:
        kept.remove(min(kept, key=lambda part: part.weight))
    return kept


class StatusBar(Static):
    """Paints the parts; a line that did not change is not painted again."""

    DEFAULT_CSS = """
    StatusBar {
        height: 1;
        padding: 0 2;
        background: $panel;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._shown: list[Part] = []
        self._parts: list[Part] = []

    def show(self, parts: list[Part]) -> None:
        """Show these parts, as far as they fit."""
        self._parts = parts
        chosen = fit(parts, max(1, self.size.width - 4))
        if chosen != self._shown:
            self._shown = chosen
            pieces: list[tuple[str, str] | str] = []
            for part in chosen:
                pieces += [(part.text, part.style), _GAP]
            self.update(Content.assemble(*pieces[:-1]), layout=False)

    def on_resize(self) -> None:
        """Another width, another choice."""
        self.show(self._parts)
