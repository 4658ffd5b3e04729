"""`weir doctor`: where the way to a provider breaks."""

import argparse
import asyncio

from tui.arguments import UsageError
from tui.chat.workspace import Workspace
from tui.compose import open_workspace
from tui.doctor import Examination, examine, tell_no_route
from tui.launch import Launch
from tui.settings.secrets import Masker


def run(options: argparse.Namespace, launch: Launch, mask: Masker, trouble: str | None) -> int:
    """Walk the way and return the exit code; `trouble`, a config that cannot be read, is a finding, too."""
    wish = launch.wish
    if options.all and (wish.model or wish.provider or wish.base_url or wish.practice):
        raise UsageError("--all walks the way to every provider of the config; leave out what names one")
    wanted = Examination(launch.paths, launch.environ, launch.load_language(), options.json, options.all)
    if trouble is not None:
        return tell_no_route(mask(trouble), wanted)

    async def opener() -> Workspace:
        return await open_workspace(launch, mask, lambda trouble: None, keep=False, consent=None)

    return asyncio.run(examine(opener, wanted, mask))
