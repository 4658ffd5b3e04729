"""Workspace: everything that one run of the program has open, for a screen or a headless command to work with."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace

from tui.chat.catalogue import Model, ModelCatalogue
from tui.chat.choice import choose_model
from tui.chat.conversation import Conversation, Reply
from tui.chat.draft import DraftBox
from tui.chat.model_cache import ModelCache, measure_journal, read_cache, write_cache
from tui.chat.routes import Routes, Wish, with_settings
from tui.chat.session import ChatSession
from tui.chat.store import Store
from tui.settings.config import PRACTICE, Config
from tui.settings.paths import Paths
from tui.settings.provider import Provider, ad_hoc_name
from tui.settings.state import Pick, State, read_state, write_state
from tui.stream.capture import Capture
from tui.stream.client import Client
from tui.stream.discovery import FoundServer, find_local_servers
from tui.stream.outcome import Outcome

DRAIN_SECONDS = 2.0
"""How long replies get to end when the program leaves."""
STALE_SECONDS = 86400.0
"""From this age on a list of models is asked for again, unasked."""
HEED_SECONDS = 0.5
"""Between two looks for a wish that a reply without a screen be stopped."""


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
    environ: Mapping[str, str] = field(default_factory=dict)
    capture: Capture | None = None
    """Writes raw streams while a permission holds."""
    ports: dict[int, str] | None = None
    """Where to look for local servers, and whose they probably are; None: the well-known ports."""
    drafts: DraftBox | None = None
    """What was typed and not sent; there with the store."""

    def __post_init__(self) -> None:
        self.drafts = DraftBox(self.store) if self.store is not None else None

    def connect(self, config: Config, name: str) -> Provider:
        """Take a provider that the config has now; it is the one that is meant from here on, and is returned."""
        self.config = config
        provider = self.fit(config.providers[name])
        self.routes = Routes({**self.routes.providers, name: provider}, name)
        self.catalogue.providers = {**self.catalogue.providers, name: provider}
        return provider

    def fit(self, provider: Provider) -> Provider:
        """A provider with what the config says of its models and the command line of this run."""
        return with_settings(provider, self.wish, self.config)

    async def load_models(self) -> None:
        """Let the catalogue know what `models.json` and the journal say; no network is touched."""
        self._take_cache(await asyncio.to_thread(self._read_cache))

    async def list_models(self, told: Callable[[], object] = lambda: None) -> None:
        """Ask the providers for their models, all at once; the catalogue keeps each answer, a failure too.

        A pinned route is the only one: no other is sent its key or waited for. Unless one is, the servers on this
        machine are looked for as well. `told` is called on the loop whenever the catalogue knows more.
        """
        await self.load_models()
        told()
        chosen = [one for one in self.routes.providers.values() if self.routes.admits(one)]
        asking = [self._list_one(provider, told) for provider in chosen]
        if not self.routes.pinned and self.config.discovery == "auto":
            asking.append(self._find_servers(told))
        await asyncio.gather(*asking)
        await asyncio.to_thread(self._write_cache)

    async def refresh_models(self) -> None:
        """Let the catalogue know what is on disk, and ask the providers whose list there is old or none.

        One whose key comes from a command is not asked: that may ask the person, who has asked for nothing. Nor is a
        server elsewhere that only a flag or the environment names.
        """
        await self.load_models()
        known = [one for one in self.routes.providers.values() if self.routes.admits(one)]
        routes = [one for one in known if (one.origin == "config" or one.is_local) and one.key.kind != "command"]
        ages = {one.name: self.catalogue.age_of(one.name) for one in routes}
        old = [one for one in routes if (age := ages[one.name]) is None or age > STALE_SECONDS]
        if old:
            await asyncio.gather(*(self._list_one(provider, lambda: None) for provider in old))
            await asyncio.to_thread(self._write_cache)

    async def _list_one(self, provider: Provider, told: Callable[[], object]) -> None:
        self.catalogue.add_listing(provider.name, await self.client.list_models(provider))
        told()

    async def _find_servers(self, told: Callable[[], object]) -> None:
        """Add the local servers that nobody configured; another person's is left alone, since nobody was asked."""
        known = {ad_hoc_name(one.base_url.replace("localhost", "127.0.0.1")) for one in self.routes.providers.values()}
        for server in await find_local_servers(self.client, self.ports):
            provider = self.fit(server.provider)
            if server.stranger is None and ad_hoc_name(provider.base_url) not in known:
                self.catalogue.add_found(provider, server.listing, server.account)
        told()

    def _take_cache(self, cache: ModelCache) -> None:
        self.catalogue.kept = cache.kept_for(self.catalogue.providers)
        self.catalogue.measured = cache.measured

    def _read_cache(self) -> ModelCache:
        return measure_journal(read_cache(self.paths.models), self.paths.records)

    def _write_cache(self) -> None:
        """Write what is known by now over what is there; a cache that cannot be written is asked for anew next time."""
        kept, providers = self.catalogue.keep(), self.catalogue.providers
        lasting = {name: one for name, one in kept.items() if name in providers and name != PRACTICE}
        cache = self._read_cache().after(lasting, providers, time.time())
        with suppress(OSError):
            write_cache(self.paths.models, cache, self.client.mask)

    def choose_model(self) -> Model | None:
        """The model to ask, as far as it can be told now."""
        return choose_model(self.wish, self.routes, self.config, self.state, self.catalogue)

    def pick_model(self, model: Model) -> None:
        """Remember a choice that a person made; it wins while the config is as it is now."""
        self.state = replace(self.state, model=Pick(model.name, self.config.model))

    def pick_theme(self, name: str) -> None:
        """Remember a theme that a person chose."""
        self.state = replace(self.state, theme=Pick(name, self.config.theme))

    def keep_draft(self, conversation: str, text: str) -> None:
        """Remember what was typed in a conversation, by its id, and not sent."""
        if self.drafts is not None:
            self.drafts.keep(conversation, text)
        self.state = replace(self.state, draft=text, draft_of=conversation if self.drafts is not None else "")

    def save_draft(self, lost: int = 0) -> OSError | None:
        """Write the draft to the state, unless it is there; blocks. `lost`: the database could not keep everything."""
        if lost:
            self.state = replace(self.state, draft_of="")
        written, state = read_state(self.paths.state_file), self.state
        if state.draft == written.draft and (not state.draft or state.draft_of == written.draft_of):
            return None
        return self.save_state()

    def use_model(self, model: Model) -> None:
        """Remember that this model was asked."""
        self.state = self.state.with_used_model(model.provider.name, model.id)
        self.catalogue.recent = self.state.recent

    def favour_model(self, model: Model) -> None:
        """Make a model a favourite, or one no longer."""
        self.state = self.state.with_favourite(model.name)
        self.catalogue.favourites = self.state.favourites

    def save_state(self) -> OSError | None:
        """Write what is remembered; blocks. The error is returned, since a convenience must not stop anything."""
        try:
            write_state(self.paths.state_file, self.state)
        except OSError as error:
            return error
        return None

    def stop(self, reply: Reply) -> bool:
        """Stop a reply at once, or ask the process that writes it to; False if it has ended or is about to."""
        if reply.trace is None and reply.outcome is None and self.store is not None:
            self.store.ask_stop(reply)
            return True
        return self.session.stop(reply)

    def written_elsewhere(self, conversation: Conversation) -> list[Reply]:
        """The open replies of a conversation that another process writes."""
        own = {reply.id for reply in self.session.running()}
        replies = [reply for turn in conversation.tree.turns for reply in turn.replies]
        return [reply for reply in replies if reply.outcome is None and reply.id not in own]

    def leave_running(self) -> bool:
        """Let the replies in flight run on without a terminal, for a later start to tell of; whether there are any."""
        replies = self.session.running()
        if replies and self.store is not None:
            self.store.mark_away(replies)
        return bool(replies)

    async def finish_unseen(self, limit: float) -> None:
        """Wait until these replies have ended, at most `limit` seconds; a later start may ask that one be stopped."""
        heeding = asyncio.create_task(self._heed_stops(self.store)) if self.store is not None else None
        try:
            await self.session.drain(limit)
        finally:
            if heeding is not None:
                heeding.cancel()

    async def _heed_stops(self, store: Store) -> None:
        while True:
            await asyncio.sleep(HEED_SECONDS)
            try:
                wanted = await asyncio.to_thread(store.asked_to_stop)
            except sqlite3.Error:
                continue  # what is asked stays in the row until the next look
            for reply in self.session.running():
                if reply.id in wanted:
                    self.session.stop(reply)

    async def close(self) -> int:
        """End what runs, write what is queued; returns how many transactions could not be written."""
        self.session.stop_all(Outcome.APP_EXIT)
        await self.session.drain(DRAIN_SECONDS)
        lost = await asyncio.to_thread(self.store.close) if self.store is not None else 0
        await self.stack.aclose()
        return lost
