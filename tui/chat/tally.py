"""Tally: what the comparisons of a conversation come to, model by model."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.chat.conversation import Conversation
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


def count_wins(conversation: Conversation) -> list[Score]:
    """The models of every turn with several replies, those adopted most often first, then as they were asked."""
    figures: dict[str, list[Figures]] = {}
    wins: dict[str, int] = {}
    for turn in conversation.turns:
        if len(turn.replies) < 2:
            continue
        for reply in turn.replies:
            name = f"{reply.provider}/{reply.model}"
            figures.setdefault(name, []).append(make_figures(reply))
            wins[name] = wins.get(name, 0) + (turn.adopted and reply is turn.reply)
    scores = [Score(name, wins[name], summarise(of_model)) for name, of_model in figures.items()]
    return sorted(scores, key=lambda score: -score.wins)


def write_lines(scores: Sequence[Score], language: Language) -> list[str]:
    """A line for each model."""
    return [language.say("compare_view.line", model=score.model, **_values(score)) for score in scores]


def write_markdown(scores: Sequence[Score], language: Language) -> str:
    """A table."""
    titles = [language.say(f"compare_view.{name}") for name in ("model", "wins", "first", "speed")]
    rows = [titles, ["---", "---:", "---:", "---:"]]
    for score in scores:
        values = _values(score)
        name = score.model.replace("|", "\\|").replace("\n", " ")
        rows.append([name, f"{values['wins']}/{values['runs']}", values["first"], values["speed"]])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _values(score: Score) -> dict[str, str]:
    summary = score.summary
    speed = _show(summary.tokens_per_s, 1, 0)
    return {
        "wins": str(score.wins),
        "runs": str(summary.runs),
        "first": _show(summary.first_text_ms, 0.001, 2) + (" s" if summary.first_text_ms else ""),
        "speed": f"~{speed}" if summary.speed_estimated and summary.tokens_per_s else speed,
    }


def _show(spread: Spread | None, scale: float, digits: int) -> str:
    return _UNKNOWN if spread is None else f"{spread.median * scale:.{digits}f}"
