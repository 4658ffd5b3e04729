"""What came of a trial of a provider, in a sentence."""

from tui.stream.probe.question import ENOUGH_TOKENS
from tui.stream.trial import Trial
from tui.text.language import Language


def tell_trial(trial: Trial, language: Language) -> str:
    """The outcome and its sentence; of a reply that was stopped since it went on, that it streams."""
    if trial.unbounded:
        return language.say("connect.unbounded", count=ENOUGH_TOKENS)
    return f"{trial.outcome}: {language.outcome(trial.outcome, trial.values)}"
