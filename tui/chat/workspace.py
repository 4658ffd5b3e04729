"""Workspace: everything that one run of the program has open, for a screen or a headless command to work with."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

from tui.chat.catalogue import Model, ModelCatalogue
from tui.chat.choice import Routes, Wish, choose_model
from tui.chat.session import ChatSession
from tui.chat.store import Store
from tui.settings.config import Config
from tui.settings.paths import Paths
from tui.settings.state import Pick, State, write_state
from tui.stream.client import Client
from tui.stream.discovery import FoundServer
from tui.stream.outcome import Outcome

DRAIN_SECONDS = 2.0
"""How long replies get to end when the program leaves."""


@dataclass(slots=True)
class Workspace:
    """What is open. `close` gives it all back; the order in it is that in which it was opened, reversed."""

    paths: Paths
    config: Config
    wish: Wish
    routes: Routes
    catalogue: ModelCatalogue
    client: Client
    session: ChatSession
    store: Store | None
    state: State = field(default_factory=State)
    found: FoundServer | None = None
    """The local server that is used because it was found."""
    practising: bool = False
    """Whether the practice provider runs in this process."""
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def list_models(self) -> None:
        """Ask the providers for their models, all at once; the catalogue keeps each answer, a failure too.

        A pinned route is the only one: no other is sent its key or waited for.
        """
        chosen = [one for one in self.routes.providers.values() if self.routes.admits(one)]
        listings = await asyncio.gather(*(self.client.list_models(provider) for provider in chosen))
        for provider, listing in zip(chosen, listings, strict=True):
            self.catalogue.add_listing(provider.name, listing)

    def choose_model(self) -> Model | None:
        """The model to ask, as far as it can be told now."""
        return choose_model(self.wish, self.routes, self.config, self.state, self.catalogue)

    def pick_model(self, model: Model) -> None:
        """Remember a choice that a person made; it wins while the config is as it is now."""
        self.state = replace(self.state, model=Pick(model.name, self.config.model))

    def pick_theme(self, name: str) -> None:
        """Remember a theme that a person chose."""
        self.state = replace(self.state, theme=Pick(name, self.config.theme))

    def keep_draft(self, text: str) -> None:
        """Remember what was typed and not sent."""
        self.state = replace(self.state, draft=text)

    def use_model(self, model: Model) -> None:
        """Remember that this model was asked."""
        self.state = self.state.with_used_model(model.provider.name, model.id)

    def save_state(self) -> OSError | None:
        """Write what is remembered; blocks. The error is returned, since a convenience must not stop anything."""
        try:
            write_state(self.paths.state_file, self.state)
        except OSError as error:
            return error
        return None

    async def close(self) -> int:
        """End what runs, write what is queued; returns how many transactions could not be written."""
        self.session.stop_all(Outcome.APP_EXIT)
        await self.session.drain(DRAIN_SECONDS)
        lost = await asyncio.to_thread(self.store.close) if self.store is not None else 0
        await self.stack.aclose()
        return lost

