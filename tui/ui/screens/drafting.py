"""DraftingScreen: a screen that keeps what is typed in each conversation, and finds what was typed before.

A draft is stored within a second of a key, not with every key. The prompt can be edited in the person's own editor,
which has the terminal meanwhile; replies that are being written go on.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import SuspendNotSupported, SystemCommand
from textual.binding import Binding, BindingType
from textual.timer import Timer

from tui.chat.conversation import Conversation
from tui.chat.draft import join_drafts, settle_draft
from tui.chat.history import UnreadableHistory
from tui.chat.owner import current_owner, is_alive
from tui.chat.prompt_history import PromptHistory, PromptWalk
from tui.settings.editor import EditorError, find_editor, find_left_edits, read_edited, remove_edited, write_edited
from tui.text.age import describe_age
from tui.text.language import Language
from tui.text.sanitise import sanitise, sanitise_line
from tui.ui.manner import Manner
from tui.ui.screens.trimming import TrimmingScreen
from tui.ui.terminal.cell_app import CellApp
from tui.ui.terminal.handover import run_in_front
from tui.ui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from tui.chat.resumption import Resumption
    from tui.chat.workspace import Workspace

KEEP_SECONDS = 0.5
"""How long what is typed may wait for its place in the store."""


class DraftingScreen(TrimmingScreen):
    """Whoever inherits tells what is unsent."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "search_prompts", "History", id="prompt.search", show=False, tooltip="Search what was sent"),
        Binding("f12", "edit_outside", "Editor", id="prompt.edit", show=False, tooltip="Edit it in your editor"),
    ]

    def __init__(self, language: Language, manner: Manner, behind: Callable[[], bool]) -> None:
        super().__init__(language, manner, behind)
        self._keep_timer: Timer | None = None
        self.left_text: str | None = None
        """What an editor had saved when the app was left; it stands for what is in the prompt."""
        self._unbegun: Conversation | None = None
        """A conversation without a turn that was left for another one; it is what is new when a new one is wanted."""

    def unsent(self) -> str:
        """What was typed and has not gone out; whoever inherits tells."""
        return ""

    @property
    def conversation_id(self) -> str:
        """Which conversation that belongs to."""
        return self._conversation.id

    @on(Prompt.Changed)
    def note_draft(self) -> None:
        """Keep it soon."""
        if self._keep_timer is None:
            self._keep_timer = self.set_timer(KEEP_SECONDS, self.keep_draft)

    def keep_draft(self) -> None:
        """Keep what is typed by now."""
        if self._keep_timer is not None:
            self._keep_timer.stop()
            self._keep_timer = None
        if self._workspace is not None:
            self._workspace.keep_draft(self.conversation_id, self.unsent())

    def take_draft(self, resumption: "Resumption", shown: str) -> None:
        """The store is open: have in the editor what was left in this chat; `shown` stood there in its place."""
        workspace = self._workspace
        assert workspace is not None, "it is open"
        self.prompt.put(settle_draft(resumption.draft, shown, self.prompt.content))
        if (unbegun := resumption.unbegun) is not None and unbegun.conversation != self.conversation_id:
            self._unbegun = Conversation(unbegun.conversation)
            if workspace.drafts is not None:
                workspace.drafts.keep(unbegun.conversation, unbegun.text)
        if workspace.store is not None:
            history = PromptHistory(workspace.store)
            self.prompt.begin_walk = lambda: _ToldWalk(history.walk(), self._tell_unreadable)
        self.keep_draft()
        self.run_worker(self._tell_left_edits(workspace.paths.state), group="left")

    async def _tell_left_edits(self, folder: Path) -> None:
        """Tell where what an editor had is, of a process that was ended meanwhile."""
        for path in await asyncio.to_thread(find_left_edits, folder, is_alive):
            self._tell_edited("left", path=path)

    def leave_draft(self) -> None:
        """Another conversation is to be shown: what was typed stays with this one."""
        conversation, workspace = self._conversation, self._workspace
        begun = bool(conversation.turns)
        if not begun:
            self._unbegun = conversation
        if workspace is not None and workspace.drafts is not None:
            workspace.drafts.keep(conversation.id, self.prompt.draft, held=not begun)
            self.prompt.put("")

    def show_draft(self, draft: str | None = None) -> None:
        """Have the draft of this conversation in the editor; None: as it was left here."""
        if self._workspace is not None and (drafts := self._workspace.drafts) is not None:
            self.prompt.put(drafts.kept(self.conversation_id) or "" if draft is None else draft)
            self.keep_draft()
        if self._unbegun is not None and self._unbegun.id == self.conversation_id:
            self._unbegun = None

    async def find_draft(self, conversation: str) -> str:
        """What was left unsent in a conversation. Where that cannot be read it stays until something is typed there."""
        drafts = self._workspace.drafts if self._workspace is not None else None
        try:
            return await asyncio.to_thread(drafts.find, conversation) if drafts is not None else ""
        except UnreadableHistory as error:
            self._tell_unreadable(str(error))
            return ""

    def _tell_unreadable(self, reason: str) -> None:
        self.notify(sanitise_line(self._language.say("chats.unreadable", reason=reason)), timeout=6, markup=False)

    def action_search_prompts(self) -> None:
        """Look for an earlier prompt; the one that is chosen comes into the editor, and Down brings back the draft."""
        workspace = self._workspace
        if workspace is None or workspace.store is None:
            self.put_off(self.action_search_prompts)
            return
        from tui.ui.screens.filter_list import FilterList, Found, Row  # when first asked for

        history, now = PromptHistory(workspace.store), datetime.now(UTC)

        def find(words: Sequence[str], wanted: Callable[[], bool]) -> Found[str]:
            try:
                asked = history.search(words, wanted)
            except UnreadableHistory as error:
                return Found((), self._language.say("chats.unreadable", reason=error))
            ages = (describe_age((now - one.created).total_seconds(), self._language) for one in asked)
            return Found([Row(one.prompt, age, one.prompt) for one, age in zip(asked, ages, strict=True)])

        def chosen(prompt: str | None) -> None:
            if prompt is not None:
                self.prompt.recall(prompt)
                self.set_focus(self.prompt)

        self.app.push_screen(FilterList("prompt_search", find, self._language), chosen)

    def action_edit_outside(self) -> None:
        """Edit the prompt in the person's own editor."""
        if self._workspace is None:
            self.put_off(self.action_edit_outside)
        elif isinstance(self.app, CellApp) and not self.app.lent:
            self.run_worker(self._run_errand(self.app, self._workspace), group="editor")

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        yield SystemCommand(say("prompt_search.title"), say("prompt_search.help"), self.action_search_prompts)
        yield SystemCommand(say("editor.title"), say("editor.help"), self.action_edit_outside)
        yield from super().commands()

    async def _run_errand(self, app: CellApp[None], workspace: "Workspace") -> None:
        """In a task that a screen which is taken down does not end, since it has the text."""
        app.errand = asyncio.create_task(self._use_editor(app, workspace), name="editor")
        await asyncio.shield(app.errand)

    async def _use_editor(self, app: CellApp[None], workspace: "Workspace") -> None:
        before, folder = self.prompt.shown, workspace.paths.state
        try:
            command = await asyncio.to_thread(find_editor, workspace.environ)
            path = await asyncio.to_thread(write_edited, folder, before, current_owner())
        except EditorError as error:
            self._tell_edited(error.code, **error.values)
            return
        except OSError as error:
            self._tell_edited("unwritable", where=str(folder), reason=error.strerror or type(error).__name__)
            return
        try:
            code = await run_in_front(app, [*command, str(path)])
        except asyncio.CancelledError:
            self._take_edited(path, before, 0)
            raise
        except (OSError, SuspendNotSupported) as error:
            remove_edited(path)
            self._tell_edited("failed", reason=str(error))
            return
        self._take_edited(path, before, code)

    def _take_edited(self, path: Path, before: str, code: int) -> None:
        """Have in the prompt what the editor has left; what that cannot be stays where it is, and is told."""
        try:
            text = read_edited(path, before)
        except (OSError, ValueError):
            self._tell_edited("unreadable", path=path)
            return
        if code > 0 and text != before:
            self._tell_edited("given_up_kept", code=code, path=path)
            return
        remove_edited(path)
        if not self.query(Prompt):  # the app leaves
            self.left_text = sanitise(text)
            return
        if code > 0:
            self._tell_edited("given_up", code=code)
            return
        if code < 0:
            self._tell_edited("killed", signal=signal.Signals(-code).name)
        if text != before:
            came = self.prompt.shown.removesuffix(before)  # a queued prompt may have been given back meanwhile
            self.prompt.rewrite(came + sanitise(text) if before else join_drafts(came, sanitise(text)))

    def _tell_edited(self, name: str, /, **values: object) -> None:
        text = sanitise_line(self._language.say(f"editor.{name}", **values))
        self.notify(text, severity="warning", timeout=10, markup=False)


class _ToldWalk:
    """A walk through the history that ends, and says so, where it cannot be read."""

    def __init__(self, walk: PromptWalk, tell: Callable[[str], None]) -> None:
        self._walk = walk
        self._tell = tell

    async def next(self) -> str | None:
        """The prompt before; None if there is none, or none can be read."""
        try:
            return await self._walk.next()
        except UnreadableHistory as error:
            self._tell(str(error))
            return None
