"""ActCommands: what the palette offers on the screen in view: every act by its plain name, with its key."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui.ui.act import find_acts
from tui.ui.guiding import GuidingApp
from tui.ui.screens.comparing import ComparingScreen


@dataclass(frozen=True, slots=True)
class Offer:
    """A line of the palette."""

    title: str
    names: tuple[str, ...]
    """What it is found by."""
    run: Callable[[], Any]
    help: str | None = None
    key: str = ""

    def shown(self, title: Content) -> Content:
        """The title, as it is highlighted, and behind it the key."""
        return Content.assemble(title, "  ", (self.key, "dim")) if self.key else title


class ActCommands(Provider):
    """A command of the chat whose act has a key is offered once, with that."""

    async def discover(self) -> Hits:
        """All of them."""
        for offer in self._offers():
            yield DiscoveryHit(offer.shown(Content(offer.title)), offer.run, text=offer.title, help=offer.help)

    async def search(self, query: str) -> Hits:
        """Those of which a name is like what was typed."""
        matcher = self.matcher(query)
        for offer in self._offers():
            scores = [matcher.match(name) for name in offer.names]
            if (score := max(scores)) > 0:
                shown = offer.shown(matcher.highlight(offer.title))
                yield Hit(score, shown, offer.run, text=offer.title, help=offer.help)

    def _offers(self) -> Iterator[Offer]:
        app, screen = self.app, self.screen
        if not isinstance(app, GuidingApp):
            return
        acts = find_acts(screen, app.own_keys)
        bound = {act.method: act for act in acts if act.node is screen}
        merged: set[str] = set()
        for command in screen.commands() if isinstance(screen, ComparingScreen) else ():
            act = bound.get(getattr(command.callback, "__name__", ""))
            if act is None:
                yield Offer(command.title, (command.title,), command.callback, command.help)
            else:
                merged.add(act.ident)
                names = command.title, act.name(app.language)
                yield Offer(command.title, names, command.callback, command.help, act.shown_keys())
        for act in acts:
            if act.ident not in merged and act.ident != "app.palette":
                name = act.name(app.language)
                yield Offer(name, (name,), partial(act.run, screen), key=act.shown_keys())
