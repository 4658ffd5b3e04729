"""Acts: what can be done on a screen, each with its plain name, its place and the keys that it has now.

An act is a binding with an id. Those of what has the focus come first, then those of the other parts that can get it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input

from tui.text.language import Language
from tui.ui.shown_key import show_keys

_OF_THE_CHAT = frozenset(
    {"log.find", "log.copy_last", "log.page_up", "log.page_down", "record.open", "doctor.open", "chats.open"}
)
"""What works wherever the focus is, though its id names another place."""
TAKE = "list.take"
"""Stands for the Enter of every line in which one types, whose binding is Textual's."""
MOST_KEYS = 2
"""Keys that are shown of one act."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done."""

    ident: str
    """The id of its binding, as in `[keys]`."""
    keys: tuple[str, ...]
    """As bindings name them, the first one first."""
    action: str
    node: DOMNode
    """Whose action it is."""

    @property
    def place(self) -> str:
        """The name of the place where its keys work."""
        return place_of(self.ident)

    def shown_keys(self, most: int = MOST_KEYS) -> str:
        """Its keys as a person reads them."""
        return show_keys(self.keys[:most])

    def name(self, language: Language) -> str:
        """What it does, in plain words."""
        return name_of(self.ident, language)

    @property
    def method(self) -> str:
        """The name of the method that does it."""
        return f"action_{self.action.partition('(')[0].rpartition('.')[2]}"

    async def run(self, screen: Screen[Any]) -> None:
        """Do it, on the screen that it was found on; what its keys work in gets the focus first."""
        if isinstance(self.node, Widget) and self.node in screen.focus_chain:
            screen.set_focus(self.node)
        action = self.action.removeprefix("screen.")
        await screen.app.run_action(action, self.node if action == self.action else screen)


def place_of(ident: str) -> str:
    """Where the keys of an act work, by the id of its binding."""
    return "chat" if ident in _OF_THE_CHAT else ident.partition(".")[0]


def name_of(ident: str, language: Language) -> str:
    """What a binding does, in plain words."""
    return language.say(f"act.{ident}")


def own_bindings(kind: type) -> Iterator[Binding]:
    """The bindings of ours that a class has, those of a derived class before those that it inherits."""
    for each in kind.__mro__:
        if each.__module__.startswith("tui."):
            yield from (binding for binding in vars(each).get("BINDINGS", ()) if isinstance(binding, Binding))


def find_acts(screen: Screen[Any], keys: Mapping[str, str]) -> list[Act]:
    """What can be done on a screen; `keys` are the person's own."""
    found: dict[str, Act] = {}
    for act in (*_acts_in_force(screen), *_acts_elsewhere(screen, keys)):
        known = found.get(act.ident)
        if known is None:
            found[act.ident] = act
        elif known.node is act.node and act.keys[0] not in known.keys:
            found[act.ident] = Act(act.ident, (*known.keys, *act.keys), known.action, known.node)
    return list(found.values())


def _acts_in_force(screen: Screen[Any]) -> Iterator[Act]:
    """Those whose keys work where the focus is."""
    focused = screen.focused
    chain = list(focused.ancestors_with_self) if focused is not None else []
    inner_first = sorted(
        screen.active_bindings.items(), key=lambda each: chain.index(each[1].node) if each[1].node in chain else 0
    )
    for key, active in inner_first:
        binding = active.binding
        if key == "enter" and isinstance(active.node, Input) and not binding.id:
            yield Act(TAKE, (key,), binding.action, active.node)
        if binding.id and _can_run(binding.action, active.node, screen):
            yield Act(binding.id, (key,), binding.action, active.node)


def _acts_elsewhere(screen: Screen[Any], keys: Mapping[str, str]) -> Iterator[Act]:
    """Those of parts that the focus can go to; an overlay is one part, and of the app it leaves some keys alone."""
    if isinstance(screen, ModalScreen):
        urgent = {binding.id for binding in own_bindings(type(screen.app)) if binding.priority}
        yield from (act for act in _acts_of(screen.app, keys, screen) if act.ident in urgent)
        return
    for widget in sorted(screen.focus_chain, key=lambda widget: not widget.has_class("-in-use")):
        for node in widget.ancestors_with_self:  # up to the app: a key of theirs may mean something else in a text
            yield from _acts_of(node, keys, screen)


def _acts_of(node: DOMNode, keys: Mapping[str, str], screen: Screen[Any]) -> Iterator[Act]:
    taken: set[str] = set()
    for binding in own_bindings(type(node)):
        names = tuple(keys.get(binding.id or "", binding.key).split(","))
        if binding.id and _can_run(binding.action, node, screen) and taken.isdisjoint(names):
            yield Act(binding.id, names, binding.action, node)
        taken.update(names)


def _can_run(action: str, node: DOMNode, screen: Screen[Any]) -> bool:
    """Whether there is such an action now: a widget may be used on a screen that has no use for all of its keys."""
    place, _, name = action.partition("(")[0].rpartition(".")
    target = {"screen": screen, "app": screen.app}.get(place, node)
    return hasattr(target, f"action_{name}") and target.check_action(name, ()) is not False


def group_acts(acts: Iterable[Act]) -> dict[str, list[Act]]:
    """The acts by place, in the order in which the places come up; what holds everywhere comes last."""
    groups: dict[str, list[Act]] = {}
    for act in acts:
        groups.setdefault(act.place, []).append(act)
    if "app" in groups:
        groups["app"] = groups.pop("app")
    return groups
