"""ColumnHead: what stands above a reply of a comparison: who answers, how its stream is doing, and how it ended.

`describe_reply` is pure; the widget only paints. Figures are those of `tui.chat.figures`: an estimate has its `~`.
"""

from dataclasses import replace

from rich.cells import cell_len
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from tui.chat.conversation import Reply
from tui.chat.figures import Figures, make_figures
from tui.settings.model_facts import ModelFacts
from tui.stream.outcome import Outcome
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.widgets.status_bar import Part, describe_amounts, fit

_GAP = "  "


def describe_reply(
    reply: Reply, facts: ModelFacts, language: Language, *, blind: bool
) -> tuple[list[Part], list[Part]]:
    """State or verdict and first-token time; then speed, tokens of text and of reasoning, cost.

    `blind`: no cost, since it would tell the model.
    """
    say, figures = language.say, make_figures(reply, facts)
    standing = [_describe_state(reply, figures, language)]
    if figures.first_text_ms is not None:
        standing.append(
            Part(say("status.first_token", seconds=f"{figures.first_text_ms / 1000:.2f}"), "$foreground", 4)
        )
    shown = replace(figures, cost=None) if blind else figures
    return standing, describe_amounts(shown, language, "$foreground")


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
    """The name above its figures: in two rows, in three if need be, in one where that is wide, or beside it where rows
    are few.
    """

    DEFAULT_CSS = """
    ColumnHead {
        height: 3;
        padding: 0 1;
        background: $panel;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        &.-four-rows { height: 4; }
        &.-two-rows { height: 2; }
        &.-one-row { height: 1; }
        &.-current { background: $boost; }
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._told: tuple[str, list[Part], list[Part]] = ("", [], [])
        self._shown: Content | None = None
        self._width = 0

    def tell(self, name: str, standing: list[Part], amounts: list[Part]) -> None:
        """Show this, as far as it fits."""
        self._told = name, standing, amounts
        rows = self._lay_out(sanitise_line(name), standing, amounts)
        if len(rows) > 3 and self.size:
            self.be_high()
        content = self._assemble(rows)
        if self._shown is None or content != self._shown:
            self._shown = content
            self.update(content, layout=False)

    def take_rows(self, rows: int) -> None:
        """Be one or two rows high, or three and more."""
        self.set_class(rows == 1, "-one-row")
        self.set_class(rows == 2, "-two-rows")
        self.tell(*self._told)

    @property
    def is_high(self) -> bool:
        """Whether the figures needed a third row."""
        return self.has_class("-four-rows")

    def be_high(self) -> None:
        """Have a third row of figures, and keep it: one that loses a digit must not move the whole column."""
        self.add_class("-four-rows")

    def on_resize(self, event: Resize) -> None:
        """Another width, another choice."""
        if event.size.width != self._width:
            self._width = event.size.width
            self.remove_class("-four-rows")
            self.tell(*self._told)

    def _lay_out(self, name: str, standing: list[Part], amounts: list[Part]) -> list[list[Part]]:
        width = max(1, self.size.width - 1)
        if self.has_class("-one-row"):
            return [fit([_title(name, max(12, width // 2)), *standing, *amounts], width)]
        if self.has_class("-two-rows"):
            return [[_title(name, width)], fit([*standing, *amounts], width)]
        parted = len(amounts) > 2 and fit(amounts, width) != amounts
        rows = [amounts[:2], amounts[2:]] if parted else [amounts]
        return [[_title(name, width)], fit(standing, width), *(fit(row, width) for row in rows)]

    def _assemble(self, rows: list[list[Part]]) -> Content:
        mark = "▌" if self.has_class("-current") else " "
        pieces: list[tuple[str, str] | str] = []
        for number, row in enumerate(rows):
            pieces.append(("\n" if number else "") + mark)
            for place, part in enumerate(row):
                pieces += [_GAP if place else "", (part.text, part.style)]
        return Content.assemble(*pieces)


def _title(name: str, cells: int) -> Part:
    return Part(shorten(name, cells), "bold $text-primary", 10)
