"""ProviderForm: asks for one provider, tries it with a real stream, writes it; its result is `Connected`, or None.

Enter tries what is there, and writes it when that was just tried, whatever came of it. A key is never asked for, only
the name of its variable.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, Static

from tui.settings.address import read_address, suggest_name
from tui.settings.config import Config, ConfigError
from tui.settings.key_source import is_variable_name
from tui.settings.order import Order, make_table, plan_provider, write_provider
from tui.settings.preset import presets
from tui.settings.rollback import keep_verdict
from tui.settings.secrets import mask_url
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.overlay import Overlay
from tui.ui.widgets.frame import Frame
from tui.ui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from tui.chat.workspace import Workspace
    from tui.stream.trial import Trial


@dataclass(frozen=True, slots=True)
class Connected:
    """A provider that was written."""

    config: Config
    name: str
    model: str | None
    """The model that was tried; None where none was listed or named."""
    path: Path
    backup: Path | None


class FormInput(LineInput):
    """One line of the form."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,down", "app.focus_next", "Next field", id="provider.next", show=False),
        Binding("shift+tab,up", "app.focus_previous", "Field before", id="provider.previous", show=False),
    ]


class ProviderForm(Overlay[Connected | None]):
    """Four lines: what, its name, its key's variable, a model; what is left empty is as its placeholder says."""

    DEFAULT_CSS = """
    ProviderForm {
        align: center middle;
        #provider {
            width: 90%;
            max-width: 90;
            height: auto;
            max-height: 95%;
            overflow-y: auto;
        }
        Horizontal { height: 1; }
        .provider--label { width: 16; }
        FormInput, FormInput:focus { width: 1fr; background: $boost; }
        Static { height: auto; }
        .provider--hint { color: $text-muted; margin: 0 0 1 0; }
        #provider-verdict { color: $text-warning; }
        #provider-verdict.-complete { color: $text-success; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="provider.close"),
    ]

    box = query_one("#provider", Frame)
    what = query_one("#provider-what", Input)
    title_line = query_one("#provider-name", Input)
    variable = query_one("#provider-variable", Input)
    model = query_one("#provider-model", Input)

    def __init__(self, workspace: "Workspace", language: Language) -> None:
        super().__init__()
        self._workspace = workspace
        self._language = language
        self._path = workspace.config.path or workspace.paths.config_file
        self._tried: tuple[Order, str, Trial] | None = None
        """What was tried, with which model as it was typed, and what came of it."""
        self._asking = False

    def compose(self) -> ComposeResult:
        """The lines, what is known of the key, and the verdict."""
        say = self._language.say
        with Frame(id="provider") as box:
            box.border_title = say("connect.title")
            yield Static(Content(say("connect.hint")), markup=False)
            for name in ("what", "name", "variable", "model"):
                with Horizontal():
                    yield Static(Content(say(f"connect.{name}")), markup=False, classes="provider--label")
                    yield FormInput(ident=f"provider-{name}")
                if name in ("what", "variable"):
                    yield Static("", markup=False, id=f"provider-{name}-hint", classes="provider--hint")
            yield Static("", markup=False, id="provider-verdict")

    def on_mount(self) -> None:
        """Begin with the first line."""
        self.model.placeholder = self._language.say("connect.first_listed")
        self._look()

    @on(Input.Changed)
    def look_again(self) -> None:
        """What was tried is no longer what is written here."""
        self.workers.cancel_group(self, "trial")
        self._asking = False
        self._look()

    def _look(self) -> None:
        """Show what the lines mean, with what is left empty."""
        say, order = self._language.say, self._read()
        table = _table_of(order)
        own = self._workspace.config.providers.get(order.name) if order is not None else None
        kept = own.key.describe() if own is not None and own.base_url == table.get("base_url") else None
        variable = self.variable.value.strip() or table.get("api_key_env")
        self.title_line.placeholder = order.name if order is not None else ""
        self.variable.placeholder = table.get("api_key_env") or say("connect.no_key")
        if order is None:
            self._tell("what-hint", say("connect.known", names=", ".join(_matching(self.what.value) or presets())))
        else:
            there = say("connect.there", name=order.name) if own is not None else ""
            self._tell("what-hint", f"{mask_url(table.get('base_url', ''))}  {there}")
        self._tell("variable-hint", self._describe_key(variable, kept))
        tried = self._is_tried(order)
        if not tried and not self._asking:
            self._complain("")
        self.box.name_keys(say("connect.keys_write" if tried else "connect.keys_try"))

    def _is_tried(self, order: Order | None) -> bool:
        return self._tried is not None and self._tried[:2] == (order, self.model.value.strip())

    def _describe_key(self, variable: str | None, kept: str | None) -> str:
        say = self._language.say
        if variable is None:
            return say("connect.keyless") if kept is None else say("connect.kept", key=kept)
        if not self._is_variable(variable):
            return say("connect.no_variable")
        return say("connect.set" if self._workspace.environ.get(variable) else "connect.unset", variable=variable)

    def _is_variable(self, text: str) -> bool:
        """Whether this names a variable and is not a key, which would end up in the config."""
        return is_variable_name(text) and self._workspace.client.mask(text) == text

    def _read(self) -> Order | None:
        """What is ordered; None while the first line means nothing."""
        typed = self.what.value.strip()
        name, variable = self.title_line.value.strip(), self.variable.value.strip() or None
        matching = _matching(typed) if typed else []
        preset = presets().get(typed if typed in matching or len(matching) != 1 else matching[0])
        if preset is None:
            address = read_address(typed)
            return None if address is None else Order(name or suggest_name(address), address, variable)
        if name in ("", preset.name):
            return Order(preset.name, api_key_env=variable)
        # Under a name of its own it is an address, with the preset's key.
        return Order(name, preset.base_url, variable or preset.api_key_env, preset.dialect)

    @on(Input.Submitted)
    def go_on(self) -> None:
        """Try what is here, once each line has taken in its keys; when it was tried, write it."""
        lines = (self.what, self.title_line, self.variable, self.model)
        act: Callable[[], object] = self._go_on
        for line in lines:
            act = partial(line.call_later, act)
        act()

    def _go_on(self) -> None:
        order = self._read()
        if self._asking:
            return
        if order is None:
            self._complain(self._language.say("connect.unknown"))
        elif order.api_key_env is not None and not self._is_variable(order.api_key_env):
            self._complain(self._language.say("connect.no_variable"))
        elif self._tried is not None and self._is_tried(order):
            self.run_worker(self._write(order, self._tried[2]), group="write", exclusive=True)
        else:
            self._asking = True
            self.run_worker(self._try(order), group="trial", exclusive=True)

    async def _try(self, order: Order) -> None:
        from tui.stream.trial import try_provider  # with the client, after the first paint

        say, workspace, model = self._language.say, self._workspace, self.model.value.strip()
        try:
            provider = await asyncio.to_thread(plan_provider, order, self._path)
        except ConfigError as error:
            self._asking = False
            self._complain(self._language.phrase(str(error)))
            return
        self._tell("verdict", say("connect.listing", name=order.name))
        trial = await try_provider(
            workspace.client,
            workspace.fit(provider),
            model or None,
            lambda asked: self._tell("verdict", say("connect.asking", name=f"{order.name}/{asked}")),
        )
        self._asking, self._tried = False, (order, model, trial)
        self._look()
        self.query_one("#provider-verdict").set_class(trial.complete, "-complete")
        self._tell("verdict", "\n".join(self._verdict(order, trial)))

    def _verdict(self, order: Order, trial: "Trial") -> Iterator[str]:
        from tui.chat.trial_text import tell_trial  # with the trial

        say = self._language.say
        name = f"{order.name}/{trial.model}" if trial.model else order.name
        yield f"{name}: {tell_trial(trial, self._language)}"
        if trial.record is not None and trial.record.first_text_ms is not None:
            yield say("status.first_token", seconds=f"{trial.record.first_text_ms / 1000:.2f}")
        if not trial.complete:
            yield from (f"→ {advice}" for advice in self._language.advice(trial.outcome, trial.values))
        yield say("connect.write" if trial.complete else "connect.write_anyway", path=self._path)

    async def _write(self, order: Order, trial: "Trial") -> None:
        try:
            config, backup = await asyncio.to_thread(write_provider, order, self._path)
        except ConfigError as error:
            self._complain(self._language.phrase(str(error)))
        else:
            await asyncio.to_thread(keep_verdict, self._path, order.name, good=trial.good)
            self.conclude(Connected(config, order.name, trial.model, self._path, backup))

    def _complain(self, text: str) -> None:
        self.query_one("#provider-verdict").remove_class("-complete")
        self._tell("verdict", text)

    def _tell(self, ident: str, text: str) -> None:
        lines = [sanitise_line(line) for line in text.split("\n")]
        self.query_one(f"#provider-{ident}", Static).update(Content("\n".join(lines)))


def _table_of(order: Order | None) -> dict[str, Any]:
    """What the order would write; nothing while it cannot be written."""
    try:
        return make_table(order) if order is not None else {}
    except ConfigError:
        return {}  # said when it is tried


def _matching(typed: str) -> list[str]:
    """The presets whose name begins with what was typed."""
    words = typed.strip().lower()
    return [name for name in presets() if name.startswith(words)]
