"""ListFailure: a provider whose list of models could not be had, and why, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui.chat.catalogue import ModelCatalogue
from tui.stream.outcome import Outcome
from tui.text.age import describe_age
from tui.text.language import Language
from tui.text.sanitise import sanitise_line


@dataclass(frozen=True, slots=True)
class ListFailure:
    """One provider; its texts are safe to show."""

    provider: str
    outcome: Outcome
    sentence: str
    """Why, and how old the list is that stands in for it, if there is one."""
    advice: str | None = None
    """The next step."""

    @property
    def verdict(self) -> str:
        """The name and the outcome."""
        return f"{sanitise_line(self.provider)}: {self.outcome}"

    @property
    def line(self) -> str:
        """The name, the outcome and its sentence."""
        return f"{self.verdict}: {self.sentence}"


def tell_failures(catalogue: ModelCatalogue, language: Language) -> list[ListFailure]:
    """The providers that did not answer with a list in this run."""
    failures = []
    for name, listing in catalogue.failures():
        if listing.failure is not None:
            age = catalogue.age_of(name)
            old = "" if age is None else language.say("picker.old", age=describe_age(age, language))
            values = listing.values or {}
            sentence = sanitise_line(language.outcome(listing.failure, values) + old)
            advice = next((sanitise_line(step) for step in language.advice(listing.failure, values)), None)
            failures.append(ListFailure(name, listing.failure, sentence, advice))
    return failures


def fit_failures(failures: Sequence[ListFailure], rows: int, width: int) -> list[str]:
    """A line for each; the verdicts alone, side by side, where that would be too many lines."""
    if len(failures) <= rows:
        return [failure.line for failure in failures]
    lines = [""]
    for failure in failures:
        longer = f"{lines[-1]} · {failure.verdict}" if lines[-1] else failure.verdict
        if lines[-1] and cell_len(longer) > width:
            lines.append(failure.verdict)
        else:
            lines[-1] = longer
    return lines
