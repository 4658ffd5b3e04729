"""`weir import`: conversations of a file, brought in."""

import argparse
from contextlib import closing

from tui.chat.store import Store
from tui.command.trouble import tell_troubles
from tui.intake import ImportOrder, run_import
from tui.launch import Launch
from tui.settings.secrets import Masker


def run(options: argparse.Namespace, launch: Launch, mask: Masker) -> int:
    """Bring in what is new, and return the exit code."""
    language = launch.load_language()
    order = ImportOrder(options.file, options.dry_run, options.json, launch.config.history.keep_days)
    with closing(Store(launch.paths.database, tell_troubles(language, mask))) as store:
        return run_import(order, store, language)
