"""`weir practice`: the practice provider for others, until it is stopped."""

import argparse
import asyncio

from tui.arguments import UsageError
from tui.practice.fault import Fault
from tui.practice.server import PracticeServer


def run(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    return asyncio.run(_practise(options.port, options.fault))


async def _practise(port: int, fault: str | None) -> int:
    server = PracticeServer(port=port, fault=Fault(fault) if fault else None)
    try:
        await server.start()
    except OSError as error:
        raise UsageError(f"port {port} cannot be used: {error.strerror}; choose another with --port") from None
    try:
        print(server.base_url, flush=True)
        await asyncio.Event().wait()
    finally:
        await server.aclose()
    return 0
