"""TemplatingScreen: a screen whose prompts may come from prompt files, and whose system prompt may be one.

A file is read when it is used. Its model and parameters hold for the conversation that it was put into.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from textual import on
from textual.app import SystemCommand

from tui.settings.parameters import Parameters
from tui.settings.prompt_file import PromptFile, find_marks, read_prompts
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.manner import Manner
from tui.ui.screens.attaching import AttachingScreen
from tui.ui.widgets.prompt import Prompt


class TemplatingScreen(AttachingScreen):
    """What is not filled in is not sent without a word."""

    def __init__(self, language: Language, manner: Manner, behind: Callable[[], bool]) -> None:
        super().__init__(language, manner, behind)
        self._warned: str | None = None
        """The text that was not sent since something in it is not filled in."""

    def prepare(self, text: str) -> None:
        """The first time a prompt with a mark in it is given back."""
        open_marks = [name for name in find_marks(text) if name in self.prompt.marks]
        if not open_marks or text == self._warned:
            self._warned = None
            super().prepare(text)
            return
        self._warned = text
        if text in self.prompt.unsent:
            self.prompt.unsent.remove(text)
        self.prompt.give_back(text)
        self._tell_template("unfilled", name=open_marks[0])

    @on(Prompt.Completed)
    def use_template(self, event: Prompt.Completed) -> None:
        """Let the model and the parameters of a file hold, and go to the first mark."""
        if isinstance(prompt := event.candidate.value, PromptFile):
            self.prompt.marks |= frozenset(prompt.variables)
            self._take_settings(prompt)
            self.prompt.step_mark()

    def _prompts_folder(self) -> Path | None:
        return self._workspace.paths.prompts if self._workspace is not None else None

    def choose_system(self) -> None:
        """Choose the system prompt of this conversation among the files."""
        if (workspace := self._workspace) is None:
            self.put_off(self.choose_system)
            return
        from tui.ui.screens.filter_list import FilterList, Found, Row  # when first asked for

        def find(words: Sequence[str], wanted: Callable[[], bool]) -> Found[PromptFile]:
            found, complaints = read_prompts(workspace.paths.prompts)
            rows = [
                Row(f"{one.name}  {one.text}", "", one)
                for one in found.values()
                if one.kind == "system" and all(word.lower() in f"{one.name} {one.text}".lower() for word in words)
            ]
            return Found(rows, complaints[0] if complaints else "")

        def chosen(prompt: PromptFile | None) -> None:
            if prompt is None:
                return
            if missing := [name for name in prompt.variables if name not in prompt.defaults]:
                self._tell_template("system_unfilled", name=missing[0])
            else:
                self._take_settings(prompt, system=prompt.fill({}))

        self.app.push_screen(FilterList("system_prompt", find, self._language), chosen)

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        yield SystemCommand(say("system_prompt.title"), say("system_prompt.help"), self.choose_system)
        yield from super().commands()

    def _take_settings(self, prompt: PromptFile, system: str | None = None) -> None:
        workspace, conversation = self._workspace, self._conversation
        assert workspace is not None, "files are read out of an open workspace"
        if prompt.model is not None:
            if (model := workspace.catalogue.find(prompt.model)) is None:
                self._tell_template("no_model", name=prompt.name, model=prompt.model)
            else:
                self._model, self._marked = model, ()
                self.model_chosen()
        given = prompt.parameters if system is None else Parameters(system=system).over(prompt.parameters)
        if given:
            workspace.session.set_parameters(conversation, given.over(conversation.parameters))
            self._tell("tuning.kept", shown=sanitise_line(conversation.parameters.shown()))
            self.parameters_changed()

    def _tell_template(self, code: str, /, **values: object) -> None:
        text = sanitise_line(self._language.say(f"template.{code}", **values))
        self.notify(text, severity="warning", timeout=8, markup=False)
