"""The composition root: opens the client, the store and, where it is wanted, the practice provider, for one run.

Config, paths and the screen come before; everything here is opened after the first paint, and each import stands where
it is first needed, since a command must not pay for what it does not use.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TypeAlias

from tui.chat.catalogue import ModelCatalogue
from tui.chat.choice import Routes, Wish, choose_routes, practice_provider, with_patience
from tui.chat.database import Report, StoreTrouble
from tui.chat.journal import RecordJournal
from tui.chat.session import ChatSession
from tui.chat.store import Store
from tui.chat.workspace import Workspace
from tui.settings.config import Config
from tui.settings.paths import Paths
from tui.settings.secrets import Masker
from tui.settings.state import read_state
from tui.stream.client import DEFAULT_RETRIES, Client
from tui.stream.discovery import FoundServer, find_local_servers

Consent: TypeAlias = Callable[[FoundServer], Awaitable[bool]]
"""Asks the person whether a server that somebody else runs on this machine may be used."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What a run starts from."""

    paths: Paths
    config: Config
    environ: Mapping[str, str]
    wish: Wish = field(default_factory=Wish)
    retries: int = DEFAULT_RETRIES


async def open_workspace(
    launch: Launch, mask: Masker, report: Report, *, keep: bool, consent: Consent | None
) -> Workspace:
    """Open everything. `keep`: conversations are stored. `consent` asks a person about another person's server.

    Without `consent` the run is headless: such a server is left alone, and practice starts only if it was asked for.
    `report` is called from other threads. Raises ConfigError for flags that cannot be meant. The caller closes the
    workspace.
    """
    stack = AsyncExitStack()
    routes = choose_routes(launch.wish, launch.config, launch.environ)
    store = Store(launch.paths.database, report) if keep else None
    client = await stack.enter_async_context(Client(launch.environ, mask, retries=launch.retries))
    found: FoundServer | None = None
    if routes.default is None:
        found = await _find_server(client, consent)
        if found is not None:
            routes = routes.with_provider(with_patience(found.provider, launch.wish))
    practising = routes.wants_practice or (routes.default is None and consent is not None)
    if practising:
        routes = await _start_practice(launch, routes, stack)
    state = await asyncio.to_thread(read_state, launch.paths.state_file)
    configured = [launch.config.model] if launch.config.model else []
    catalogue = ModelCatalogue(routes.providers, configured, state.recent)
    if found is not None:
        catalogue.add_listing(found.provider.name, found.listing)
    journal = RecordJournal(
        launch.paths.records, lambda reason: report(StoreTrouble("unwritable", str(launch.paths.records), reason))
    )
    session = ChatSession(client, store, journal, find_model=catalogue.find)
    return Workspace(
        launch.paths,
        launch.config,
        launch.wish,
        routes,
        catalogue,
        client,
        session,
        store,
        state,
        found,
        practising,
        stack,
    )


async def _find_server(client: Client, consent: Consent | None) -> FoundServer | None:
    """The first local server that may be used: another person's only if somebody says so."""
    for server in await find_local_servers(client):
        if server.stranger is None or (consent is not None and await consent(server)):
            return server
    return None


async def _start_practice(launch: Launch, routes: Routes, stack: AsyncExitStack) -> Routes:
    from tui.practice.server import PracticeServer

    server = await stack.enter_async_context(PracticeServer())
    return routes.with_provider(practice_provider(server.base_url, launch.wish.timeouts))
