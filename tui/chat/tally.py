"""Tally: what the comparisons of a conversation come to, model by model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.chat.conversation import Turn
from tui.chat.figures import Figures, Spread, Summary, make_figures, summarise
from tui.text.language import Language

_UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class Score:
    """One model in all comparisons of a conversation."""

    model: str
    """As `provider/model`."""
    wins: int
    """Turns in which a person adopted its reply."""
    summary: Summary


def count_wins(turns: Iterable[Turn]) -> list[Score]:
    """The models of every turn that several answered, those adopted most often first, then as they were asked.

    A model that answered such a turn more than once counts with each of its replies, and what a person wrote with none.
    """
    figures: dict[str, list[Figures]] = {}
    wins: dict[str, int] = {}
    for turn in turns:
        received = [reply for reply in turn.replies if reply.edited is None]
        names = [f"{reply.provider}/{reply.model}" for reply in received]
        if len(set(names)) < 2:
            continue
        for name, reply in zip(names, received, strict=True):
            figures.setdefault(name, []).append(make_figures(reply))
            wins[name] = wins.get(name, 0) + (turn.adopted and reply is turn.reply)
    scores = [Score(name, wins[name], summarise(of_model)) for name, of_model in figures.items()]
    return sorted(scores, key=lambda score: -score.wins)


def write_table(scores: Sequence[Score], language: Language) -> list[list[str]]:
    """Rows of cells, the titles first; names are as they came."""
    titles = [language.say(f"compare_view.{name}") for name in ("model", "wins", "first", "speed")]
    return [titles, *([score.model, *_figures(score)] for score in scores)]


def write_markdown(scores: Sequence[Score], language: Language) -> str:
    """The same as a table of markdown."""
    titles, *rows = write_table(scores, language)
    escaped = ([name.replace("|", "\\|").replace("\n", " "), *figures] for name, *figures in rows)
    return "".join(f"| {' | '.join(row)} |\n" for row in (titles, ["---", "---:", "---:", "---:"], *escaped))


def _figures(score: Score) -> list[str]:
    summary = score.summary
    speed = _show(summary.tokens_per_s, 1, 0)
    return [
        f"{score.wins}/{summary.runs}",
        _show(summary.first_text_ms, 0.001, 2) + (" s" if summary.first_text_ms else ""),
        f"~{speed}" if summary.speed_estimated and summary.tokens_per_s else speed,
    ]


def _show(spread: Spread | None, scale: float, digits: int) -> str:
    return _UNKNOWN if spread is None else f"{spread.median * scale:.{digits}f}"
