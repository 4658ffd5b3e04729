"""Local servers that were not configured: found by their well-known ports, believed only if they list models.

On a shared machine a port may be another person's. Their process sees every prompt, so whose it is gets told apart:
nobody's but ours or the system's is used without being asked for.
"""

import asyncio
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from tui.settings.provider import Provider
from tui.stream.client import Client
from tui.stream.listing import ModelListing

PORTS = {11434: "ollama", 8080: "llama.cpp", 1234: "lmstudio", 8000: "vllm"}
"""Well-known ports, and whose they usually are."""
SEARCH_SECONDS = 0.2
_FIRST_PERSON = 1000
"""The lowest user id of a person on Linux (login.defs, UID_MIN); below are system accounts."""


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server on this machine that lists models."""

    provider: Provider
    listing: ModelListing
    stranger: str | None = None
    """The person whose process it is, if that is somebody else: ask before the first prompt."""
    account: str | None = None
    """The system account that runs it, to be named."""


async def find_local_servers(client: Client, ports: dict[int, str] | None = None) -> list[FoundServer]:
    """Ask every port at once; those that answer with a list of models within the limit, in the order of the ports."""
    chosen = PORTS if ports is None else ports
    found = await asyncio.gather(*(_ask(client, port, kind) for port, kind in chosen.items()))
    return [server for server in found if server is not None]


async def _ask(client: Client, port: int, kind: str) -> FoundServer | None:
    provider = Provider(kind, f"http://127.0.0.1:{port}/v1", origin="found")
    listing = await client.list_models(provider, limit=SEARCH_SECONDS)
    if listing.failure is not None or not listing.models:
        return None
    name = re.sub(r"[^a-z0-9._-]", "", (listing.server or "").lower().partition("/")[0])
    if name in ("llama.cpp", "ollama", "vllm", "lmstudio"):
        provider = Provider(name, provider.base_url, origin="found")
    stranger, account = _owner(port)
    return FoundServer(provider, listing, stranger, account)


def _owner(port: int) -> tuple[str | None, str | None]:
    """The other person and the system account behind a port; both None if it is ours or cannot be told."""
    uid = listening_user(port)
    if uid is None or uid == os.getuid():
        return None, None
    name = _user_name(uid)
    return (name, None) if uid >= _FIRST_PERSON else (None, name)


def listening_user(port: int) -> int | None:
    """The user id of whoever listens on a port: /proc/net/tcp (proc(5)); None where the system does not tell."""
    if not sys.platform.startswith("linux"):
        return None
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue  # no such table here: the other may have it
        for row in rows:
            fields = row.split()
            if len(fields) > 7 and fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                return int(fields[7])
    return None


def _user_name(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
