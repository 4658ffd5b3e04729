"""The composition root: opens the client, the store and, where it is wanted, the practice provider, for one run.

Config, paths and the screen come before; everything here is opened after the first paint, and each import stands where
it is first needed, since a command must not pay for what it does not use.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import TypeAlias

from tui.chat.catalogue import ModelCatalogue
from tui.chat.choice import choose_model
from tui.chat.database import Report, StoreTrouble
from tui.chat.journal import RecordJournal
from tui.chat.routes import Routes, choose_routes, practice_provider, with_settings
from tui.chat.session import ChatSession
from tui.chat.store import Store
from tui.chat.table_proof import TableProof
from tui.chat.workspace import Workspace
from tui.launch import Launch
from tui.settings.paths import runtime_folder
from tui.settings.secrets import Masker, read_key
from tui.settings.state import State, read_state
from tui.stream.capture import Capture
from tui.stream.client import DEFAULT_RETRIES, Client
from tui.stream.discovery import FoundServer, find_local_servers
from tui.stream.preparation import describe
from tui.stream.request import ChatRequest
from tui.stream.trace import Call, StreamTrace
from tui.telemetry.telemetry import Telemetry, Trouble

Consent: TypeAlias = Callable[[FoundServer], Awaitable[bool]]
"""Asks the person whether a server that somebody else runs on this machine may be used."""


async def open_workspace(
    launch: Launch, mask: Masker, report: Report, *, keep: bool, consent: Consent | None
) -> Workspace:
    """Open everything. `keep`: conversations are stored. `consent` asks a person about another person's server.

    Without `consent` the run is headless: such a server is left alone, and practice starts only if it was asked for.
    `report` is called from other threads. Raises ConfigError for flags that cannot be meant. The caller closes the
    workspace; what is open when this fails or is cancelled is closed here.
    """
    routes = choose_routes(launch.wish, launch.config, launch.environ)
    async with AsyncExitStack() as undo:
        store = None
        if keep:
            runtime = runtime_folder(launch.environ)
            spare = (launch.paths.state, *([runtime] if runtime is not None else []))
            store = Store(launch.paths.database, report, launch.config.history.keep_days, spare=spare)
            undo.push_async_callback(asyncio.to_thread, store.close)
        stack = await undo.enter_async_context(AsyncExitStack())
        workspace = await _open(launch, mask, report, routes, store, stack, consent)
        undo.pop_all()
    return workspace


async def _open(
    launch: Launch,
    mask: Masker,
    report: Report,
    routes: Routes,
    store: Store | None,
    stack: AsyncExitStack,
    consent: Consent | None,
) -> Workspace:
    _learn_keys(routes, launch.environ, mask)
    retries = DEFAULT_RETRIES if launch.retries is None else launch.retries
    capture = await asyncio.to_thread(_begin_capture, launch, mask, report)
    client = await stack.enter_async_context(
        Client(launch.environ, mask, retries=retries, follow_raw=capture.follow, keep_raw=capture.keep_later)
    )
    found: FoundServer | None = None
    if routes.default is None and launch.config.discovery == "auto":
        found = await _find_server(client, consent)
        if found is not None:
            routes = routes.with_provider(with_settings(found.provider, launch.wish, launch.config))
    practising = routes.wants_practice or (routes.default is None and consent is not None)
    if practising:
        routes = await _start_practice(launch, routes, stack)
    state = await asyncio.to_thread(read_state, launch.paths.state_file)
    configured = [*([launch.config.model] if launch.config.model else []), *launch.config.models]
    catalogue = ModelCatalogue(routes.providers, configured, state.recent, favourites=state.favourites)
    if found is not None:
        catalogue.add_listing(found.provider.name, found.listing)
    journal = _open_journal(launch, report)
    telemetry = _open_telemetry(launch, mask, report, stack)
    proof = TableProof(launch.config)
    session = ChatSession(client, store, journal, find_model=catalogue.find, telemetry=telemetry, proof=proof)
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
        launch.environ,
        capture,
    )


def _learn_keys(routes: Routes, environ: Mapping[str, str], mask: Masker) -> None:
    """Of every route: a server may repeat what is meant for another, such as the gateway that both stand behind."""
    for provider in routes.providers.values():
        if provider.key.kind == "env" and (key := read_key(provider.key, environ)) is not None:
            mask.add(key)


def _open_journal(launch: Launch, report: Report) -> RecordJournal:
    path = launch.paths.records
    return RecordJournal(
        path, lambda reason: report(StoreTrouble("unwritable", str(path), reason)), launch.config.records
    )


def _open_telemetry(launch: Launch, mask: Masker, report: Report, stack: AsyncExitStack) -> Telemetry | None:
    if not launch.config.otel:
        return None

    def tell(trouble: Trouble, where: str, reason: str) -> None:
        report(StoreTrouble(trouble, where, reason))

    telemetry = Telemetry(launch.config.otel_endpoint, launch.environ, mask, tell)
    stack.push_async_callback(asyncio.to_thread, telemetry.close, launch.config.otel_flush)
    return telemetry


def begin_trace(launch: Launch, routes: Routes, mask: Masker, *, stream: bool) -> StreamTrace:
    """The trace of a question from the opening on, with what is known of it before anything is opened."""
    trace = StreamTrace()
    trace.begin(0, 1)
    model = choose_model(launch.wish, routes, launch.config, State(), ModelCatalogue(routes.providers))
    name = model.id if model else launch.wish.model or ""
    request = ChatRequest(name, (), stream=stream)
    provider = model.provider if model else routes.providers.get(routes.default or "")
    if provider is not None:
        trace.call = describe(request, provider, mask)
    else:
        trace.call = Call(mask(name, 200), routes.default or "", request.kind)
    return trace


def _begin_capture(launch: Launch, mask: Masker, report: Report) -> Capture:
    """End a permission whose time is over, and tell of one that holds."""
    paths = launch.paths

    def tell(reason: str) -> None:
        report(StoreTrouble("capture-failed", str(paths.captures), reason))

    capture = Capture(paths, mask, tell)
    ended = capture.end()
    if ended is not None:
        folder, streams = str(paths.captures), str(ended.streams)
        purged = ended.permission.purge
        report(StoreTrouble("capture-purged" if purged else "capture-ended", folder, streams))
    if (permission := capture.permission()) is not None:
        until = f"{permission.until.astimezone():%Y-%m-%d %H:%M:%S}"
        report(StoreTrouble("capturing", str(paths.captures / permission.folder), until))
    return capture


async def _find_server(client: Client, consent: Consent | None) -> FoundServer | None:
    """The first local server that may be used: another person's only if somebody says so."""
    for server in await find_local_servers(client):
        if server.stranger is None or (consent is not None and await consent(server)):
            return server
    return None


async def _start_practice(launch: Launch, routes: Routes, stack: AsyncExitStack) -> Routes:
    from tui.practice.server import PracticeServer

    server = await stack.enter_async_context(PracticeServer())
    provider = practice_provider(server.base_url, launch.wish.timeouts)
    return routes.with_provider(with_settings(provider, launch.wish, launch.config))
