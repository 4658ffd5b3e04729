"""`weir models`: which models there are."""

import argparse
import asyncio

from tui.arguments import USAGE
from tui.compose import open_workspace
from tui.headless.stdout import write_error
from tui.launch import Launch
from tui.models import print_models
from tui.settings.secrets import Masker


def run(options: argparse.Namespace, launch: Launch, mask: Masker) -> int:
    """List the models and return the exit code."""
    return asyncio.run(_list_models(launch, mask, as_json=options.json))


async def _list_models(launch: Launch, mask: Masker, *, as_json: bool) -> int:
    language = launch.load_language()
    workspace = await open_workspace(launch, mask, lambda trouble: None, keep=False, consent=None)
    try:
        if workspace.routes.default is None:
            write_error(language.say("headless.no_provider"), as_json=as_json)
            return USAGE
        return await print_models(workspace, language, as_json=as_json)
    finally:
        await workspace.close()
