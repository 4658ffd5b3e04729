"""KeyOrder: keys take effect in the order in which they were typed, though some of them move the focus.

Over a slow link several keys arrive in one read, and Textual hands all of them to the widget that has the focus then.
Here what a key is bound to is done at once, and keys behind it go on to whoever has the focus by then. An act that
others hear of by a message moves it later than that: keys behind such an act wait until the screen has heard.
"""

from collections.abc import Set

from textual.events import Key
from textual.widget import Widget


class KeyOrder:
    """The keys of one widget, which hands each to `take` before all else."""

    def __init__(self, widget: Widget, yielding: Set[str], *, takes_text: bool = False) -> None:
        """`yielding`: acts of the widget, by name, that may give the keys to another by a message.

        `takes_text`: a printable key is text there, whatever it is bound to.
        """
        self._widget = widget
        self._yielding = yielding
        self._takes_text = takes_text
        self._waiting: list[Key] | None = None

    async def take(self, event: Key) -> None:
        """Pass the key on, keep it, or do what it is bound to; then Textual does nothing more with it."""
        widget = self._widget
        if self.pass_on(event):
            return
        bound = None if self._takes_text and event.is_printable else widget.screen.active_bindings.get(event.key)
        if bound is None or not bound.enabled or not await widget.app.run_action(bound.binding.action, bound.node):
            return
        event.stop()
        event.prevent_default()
        if bound.node is not widget or bound.binding.action.partition("(")[0] in self._yielding:
            self._wait()

    def pass_on(self, event: Key) -> bool:
        """Whether the key is for another widget, which gets it, or may be and waits."""
        focused = self._widget.screen.focused
        if self._waiting is None and focused in (None, self._widget):
            return False
        event.stop()
        event.prevent_default()
        if self._waiting is not None:
            self._waiting.append(event)
        elif focused is not None:
            focused.post_message(Key(event.key, event.character))
        return True

    def _wait(self) -> None:
        """Keep the keys that come until the widget's messages, and what they make the screen do, are through."""
        app, screen = self._widget.app, self._widget.screen
        waiting = self._waiting = []

        def give_out() -> None:
            self._waiting = None
            for event in waiting:
                (app.focused or app.screen).post_message(Key(event.key, event.character))

        self._widget.call_later(screen.call_later, give_out)
