"""ChatScreen: the conversation. It hands what was typed to the session and shows what comes of it."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.getters import query_one
from textual.screen import Screen
from textual.widgets import Static

from tui.chat.catalogue import Model
from tui.chat.conversation import Conversation, Reply
from tui.chat.workspace import Workspace
from tui.stream.events import Finished, Interrupted, StreamEvent
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.log.message_log import MessageLog
from tui.ui.widgets.model_picker import ModelPicker
from tui.ui.widgets.prompt import Prompt
from tui.ui.widgets.status_bar import StatusBar, describe

STATUS_SECONDS = 0.25
_HINTED = {"send": "prompt.send", "newline": "prompt.newline", "models": "models.pick"}


class ChatScreen(Screen[None]):
    """One conversation at a time. What is sent while a reply streams waits in the queue, in sight."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Stop", id="chat.stop", tooltip="Stop the reply; the text so far stays"),
        Binding("ctrl+l", "pick_model", "Models", id="models.pick", tooltip="Choose a model"),
        Binding("f2", "recent_model(1)", "Next model", id="models.next", show=False),
        Binding("shift+f2", "recent_model(-1)", "Previous model", id="models.previous", show=False),
        Binding("ctrl+n", "new_chat", "New chat", id="chat.new"),
        Binding("pageup", "scroll_log(-1)", show=False, priority=True, id="log.page_up"),
        Binding("pagedown", "scroll_log(1)", show=False, priority=True, id="log.page_down"),
    ]

    log_view = query_one(MessageLog)
    prompt = query_one(Prompt)
    status = query_one(StatusBar)

    def __init__(self, language: Language, draft: str = "", keys: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._language = language
        self._draft = draft
        self._workspace: Workspace | None = None
        self._conversation = Conversation()
        self._model: Model | None = None
        self._reply: Reply | None = None
        self._queue: list[str] = []
        # Held here, since what was typed is asked for when the screen is gone.
        self._prompt = Prompt(language.say("prompt.hint"), self._key_hint(keys or {}))
        self._opening = True

    def _key_hint(self, keys: Mapping[str, str]) -> str:
        """The keys that matter while typing, as the person has them."""
        own = {name: keys[ident] for name, ident in _HINTED.items() if ident in keys}
        return self._language.say("prompt.keys", **{"send": "Enter", "newline": "ctrl+j", "models": "ctrl+l", **own})

    def compose(self) -> ComposeResult:
        """Banner, log, queue, prompt, status."""
        yield Static("", markup=False, id="banner")
        yield MessageLog(self._language)
        yield Static("", markup=False, id="queue")
        yield self._prompt
        yield StatusBar()

    def on_mount(self) -> None:
        """The prompt takes the keys and what was left unsent; the status bar follows the stream."""
        self.prompt.focus()
        if self._draft:
            self.prompt.give_back(self._draft)
        self.set_interval(STATUS_SECONDS, self._show_status)
        self._show_conversation(self._conversation)

    async def open(self, workspace: Workspace, conversation: Conversation | None) -> None:
        """Take the opened workspace; `conversation` is one to go on with."""
        self._workspace = workspace
        self._model = workspace.choose_model()
        banner = self.query_one("#banner", Static)
        banner.set_class(workspace.practising and workspace.routes.wants_practice, "-shown")
        banner.update(Content(self._language.say("practice.banner")))
        self._show_conversation(conversation or Conversation())
        if self._model is None:
            await workspace.list_models()
            self._model = workspace.choose_model()
            if not self._conversation.turns:
                self._show_conversation(self._conversation)
        self._opening = False
        if self._model is None and self._give_queue_back():
            self.action_pick_model()
        self._send_queued()

    @on(Prompt.Submitted)
    def submit(self, event: Prompt.Submitted) -> None:
        """Send now, or queue while a reply streams or a model is being looked for; without one ask for it first."""
        if event.text not in self.prompt.unsent:
            return  # a stop in the same moment took it back
        self.prompt.unsent.remove(event.text)
        if self._streaming or (self._opening and self._model is None):
            self._queue.append(event.text)
            self._show_queue()
        elif self._model is None:
            self.prompt.give_back(event.text)
            self.action_pick_model()
        else:
            self._send(event.text)

    def _send(self, text: str) -> None:
        """Begin a turn and ask for its reply; from here on what is sent is queued."""
        workspace, model = self._workspace, self._model
        assert workspace is not None, "only an open workspace sends"
        assert model is not None, "only to a chosen model"
        turn = workspace.session.begin(self._conversation, text, [model])
        self._reply = turn.reply
        self.log_view.add_turn(turn)
        workspace.session.start(turn.reply, partial(self._take, turn.reply))
        workspace.use_model(model)
        workspace.keep_draft("")
        self.save_state()
        self._show_status()

    def _take(self, reply: Reply, event: StreamEvent) -> None:
        """What the session tells of a reply, of one too whose conversation or whose whole screen is gone."""
        if not self.is_attached:
            return  # the reply goes on and is stored; there is nothing left to paint it on
        self.log_view.apply(reply, event)
        if isinstance(event, Finished | Interrupted) and reply is self._reply:
            self._show_status()
            if isinstance(event, Finished):
                self._send_queued()
            else:
                self._give_queue_back()

    @property
    def _streaming(self) -> bool:
        return self._reply is not None and self._reply.outcome is None

    def _send_queued(self) -> None:
        if self._queue and self._model is not None and not self._streaming:
            text = self._queue.pop(0)
            self._show_queue()
            self._send(text)

    def unsent(self) -> str:
        """Everything that was typed and has not gone out: queued, just sent off, still in the editor."""
        texts = (*self._queue, *self._prompt.unsent, self._prompt.text)
        return "\n\n".join(text for text in texts if text.strip())

    def _give_queue_back(self) -> bool:
        """Put the queued prompts back into the editor; False if there are none."""
        if not self._queue:
            return False
        self.prompt.give_back("\n\n".join(self._queue))
        self._queue.clear()
        self._show_queue()
        return True

    def action_back(self) -> None:
        """Give a queued prompt back, else stop the reply, else go to the prompt."""
        if not self._give_queue_back() and not self.stop_reply():
            self.prompt.focus()

    def stop_reply(self) -> bool:
        """Stop the reply in view, at once, else the latest in another chat; False if none is being written."""
        if self._workspace is None:
            return False
        if self.prompt.unsent:
            self.prompt.take_back()
            return True
        if self._reply is not None and self._streaming:
            return self._workspace.session.stop(self._reply)
        if not (elsewhere := self._elsewhere()):
            return False
        self.notify(self._language.say("keys.stopped_elsewhere"), markup=False)
        return self._workspace.session.stop(elsewhere[-1])

    def _elsewhere(self) -> list[Reply]:
        """Replies that are being written in conversations that are not shown."""
        if self._workspace is None:
            return []
        shown = {reply.id for turn in self._conversation.turns for reply in turn.replies}
        return [reply for reply in self._workspace.session.running() if reply.id not in shown]

    def action_pick_model(self) -> None:
        """Open the picker."""
        if (workspace := self._workspace) is None:
            return

        def chosen(model: Model | None) -> None:
            if model is not None:
                self._choose(model)

        fallback = workspace.routes.providers.get(workspace.routes.default or "")
        picker = ModelPicker(workspace.catalogue, workspace.list_models, fallback, self._model, self._language)
        self.app.push_screen(picker, chosen)

    def action_recent_model(self, step: int) -> None:
        """Go to the next or previous of the models used lately."""
        if (workspace := self._workspace) is None:
            return
        recent = [model for name in workspace.state.recent if (model := workspace.catalogue.find(name)) is not None]
        if not recent:
            return
        at = recent.index(self._model) if self._model in recent else -step
        self._choose(recent[(at + step) % len(recent)])

    def _choose(self, model: Model) -> None:
        assert self._workspace is not None, "a model comes out of an open workspace"
        self._model = model
        self._workspace.pick_model(model)
        self.save_state()
        self._show_status()
        self._send_queued()

    def save_state(self) -> None:
        """Write what is remembered, off the loop; not in a worker, since leaving cancels those and waits for this."""
        if self._workspace is not None:
            asyncio.get_running_loop().run_in_executor(None, self._workspace.save_state)

    def action_new_chat(self) -> None:
        """Begin a new conversation; a reply that is being written goes on and is kept."""
        self._give_queue_back()
        self._reply = None
        self._show_conversation(Conversation())
        self.prompt.focus()

    def action_scroll_log(self, pages: int) -> None:
        """Scroll the log from wherever the focus is."""
        if pages < 0:
            self.log_view.scroll_page_up(animate=False)
        else:
            self.log_view.scroll_page_down(animate=False)

    def _show_conversation(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self.log_view.show(conversation, self._welcome())
        self._show_status()

    def _welcome(self) -> Content:
        """What an empty conversation says: where the words would go and what to do first."""
        workspace, say = self._workspace, self._language.say
        if workspace is None:
            return Content(say("welcome.opening"))
        lines = [say("welcome.title")]
        if workspace.found is not None:
            server = workspace.found
            where = say("welcome.found", name=server.provider.name, url=server.provider.base_url)
            lines.append(where + (say("welcome.account", account=server.account) if server.account else ""))
        lines.append(say("welcome.practice" if workspace.routes.wants_practice else "welcome.chat"))
        return Content("\n\n".join(sanitise_line(line) if line is not lines[-1] else line for line in lines))

    def _show_queue(self) -> None:
        view = self.query_one("#queue", Static)
        view.set_class(bool(self._queue), "-shown")
        texts = " ⏎ ".join(sanitise_line(text) for text in self._queue)
        view.update(Content(self._language.say("prompt.queued", text=texts)))

    def _show_status(self) -> None:
        elsewhere = len(self._elsewhere())
        parts = describe(self._model, self._reply, self._language, queued=len(self._queue), elsewhere=elsewhere)
        self.status.show(parts)
