"""AttachingScreen: a screen whose prompts may bring files along.

What a prompt mentions is read when it is sent, in a thread; until then the prompt counts as not taken yet, so that a
stop gives it back. If a file cannot be sent, or the model takes no images, nothing is, and the prompt is given back.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field

from textual import on
from textual.app import SystemCommand
from textual.getters import query_one
from textual.widgets import TextArea

from tui.chat.attachment import (
    Attachment,
    AttachmentError,
    check_together,
    find_absent,
    find_attached,
    keep_attached,
    read_attachment,
    read_attachments,
    show_name,
)
from tui.chat.catalogue import Model
from tui.chat.chip import write_absent, write_chip, write_hint, write_left, write_trouble
from tui.chat.context_window import estimate_attachment
from tui.chat.conversation import Turn
from tui.chat.path_listing import ListedPath
from tui.chat.refusal import find_refusal
from tui.text.language import Language
from tui.ui.manner import Manner
from tui.ui.screens.hinting import HintingScreen
from tui.ui.widgets.attachment_bar import AttachmentBar
from tui.ui.widgets.model_picker import Chosen
from tui.ui.widgets.prompt import Prompt

LOOK_SECONDS = 0.15
"""How long nothing is typed before the files are looked at that it mentions."""
TOLD_SECONDS = 12


class AttachingScreen(HintingScreen):
    """Whoever inherits shows the turn that begins."""

    bar = query_one(AttachmentBar)

    def __init__(self, language: Language, manner: Manner, behind: Callable[[], bool]) -> None:
        super().__init__(language, manner, behind)
        self._completed: set[str] = set()
        """Paths that were taken from the list, or stood as chips: they mean files, also when those are gone."""
        self._mentioned: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        """By the person, and in what was pasted or comes from elsewhere."""
        self.is_preparing = False
        """Whether files are being read for a prompt that is to be sent."""

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        yield SystemCommand(say("attachment.attach"), say("attachment.attach_help"), self.begin_mention)
        yield from super().commands()

    def begin_mention(self) -> None:
        """Begin to name a file where the caret stands, which lists those that there are."""
        prompt = self.prompt
        row, column = prompt.cursor_location
        before = prompt.document.get_line(row)[:column]
        prompt.insert("@" if not before or before[-1].isspace() else " @")
        self.set_focus(prompt)

    def send(self, text: str, attachments: tuple[Attachment, ...]) -> None:
        """Begin a turn with what was typed; from here on what is sent is queued."""
        assert self._workspace is not None, "only an open workspace sends"
        self.begin_turn(text, attachments=attachments)
        self.keep_draft()
        self.save_state()

    def send_queued(self) -> None:
        """Send what waits, if it may go now; whoever inherits does."""

    def prepare(self, text: str) -> None:
        """Send a prompt, which stands among those that nobody has taken yet, with the files that it mentions."""
        if "@" in text:
            self.is_preparing = True
            self.run_worker(self._read(text), group="attach")
        else:
            self._finish(text, (), self._find_refusal(()))

    @on(Prompt.Completed)
    def remember_path(self, event: Prompt.Completed) -> None:
        """What was taken from the list means a file."""
        if isinstance(event.candidate.value, ListedPath):
            self._completed.add(event.candidate.value.path)
        self._look()

    @on(TextArea.Changed)
    def look_at_files(self, event: TextArea.Changed) -> None:
        """Show what would be sent along, once nothing was typed for a moment."""
        if event.text_area is self.prompt:
            self._look()

    def _look(self) -> None:
        mentioned = self.prompt.mentions, self.prompt.foreign_mentions
        if mentioned != self._mentioned:
            self._mentioned = mentioned
            self.run_worker(self._show_chips(), group="chips", exclusive=True)

    async def _show_chips(self) -> None:
        if any(self._mentioned):
            await asyncio.sleep(LOOK_SECONDS)
        text, completed = self.prompt.text, frozenset(self._completed)
        named, foreign = map(frozenset, self._mentioned)
        seen = await asyncio.to_thread(_look_at, text, named, foreign - named, completed, self._language)
        self._completed.update(seen.chips)
        self.attached_tokens = seen.tokens
        self.bar.show([*seen.chips.values()], seen.trouble, seen.hint)

    async def _read(self, text: str) -> None:
        """Read the files of a prompt; a stop meanwhile, or another conversation in front, takes it back."""
        conversation = self._conversation
        files: tuple[Attachment, ...] = ()
        named, completed = self.prompt.named.get(text, frozenset()), frozenset(self._completed)
        try:
            files = await asyncio.to_thread(lambda: read_attachments(find_attached(text, named, completed)))
            absent = await asyncio.to_thread(find_absent, text, named)
        except AttachmentError as error:
            trouble: str | None = write_trouble(error, self._language)
        else:
            trouble = self._find_refusal(files)
            if absent:
                self.notify(write_absent(absent, self._language), severity="warning", markup=False)
        finally:
            self.is_preparing = False
        if text in self.prompt.unsent:
            self._finish(text, files, trouble, again=conversation is not self._conversation)
        else:
            self.send_queued()

    def resend(self, text: str, turn: Turn, attachments: tuple[Attachment, ...] = ()) -> None:
        """Also with what went with the prompt before, as it was then, unless its mention is gone; the rest is read."""
        if not ("@" in text or turn.attachments):
            super().resend(text, turn)
        elif not self.is_preparing:
            self.is_preparing = True
            self.run_worker(self._read_again(text, turn), group="attach")

    async def _read_again(self, text: str, turn: Turn) -> None:
        kept = keep_attached(turn.attachments, turn.prompt, text)
        names = {each.name for each in kept}
        completed = frozenset(path for path in self._completed if show_name(path) not in names)
        try:
            paths = await asyncio.to_thread(find_attached, text, frozenset(self.prompt.mentions), completed)
            new = [path for path in paths if show_name(path) not in names]
            files = (*kept, *await asyncio.to_thread(read_attachments, new))
            check_together(files)
        except AttachmentError as error:
            trouble: str | None = write_trouble(error, self._language)
        else:
            trouble = self._find_refusal(files, turn)
        finally:
            self.is_preparing = False
        if trouble is not None:
            self._tell_unsent(trouble)
        elif self.is_edited(turn) and not self.streaming:
            super().resend(text, turn, files)
        self.send_queued()

    def _tell_unsent(self, trouble: str) -> None:
        told = f"{trouble}\n{self._language.say('attachment.unsent')}"
        self.notify(told, severity="error", timeout=TOLD_SECONDS, markup=False)

    def _add_replies(self, turn: Turn, choice: Chosen) -> None:
        """None of another model that is known to take no images, where some would be sent again."""
        workspace, conversation = self._workspace, self._conversation
        assert workspace is not None, "a model comes out of an open workspace"
        trouble = find_refusal(workspace.catalogue, choice.models, conversation, turn.attachments, self._language, turn)
        if trouble is None:
            super()._add_replies(turn, choice)
        else:
            self.notify(trouble, severity="error", timeout=TOLD_SECONDS, markup=False)

    def _finish(self, text: str, files: tuple[Attachment, ...], trouble: str | None, *, again: bool = False) -> None:
        """Send, or give the prompt back and say why; `again`: it is to be sent anew, by the person."""
        self.prompt.unsent.remove(text)
        if trouble is None and not again:
            self.send(text, files)
            return
        self.give_queue_back()
        self.prompt.give_back(text)
        if trouble is not None:
            self._tell_unsent(trouble)

    def _find_refusal(self, files: Sequence[Attachment], before: Turn | None = None) -> str | None:
        """Why a model that is known to take no images cannot be asked."""
        workspace = self._workspace
        assert workspace is not None, "only an open workspace sends"
        models: Sequence[Model] = self._marked or ([self._model] if self._model is not None else [])
        return find_refusal(workspace.catalogue, models, self._conversation, files, self._language, before)


@dataclass(slots=True)
class _Seen:
    """What there is to show of the files that a text mentions, before it is sent."""

    chips: dict[str, str] = field(default_factory=dict)
    """By path."""
    tokens: int = 0
    """An estimate of what the files take of a model's context."""
    trouble: str | None = None
    """What is wrong with the first that cannot be sent."""
    hint: str = ""
    """About a mention that is no file, one that is only text, or what becomes of the chips, if there are any."""


def _look_at(text: str, named: Set[str], foreign: Set[str], completed: Set[str], language: Language) -> _Seen:
    """`foreign` are mentions that nobody typed. Blocks."""
    seen = _Seen()
    files: list[Attachment] = []
    try:
        for path in find_attached(text, named, completed):
            files.append(read_attachment(path))
            check_together(files)
            seen.chips[path] = write_chip(files[-1], language)
            seen.tokens += estimate_attachment(files[-1])
    except AttachmentError as error:
        seen.trouble = write_trouble(error, language)
        return seen
    absent = find_absent(text, named)
    if absent:
        seen.hint = write_absent(absent, language)
    elif left := find_attached(text, foreign, frozenset()):
        seen.hint = write_left(left, language)
    elif seen.chips:
        seen.hint = write_hint(language)
    return seen
