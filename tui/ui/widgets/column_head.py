"""ColumnHead: what stands above a reply of a comparison: who answers, how its stream is doing, and how it ended.

`describe_reply` is pure; the widget only paints. Figures are those of `tui.chat.figures`: an estimate has its `~`.
"""

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from tui.chat.conversation import Reply
from tui.chat.figures import Figures, make_figures
from tui.settings.model_facts import ModelFacts
from tui.stream.outcome import Outcome
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.widgets.status_bar import Part, fit

_GAP = "  "


def describe_reply(reply: Reply, facts: ModelFacts, language: Language, *, blind: bool) -> list[Part]:
    """State or verdict, first-token time, speed, tokens, cost; `blind`: no price, since it would tell the model."""
    say, figures = language.say, make_figures(reply, facts)
    parts = [_describe_state(reply, figures, language)]
    if figures.first_text_ms is not None:
        parts.append(Part(say("status.first_token", seconds=f"{figures.first_text_ms / 1000:.2f}"), "$foreground", 4))
    if figures.tokens_per_s is not None:
        about = "~" if figures.speed_estimated else ""
        parts.append(Part(say("status.speed", speed=f"{about}{figures.tokens_per_s:.0f}"), "$foreground", 5))
    if figures.tokens_out is not None:
        parts.append(Part(say("status.tokens", count=figures.tokens_out), "$foreground", 3))
    if figures.cost is not None and not blind:
        parts.append(Part(f"${figures.cost:.2g}", "$foreground", 2))
    return parts


def _describe_state(reply: Reply, figures: Figures, language: Language) -> Part:
    if figures.outcome is not None:
        complete = figures.outcome is Outcome.COMPLETE
        return Part(figures.outcome.value, "$text-success" if complete else "bold $text-warning", 9)
    state = reply.trace.state if reply.trace is not None else "followed"
    # A stream that has ended is still told as such in the moment before its outcome is known.
    return Part(language.say(f"status.{state}"), "$text-accent", 9)


def shorten(name: str, cells: int) -> str:
    """A name in so many cells; what is left out is its start, since models differ at their ends."""
    if cell_len(name) <= cells:
        return name
    kept = name
    while kept and cell_len(kept) > cells - 1:
        kept = kept[1:]
    return "…" + kept


class ColumnHead(Static):
    """Two rows, the name above the figures; one row where there is the width for both and not the height."""

    DEFAULT_CSS = """
    ColumnHead {
        height: 2;
        padding: 0 1;
        background: $panel;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        &.-one-row { height: 1; }
        &.-current { background: $primary 30%; }
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._told: tuple[str, list[Part]] = ("", [])
        self._shown: Content | None = None

    def tell(self, name: str, parts: list[Part]) -> None:
        """Show this, as far as it fits."""
        self._told = name, parts
        content = self._lay_out(sanitise_line(name), parts)
        if self._shown is None or content != self._shown:
            self._shown = content
            self.update(content, layout=False)

    def on_resize(self) -> None:
        """Another width, another choice."""
        self.tell(*self._told)

    def _lay_out(self, name: str, parts: list[Part]) -> Content:
        width, current = max(1, self.size.width - 2), self.has_class("-current")
        mark = "▌" if current else " "
        if self.has_class("-one-row"):
            title = Part(mark + shorten(name, max(12, width // 2)), "bold $text-primary", 10)
            shown, lines = fit([title, *parts], width), ""
        else:
            title = Part(mark + shorten(name, width - 1), "bold $text-primary", 10)
            shown, lines = [title, *fit(parts, width - 1)], "\n" + mark
        pieces: list[tuple[str, str] | str] = []
        for place, part in enumerate(shown):
            gap = lines if place == 1 and lines else _GAP if place else ""
            pieces += [gap, (part.text, part.style)]
        return Content.assemble(*pieces)
