"""ImportForm: a file of conversations, looked into first and brought in when Enter is pressed again on the same name.

Its result is how many conversations are new or have grown, once they are handed to the store, or None.
"""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from tui.chat.exchange.arrival import Arrival, ExchangeError
from tui.chat.exchange.intake import Plan, make_plan
from tui.chat.exchange.recognition import read_file
from tui.chat.store import Store
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.overlay import Overlay
from tui.ui.widgets.frame import Frame
from tui.ui.widgets.line_input import LineInput

_SHOWN = 5
"""Conversations whose titles are named."""


class ImportForm(Overlay[int | None]):
    """Nothing is written before the person has seen what would come."""

    DEFAULT_CSS = """
    ImportForm {
        align: center middle;
        #import-form {
            width: 80%;
            max-width: 100;
            height: auto;
        }
        LineInput { margin: 1 0; }
        Static { height: auto; color: $text-muted; }
        #import-found { color: $foreground; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="import.close", tooltip="Bring nothing in"),
    ]

    def __init__(self, store: Store, carry_out: Callable[[Plan], object], language: Language) -> None:
        """`carry_out` hands what is new to the store."""
        super().__init__()
        self._store = store
        self._carry_out = carry_out
        self._language = language
        self._planned: tuple[Path, Plan] | None = None

    def compose(self) -> ComposeResult:
        """What files can be read, the path, what is in the file."""
        say = self._language.say
        with Frame(id="import-form") as box:
            box.border_title = say("import_form.title")
            yield Static(Content(say("import_form.hint")), markup=False)
            yield LineInput(say("import_form.path"))
            yield Static("", markup=False, id="import-found")

    def on_mount(self) -> None:
        """Name the keys."""
        keys = say_keys(self, self._language, "import_form.keys")
        self.query_one("#import-form", Frame).name_keys(keys)

    @on(Input.Changed)
    def forget(self) -> None:
        """What was seen is of another file."""
        self._planned = None

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Look into the file, off the loop; the second time bring it in."""
        event.stop()
        if not event.value.strip():
            return
        path = Path(os.path.expanduser(event.value.strip()))
        if self._planned is None or self._planned[0] != path:
            self._show([self._language.say("import_form.reading")])
            self.run_worker(self._look(path), group="import", exclusive=True)
        elif (plan := self._planned[1]).additions:
            self._carry_out(plan)
            self.dismiss(len(plan.additions))
        else:
            self.dismiss(None)

    async def _look(self, path: Path) -> None:
        try:
            arrival, plan = await asyncio.to_thread(_read, path, self._store)
        except (ExchangeError, OSError) as error:
            reason = (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
            said = self._language.say("exchange.unusable", path=path, reason=self._language.phrase(reason))
            self._show([said])
            return
        self._planned = (path, plan)
        self._show([*self._tell(path, arrival, plan)])

    def _tell(self, path: Path, arrival: Arrival, plan: Plan) -> list[str]:
        say = self._language.say
        total = {"conversations": len(arrival.conversations), "turns": arrival.turns}
        new = {"conversations": plan.conversations, "turns": plan.turns, "replies": plan.replies}
        lines = [
            say("exchange.found", path=path, program=arrival.program, **total),
            *(f"  {'+' if one.is_new else '~'} {one.conversation.title}" for one in plan.additions[:_SHOWN]),
            *(["  …"] if len(plan.additions) > _SHOWN else []),
            say("exchange.new", **new, grown=plan.grown, known=plan.known),
        ]
        if left := {what: count for what, count in arrival.left_out.items() if count}:
            kinds = ", ".join(f"{what} {count}" for what, count in sorted(left.items()))
            lines.append(say("exchange.left_out", kinds=kinds))
        return [*lines, say("import_form.again" if plan.additions else "import_form.nothing")]

    def _show(self, lines: list[str]) -> None:
        shown = "\n".join(sanitise_line(line) for line in lines)
        self.query_one("#import-found", Static).update(Content(shown))


def _read(path: Path, store: Store) -> tuple[Arrival, Plan]:
    arrival = read_file(path)
    store.settle()
    return arrival, make_plan(arrival, store)
