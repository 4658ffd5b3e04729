"""Local servers that were not configured: found by their well-known ports, believed only if they list models.

On a shared machine a port may be another person's. Their process sees every prompt, so whose it is gets told apart:
nobody's but ours or the system's is used without being asked for, and one that cannot be told is not ours.
"""

import asyncio
import os
import re
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from tui.settings.command import CommandFailed, CommandRun
from tui.settings.provider import Provider
from tui.stream.client import Client
from tui.stream.listing import ModelListing

PORTS = {11434: "ollama", 8080: "llama.cpp", 1234: "lmstudio", 8000: "vllm"}
"""Well-known ports, and whose they usually are."""
SEARCH_SECONDS = 0.2
UNKNOWN_PERSON = "an unknown person"
"""Stands for the name where the system does not tell whose a server is."""
_OWNER_SECONDS = 2.0
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
    stranger, account = await find_owner(port)
    return FoundServer(provider, listing, stranger, account)


async def find_owner(port: int, system: str = sys.platform) -> tuple[str | None, str | None]:
    """The other person and the system account behind a port of 127.0.0.1; both None only if it is known to be ours."""
    if not system.startswith("linux"):
        return (None, None) if await _is_ours(port) else (UNKNOWN_PERSON, None)
    uid = listening_user(port)
    if uid is None:
        return UNKNOWN_PERSON, None
    if uid == os.getuid():
        return None, None
    name = _user_name(uid)
    return (name, None) if uid >= _FIRST_PERSON else (None, name)


def listening_user(port: int, tables: Path = Path("/proc/net")) -> int | None:
    """The user id of whoever answers on a port of 127.0.0.1, by the tables of proc(5); None where they do not tell.

    The most specific address wins, as it does when a connection comes in.
    """
    users: dict[str, int] = {}
    for table in ("tcp", "tcp6"):
        try:
            rows = (tables / table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue  # no such table here: the other may have it
        for row in rows:
            fields = row.split()
            if len(fields) > 7 and fields[3] == "0A":
                users[fields[1]] = int(fields[7])
    addresses = (
        socket.inet_pton(socket.AF_INET, "127.0.0.1"),
        socket.inet_pton(socket.AF_INET6, "::ffff:127.0.0.1"),
        socket.inet_pton(socket.AF_INET, "0.0.0.0"),
        socket.inet_pton(socket.AF_INET6, "::"),
    )
    places = (f"{_in_table(address)}:{port:04X}" for address in addresses)
    return next((users[place] for place in places if place in users), None)


def _in_table(address: bytes) -> str:
    """An address as those tables write it: words of four bytes in the machine's order, each a hexadecimal number."""
    words = (int.from_bytes(address[start : start + 4], sys.byteorder) for start in range(0, len(address), 4))
    return "".join(f"{word:08X}" for word in words)


async def _is_ours(port: int) -> bool:
    """Whether lsof(8) finds a process of our own that listens there; without an answer it is not ours."""
    lsof = shutil.which("lsof")
    if lsof is None:
        return False
    query = (lsof, "-nP", "-a", "-u", str(os.getuid()), f"-iTCP:{port}", "-sTCP:LISTEN", "-Fn")
    run = CommandRun()
    try:
        found = await asyncio.to_thread(run.run, query, os.environ, _OWNER_SECONDS)
    except CommandFailed:
        return False
    except asyncio.CancelledError:
        run.stop()
        raise
    addresses = ("127.0.0.1", "[::ffff:127.0.0.1]", "*")
    return any(f"n{address}:{port}" in found.decode(errors="replace").splitlines() for address in addresses)


def _user_name(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
