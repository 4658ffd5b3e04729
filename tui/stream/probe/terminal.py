"""What the terminal has to say about a chat: pure, from a survey of it."""

from tui.settings.terminal_survey import TerminalSurvey
from tui.stream.probe.finding import Finding, join_facts

SLOW_ESCAPE_MS = 100
"""From here on a person feels that Esc comes late."""


def judge_terminal(survey: TerminalSurvey) -> Finding:
    """The facts, and what to do about the bad ones."""
    facts = survey.facts
    trouble = list(_troubles(survey))
    colours = {"truecolor": "all colours", "none": "no colours"}.get(facts.colours, f"{facts.colours} colours")
    line = join_facts(
        f"TERM={survey.term or '(unset)'}",
        colours,
        "tmux" if facts.tmux else "screen" if facts.screen else None,
        f"set-clipboard {survey.tmux_clipboard}" if survey.tmux_clipboard else None,
        f"escape-time {survey.tmux_escape_ms} ms" if survey.tmux_escape_ms is not None else None,
        "SSH" if facts.ssh else None,
        f"locale {survey.locale}" if survey.locale else None,
        f"a Chinese character takes {survey.wide_cells} cells" if survey.wide_cells is not None else None,
        "the width of a Chinese character was not measured" if survey.wide_cells is None and facts.utf8 else None,
        None if survey.interactive else "no terminal at both ends",
        *trouble,
    )
    return Finding("terminal", "warn" if trouble else "ok", line)


def _troubles(survey: TerminalSurvey) -> list[str]:
    found = {
        "it takes lines only: use --plain": survey.facts.dumb and survey.interactive,
        "the locale is not UTF-8: set LANG to one that is": not survey.facts.utf8,
        "tmux keeps copied text to itself: set -s set-clipboard external": survey.tmux_clipboard == "off",
        "Esc comes late: set -s escape-time 10": (survey.tmux_escape_ms or 0) > SLOW_ESCAPE_MS,
        "it should take 2: see its settings for East Asian width": survey.wide_cells not in (None, 2),
    }
    return [text for text, holds in found.items() if holds]
