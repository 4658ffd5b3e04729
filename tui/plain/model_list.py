"""ModelList: choosing a model in lines: numbers, names and words."""

from dataclasses import dataclass, field

from tui.chat.catalogue import Model
from tui.chat.list_failure import tell_failures
from tui.chat.model_filter import filter_models
from tui.chat.workspace import Workspace
from tui.text.language import Language
from tui.text.sanitise import sanitise_line

SHOWN = 50
"""Lines of a list; whoever serves more models is better asked with a word."""


@dataclass(slots=True)
class ModelList:
    """The models that were listed last, which a number refers to."""

    shown: list[Model] = field(default_factory=list)

    def find(self, words: str, workspace: Workspace) -> Model | list[Model]:
        """The one model that is meant, or those that may be: a number, a whole name or id, else words."""
        if words.isascii() and words.isdigit() and 1 <= int(words) <= len(self.shown):
            return self.shown[int(words) - 1]
        models = workspace.catalogue.models()
        exact = [model for model in models if words in (model.name, model.id)]
        found = exact or filter_models(models, words)
        if len(found) == 1:
            return found[0]
        if not found and (named := workspace.catalogue.find(words)) is not None:
            return named  # a provider may serve a model that it does not list
        return found

    def lines(self, models: list[Model], workspace: Workspace, current: Model | None, language: Language) -> list[str]:
        """These models with the numbers that they have from now on, and whose list could not be had."""
        self.shown = models[:SHOWN]
        lines = [
            f"{number} {model.name}{language.say('plain.current') if model == current else ''}"
            for number, model in enumerate(self.shown, 1)
        ]
        if len(models) > SHOWN:
            lines.append(language.say("plain.rest", count=len(models) - SHOWN))
        failures = tell_failures(workspace.catalogue, language)
        return [*map(sanitise_line, lines), *(failure.line for failure in failures)]
