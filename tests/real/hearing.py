"""Hearing: asks a real server in real time, and hears its stream to the end."""

import asyncio
from typing import Any

from tests.stream.listener import KEY, KEY_NAME, REQUEST, Heard, route
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.request import ChatRequest
from tui.stream.trace import StreamTrace

GUARD_SECONDS = 20.0
"""A stream that hangs fails its test after this long; no test waits for it."""


async def ask(url: str, request: ChatRequest = REQUEST, *, retries: int = 0, **options: Any) -> Heard:
    """Ask, and hear it to its end; `options` are those of the provider."""
    heard = Heard()
    async with Client({KEY_NAME: KEY}, Masker(), retries=retries) as client, asyncio.timeout(GUARD_SECONDS):
        async for event in client.stream(request, route(url, **options), StreamTrace()):
            heard.events.append(event)
    return heard
