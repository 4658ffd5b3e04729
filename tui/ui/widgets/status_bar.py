"""StatusBar: one line that says where the words go, who answers, and how the stream is doing.

What matters least is left out first when the terminal is narrow. `describe` is pure; the widget only paints.
"""

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from tui.chat.catalogue import Model
from tui.chat.context_window import ContextUse
from tui.chat.conversation import Reply
from tui.chat.figures import Figures, describe_cost, make_figures
from tui.chat.waiting import find_wait
from tui.settings.config import PRACTICE
from tui.settings.model_facts import ModelFacts
from tui.settings.parameters import Parameters
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.widgets.model_row import describe_context

_GAP = "  "
_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the line."""

    text: str
    style: str
    weight: int
    """The lightest go first when space is short."""


def describe(
    model: Model | None,
    reply: Reply | None,
    language: Language,
    *,
    queued: int = 0,
    elsewhere: int = 0,
    parameters: Parameters | None = None,
    facts: ModelFacts | None = None,
    context: ContextUse | None = None,
    after: Model | None = None,
) -> list[Part]:
    """The parts of the line, left to right, for the model of the reply in view and that reply.

    `parameters` are the conversation's own, over the model's; `facts` have the price of the model that replies;
    `context` tells how full the chosen model's is;
    `after` is whom the next prompt goes to, where that is another;
    `queued` prompts wait for the reply's end; `elsewhere` replies are being written in conversations not shown.
    """
    parts = _describe_model(model, language)
    if model is not None or reply is not None:
        parts += _describe_stream(reply, facts, language)
    own = parameters or Parameters()
    if shown := (own.over(model.parameters) if model is not None else own).shown():
        text = sanitise_line(shown)
        cut = text if len(text) <= _NAME_LENGTH else text[: _NAME_LENGTH - 1] + "…"
        parts.insert(2 if model is not None else 1, Part(cut, "$text-accent", 5))
    if context is not None and context.count.tokens:
        parts.insert(2, _describe_context(context, language))
    if after is not None:
        name = after.id if model is not None and model.provider.name == after.provider.name else after.name
        parts.append(Part(language.say("status.next", model=_short(sanitise_line(name))), "$text-accent", 7))
    if queued:
        parts.append(Part(language.say("status.queued", count=queued), "$text-accent", 6))
    if elsewhere:
        parts.append(Part(language.say("status.elsewhere", count=elsewhere), "$text-accent", 6))
    return parts


def _describe_context(context: ContextUse, language: Language) -> Part:
    about, window = "~" if context.count.estimated else "", describe_context(context.window)
    text = language.say("status.context", percent=f"{about}{context.percent}%", window=window)
    return Part(text, "$text-warning", 6) if context.is_nearly_full else Part(text, "dim", 1)


def _describe_model(model: Model | None, language: Language) -> list[Part]:
    if model is None:
        return [Part(language.say("status.no_model"), "bold $text-warning", 8)]
    environment = model.provider.environment if model.provider.name != PRACTICE else None
    route = _short(sanitise_line(model.provider.name))
    return [
        Part(f"{route} ({environment})" if environment else route, "bold $text-primary", 8),
        Part(_short(sanitise_line(model.id)), "$foreground", 7),
    ]


def _describe_stream(reply: Reply | None, facts: ModelFacts | None, language: Language) -> list[Part]:
    say = language.say
    if reply is None:
        return [Part(say("status.idle"), "$text-muted", 6)]
    parts = _describe_state(reply, language)
    if reply.trace is None:
        return parts
    # Last, since it changes every second: what stands behind it would move along, and a thin link carry that.
    silent = _describe_silence(reply, language)
    figures = make_figures(reply, facts)
    if figures.first_text_ms is not None:
        parts.append(Part(say("status.first_token", seconds=f"{figures.first_text_ms / 1000:.2f}"), "$text-muted", 4))
    return [*parts, *describe_amounts(figures, language, "$text-muted"), *silent]


def describe_amounts(figures: Figures, language: Language, style: str) -> list[Part]:
    """Speed, tokens of text, those of reasoning apart, cost: each as far as it is known."""
    say, parts = language.say, []
    if figures.tokens_per_s is not None:
        about = "~" if figures.speed_estimated else ""
        parts.append(Part(say("status.speed", speed=f"{about}{figures.tokens_per_s:.0f}"), style, 5))
    if figures.text is not None and figures.text.tokens:
        parts.append(Part(say("status.tokens", count=figures.text), style, 3))
    if figures.reasoning is not None:
        parts.append(Part(say("status.reasoning", count=figures.reasoning), style, 2))
    if figures.cost is not None:
        parts.append(Part(describe_cost(figures.cost), style, 1))
    return parts


def _describe_state(reply: Reply, language: Language) -> list[Part]:
    say, trace = language.say, reply.trace
    if reply.outcome is not None and not reply.outcome.has_note:
        return [Part(say("status.ended"), "$text-muted", 10)]
    if reply.outcome is not None:
        return [Part(say("status.ended_so", outcome=reply.outcome), "$text-warning", 10)]
    if trace is None:
        return [Part(say("status.followed"), "$text-success", 10)]
    thinks = trace.state == "streaming" and reply.reasoning_pieces and not reply.pieces
    return [Part(say("status.thinking" if thinks else f"status.{trace.state}"), "$text-success", 10)]


def _describe_silence(reply: Reply, language: Language) -> list[Part]:
    wait = find_wait(reply.trace) if reply.trace is not None and reply.outcome is None else None
    if wait is None:
        return []
    # Since when, and not how long: the log counts the seconds, and a thin link need not carry them twice.
    return [Part(language.say(f"waiting.{wait.kind}_since", since=wait.since), "bold $text-warning", 9)]


def _short(name: str) -> str:
    """A name in at most 40 characters, its end kept: that is where models differ."""
    return name if len(name) <= _NAME_LENGTH else "…" + name[1 - _NAME_LENGTH :]


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
