"""TemplatingScreen: a screen whose prompts may come from prompt files, and whose system prompt may be one.

A file is read when it is used. Its model and parameters hold for the conversation that it was put into. What a file
has put in is seen in the editor before it is sent.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from textual import on
from textual.app import SystemCommand

from tui.chat.attachment import Attachment
from tui.chat.conversation import Turn
from tui.settings.parameters import Parameters
from tui.settings.prompt_file import PromptFile, find_command, find_marks, read_prompts
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
        """The first time a prompt with a mark in it is given back, and one that begins with `/name` with its file."""
        if text == self._warned or not _may_need_files(text):
            self._warned = None
            super().prepare(text)
        else:
            self.is_preparing = True
            self.run_worker(self._look_up(text), group="attach")

    async def _look_up(self, text: str) -> None:
        """Send a prompt unless the files have to do with it; a stop, or another conversation, takes it back."""
        conversation, prompt = self._conversation, self.prompt
        try:
            files = await self._read_files()
        finally:
            self.is_preparing = False
        if text not in prompt.unsent:
            self.send_queued()
            return
        new = self._fill_in(text, *files)
        if conversation is self._conversation and new is None:
            super().prepare(text)
            return
        prompt.unsent.remove(text)
        self.give_queue_back()
        prompt.give_back(text if new is None else new[0])
        if new is not None and not self._editor.is_editing:
            prompt.begin_steps(0, len(new[0]), new[1])

    def resend(self, text: str, turn: Turn, attachments: tuple[Attachment, ...] = ()) -> None:
        """An edited prompt likewise, which stays in the editor."""
        if text == self._warned or not _may_need_files(text):
            self._warned = None
            super().resend(text, turn, attachments)
        elif not self.is_preparing:
            self.is_preparing = True
            self.run_worker(self._look_up_again(text, turn), group="attach")

    async def _look_up_again(self, text: str, turn: Turn) -> None:
        prompt = self.prompt
        try:
            files = await self._read_files()
        finally:
            self.is_preparing = False
        if not self.is_edited(turn) or self.streaming:
            self.send_queued()
        elif (new := self._fill_in(text, *files)) is None:
            super().resend(text, turn)
        elif prompt.shown == text:
            prompt.rewrite(new[0])
            prompt.begin_steps(0, len(new[0]), new[1])

    def _fill_in(
        self, text: str, prompts: Mapping[str, PromptFile], complaints: Sequence[str]
    ) -> tuple[str, list[tuple[int, str]]] | None:
        """What is to stand in the editor in the place of a prompt, with its defaults; None if it can be sent."""
        self.prompt.marks |= frozenset(name for each in prompts.values() for name in each.variables)
        if (found := find_command(text, prompts)) is not None:
            prompt, rest = found
            self._take_settings(prompt)
            self.notify(self._language.say("template.put_in", name=prompt.name), timeout=4, markup=False)
            return "\n\n".join(part for part in (prompt.fill({}), rest) if part), prompt.place_defaults()
        if open_marks := [name for name in find_marks(text) if name in self.prompt.marks]:
            self._warned = text
            self._tell_template("unfilled", name=open_marks[0])
            return text, []
        if complaint := next((one for one in complaints if text.startswith("/") and _is_about(one, text)), None):
            self._warned = text
            self.notify(sanitise_line(complaint), severity="warning", timeout=8, markup=False)
            return text, []
        return None

    async def _read_files(self) -> tuple[Mapping[str, PromptFile], Sequence[str]]:
        """Those that can be used, and the complaints about the others."""
        folder = self._prompts_folder()
        return await asyncio.to_thread(read_prompts, folder) if folder is not None else ({}, ())

    @on(Prompt.Completed)
    def use_template(self, event: Prompt.Completed) -> None:
        """Let the model and the parameters of a file hold, and go to the first mark."""
        if isinstance(prompt := event.candidate.value, PromptFile):
            self.prompt.marks |= frozenset(prompt.variables)
            self._take_settings(prompt)
            end = self.prompt.caret_index
            self.prompt.begin_steps(end - len(event.candidate.text), end, prompt.place_defaults())

    def _prompts_folder(self) -> Path | None:
        return self._workspace.paths.prompts if self._workspace is not None else None

    def choose_system(self) -> None:
        """Choose the system prompt of this conversation among the files."""
        if (workspace := self._workspace) is None:
            self.put_off(self.choose_system)
            return
        from tui.ui.screens.filter_list import FilterList, Found, Row  # when first asked for

        set_now = self._conversation.parameters.system is not None
        none: Row[PromptFile | str] = Row(self._language.say("system_prompt.none"), "", "")

        def find(words: Sequence[str], wanted: Callable[[], bool]) -> Found[PromptFile | str]:
            found, complaints = read_prompts(workspace.paths.prompts)
            rows = [none] if set_now and not words else []
            rows += [
                Row(f"{one.name}  {one.text}", "", one)
                for one in found.values()
                if one.kind == "system" and all(word.lower() in f"{one.name} {one.text}".lower() for word in words)
            ]
            return Found(rows, complaints[0] if complaints else "")

        def chosen(prompt: PromptFile | str | None) -> None:
            if prompt is None:
                return
            if isinstance(prompt, str):
                self._drop_system()
            elif missing := [name for name in prompt.variables if name not in prompt.defaults]:
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
            shown = conversation.parameters.shown()
            if system is not None:
                named = self._language.say("system_prompt.named", title=prompt.name)
                shown = ", ".join(filter(None, (named, replace(conversation.parameters, system=None).shown())))
            self._tell("tuning.kept", shown=sanitise_line(shown))
            self.parameters_changed()

    def _drop_system(self) -> None:
        assert self._workspace is not None, "there is a list only in an open workspace"
        conversation = self._conversation
        self._workspace.session.set_parameters(conversation, replace(conversation.parameters, system=None))
        self._tell("system_prompt.dropped")
        self.parameters_changed()

    def _tell_template(self, code: str, /, **values: object) -> None:
        text = sanitise_line(self._language.say(f"template.{code}", **values))
        self.notify(text, severity="warning", timeout=8, markup=False)


def _may_need_files(text: str) -> bool:
    """Whether a prompt looks like one that prompt files have to do with."""
    return text.startswith("/") or bool(find_marks(text))


def _is_about(complaint: str, text: str) -> bool:
    """Whether a complaint is about the file that the first word of a text, `/name`, would be that of."""
    return f"{text.split(maxsplit=1)[0]}.md: " in complaint
