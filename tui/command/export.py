"""`weir export`: conversations, carried away."""

import argparse
from contextlib import closing

from tui.chat.store import Store
from tui.command.trouble import tell_troubles
from tui.export import ExportOrder, run_export
from tui.launch import Launch
from tui.settings.secrets import Masker


def run(options: argparse.Namespace, launch: Launch, mask: Masker) -> int:
    """Export what was asked for, and return the exit code."""
    language = launch.load_language()
    order = ExportOrder(options.id, options.all, options.format, options.output, options.force)
    with closing(Store(launch.paths.database, tell_troubles(language, mask))) as store:
        return run_export(order, store, language)
