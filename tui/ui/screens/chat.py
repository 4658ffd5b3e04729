"""ChatScreen: the conversation. It hands what was typed to the session and shows what comes of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.chat.attachment import Attachment
from tui.chat.catalogue import Model
from tui.chat.conversation import Conversation, Reply
from tui.stream.events import Finished, Interrupted, StreamEvent
from tui.text.language import Language
from tui.ui.key_hint import bound_keys
from tui.ui.manner import Manner
from tui.ui.screens.opening import Leftover
from tui.ui.screens.stopping import StoppingScreen
from tui.ui.widgets.attachment_bar import AttachmentBar
from tui.ui.widgets.banner import Banner
from tui.ui.widgets.completion import Completion
from tui.ui.widgets.find_bar import FindBar
from tui.ui.widgets.path_completion import PathSource
from tui.ui.widgets.prompt import Prompt
from tui.ui.widgets.prompt_completion import PromptSource
from tui.ui.widgets.prompt_queue import PromptQueue
from tui.ui.widgets.revising_prompt import RevisingPrompt
from tui.ui.widgets.status_bar import Part, StatusBar, describe

if TYPE_CHECKING:
    from tui.chat.resumption import Resumption
    from tui.chat.workspace import Workspace

STATUS_SECONDS = 0.25
TURNS_AT_REST = 4
"""Where no stream runs and nobody types, what is told is looked at only every so many turns."""


class ChatScreen(StoppingScreen):
    """One conversation at a time. What is sent while a reply streams waits in the queue, in sight."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Stop", id="chat.stop", tooltip="Stop the reply; the text so far stays"),
        Binding("ctrl+l", "pick_model", "Models", id="models.pick", tooltip="Choose a model"),
        Binding("f2", "recent_model(1)", "Next model", id="models.next", show=False),
        Binding("shift+f2", "recent_model(-1)", "Previous model", id="models.previous", show=False),
        Binding("ctrl+t", "compare", "Compare", id="chat.compare", tooltip="Ask several models at once, or one again"),
    ]

    def __init__(
        self,
        language: Language,
        manner: Manner | None = None,
        behind: Callable[[], bool] = lambda: False,
    ) -> None:
        """`behind` tells whether the terminal still takes a screen."""
        self._manner = manner or Manner()
        super().__init__(language, self._manner, behind)
        # Both are held here, since what was typed is asked for when the screen is gone.
        self._queue = PromptQueue(language)
        self.status = StatusBar()
        self._prompt = RevisingPrompt(language, self._manner.keys)
        self._opening = True
        self._shown_draft = ""
        self._rested = 0

    def compose(self) -> ComposeResult:
        """Banner, log, queue, completions, chips, prompt, status."""
        yield Banner("", markup=False, id="banner")
        yield from self.compose_logs()
        yield FindBar(self._language.say("find.hint"))
        yield self.context_line
        yield self._queue
        yield self._prompt.complete_from(Completion(self._language, [PathSource(), PromptSource(self._prompts_folder)]))
        yield AttachmentBar()
        yield self._prompt
        yield self.status

    def on_mount(self) -> None:
        """The prompt takes the keys and what was left unsent; the status bar follows the stream."""
        self.set_focus(self.prompt)
        self.set_interval(STATUS_SECONDS, self._look_at_status)
        self.show_conversation(self._conversation)

    def take_over(self, leftover: Leftover) -> None:
        """Go on where the person is: prompts that were sent, text that was typed, keys that wait for this screen."""
        self._shown_draft = leftover.draft
        for text, named in leftover.sent:
            self.prompt.hold(text, named)
        self.prompt.put_before(leftover.typed, leftover.cursor, leftover.mentioned)
        for key, character in leftover.keys:
            self.app.post_message(events.Key(key, character))

    async def open(self, workspace: "Workspace", resumption: "Resumption") -> None:
        """Take the opened workspace, and go on with what was left."""
        self._workspace = workspace
        self._model = workspace.choose_model()
        self._show_banner(workspace)
        self.show_conversation(resumption.conversation or Conversation())
        self.take_draft(resumption, self._shown_draft)
        if self._model is None:
            await workspace.list_models()
            self._model = workspace.choose_model()
            if not self._conversation.turns:
                self.show_conversation(self._conversation)
        self._opening = False
        self.run_worker(workspace.refresh_models(), group="refresh")
        if self._model is None and self.give_queue_back():
            self.action_pick_model()
        self.catch_up()
        self.send_queued()

    def _show_banner(self, workspace: "Workspace") -> None:
        banner = self.query_one(Banner)
        banner.set_class(workspace.practising and workspace.routes.wants_practice, "-shown")
        keys = bound_keys(type(self), workspace.config.keys)
        banner.tell(self._language.say("practice.banner", **keys))

    def connected(self) -> None:
        """Practice is over; an empty conversation says where the words go now."""
        if self._workspace is not None:
            self._show_banner(self._workspace)
        if not self._conversation.turns:
            self.show_conversation(self._conversation)

    @on(Prompt.Submitted)
    def submit(self, event: Prompt.Submitted) -> None:
        """Send now, or queue while a reply streams or a model is being looked for; without one ask for it first."""
        if event.text not in self.prompt.unsent:
            return  # a stop in the same moment took it back
        if self.streaming or self.is_preparing or (self._opening and self._model is None):
            self.prompt.unsent.remove(event.text)
            self._queue.put(event.text)
        elif self._model is None and not self._marked:
            self.prompt.take_back()
            self.action_pick_model()
        else:
            self.prepare(event.text)

    def begin_turn(self, text: str, only: Model | None = None, attachments: tuple[Attachment, ...] = ()) -> None:
        """Ask for replies and show how they do; `only` is asked instead of whoever the next prompt goes to."""
        self.ask(text, only, attachments=attachments)
        self._show_status()

    def take(self, reply: Reply, event: StreamEvent) -> None:
        """What the session tells of a reply, of one too whose conversation or whose whole screen is gone."""
        if not self.page_log.is_attached:
            return  # the reply goes on and is stored; there is nothing left to paint it on
        super().take(reply, event)
        if isinstance(event, Finished | Interrupted) and reply in self._awaited:
            self._show_status()
            if isinstance(event, Finished) and not self.columns.is_shown:
                self.send_queued()
            elif not self.streaming:
                self.give_queue_back()

    def send_queued(self) -> None:
        """Send the first prompt that waits, if nothing holds it up."""
        waits = self._queue.texts and not (self.streaming or self.is_preparing)
        if waits and (self._marked or self._model is not None):
            text = self._queue.take()
            self.prompt.unsent.append(text)
            self.prepare(text)

    def unsent(self) -> str:
        """Everything that was typed and has not gone out: queued, just sent off, still in the editor."""
        typed = self._prompt.draft if self.left_text is None else self.left_text
        texts = (*self._queue.texts, *self._prompt.unsent, typed)
        return "\n\n".join(text for text in texts if text.strip())

    def give_queue_back(self) -> bool:
        """Put the queued prompts back into the editor; False if there are none."""
        if not self._queue.texts:
            return False
        self.prompt.give_back(self._queue.take_all())
        return True

    @property
    def has_queued(self) -> bool:
        """Whether Esc would give a queued prompt back."""
        return bool(self._queue.texts)

    def model_chosen(self) -> None:
        """What waited for a choice goes out."""
        super().model_chosen()
        self._show_status()
        self.send_queued()

    def parameters_changed(self) -> None:
        """The status bar shows what is set."""
        self._show_status()

    def show_conversation(self, conversation: Conversation) -> None:
        """Show one, with what other processes write in it."""
        self._conversation = conversation
        self.page_log.show(conversation, self.say_welcome())
        self._follow()
        self._show_status()

    def _follow(self) -> None:
        """Show live what other processes write in this conversation; the end of the last such reply is waited for."""
        self.workers.cancel_group(self, "follow")
        workspace = self._workspace
        if workspace is None or workspace.store is None:
            return
        if others := workspace.written_elsewhere(self._conversation):
            from tui.chat.following import follow  # with the store, after the first paint

            self._reply, self._awaited = others[-1], [others[-1]]
            self.run_worker(follow(workspace.store, others, self.take), group="follow")

    def note_input(self, key: str | None) -> None:
        """What is told may be about to change."""
        super().note_input(key)
        self._rested = 0

    def _look_at_status(self) -> None:
        self._rested = 0 if self.can_stop else self._rested + 1
        if self._rested <= 1 or self._rested % TURNS_AT_REST == 0:
            self._show_status()

    def _show_status(self) -> None:
        if not self.status.is_attached:
            return  # the app is leaving while something of its start is still under way
        elsewhere = len(self.replies_elsewhere())
        model, queued = self.model_in_view, len(self._queue.texts)
        own = self._conversation.parameters
        reply = self.reply_of_model()
        facts = self._find_facts(reply) if reply is not None else None
        after = self._model if model not in (None, self._model) else None
        context = self.measure_context() if after is None else None
        parts = describe(
            model,
            reply,
            self._language,
            queued=queued,
            elsewhere=elsewhere,
            parameters=own,
            facts=facts,
            context=context,
            after=after,
        )
        if self._marked:
            count = self._language.say("compare_view.models", count=len(self._marked))
            parts[0] = Part(count, "bold $text-primary", 8)
        self.status.show([*self.capture_parts(), *parts])
        self.show_hints()
        self.page_log.tell_waits()
