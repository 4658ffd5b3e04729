"""`weir records`: what became of earlier requests."""

import argparse
from datetime import UTC, datetime

from tui.arguments import UsageError
from tui.chat.record_filter import NAMES, FilterError, RecordFilter, make_filter
from tui.launch import Launch
from tui.records import Look, Walk, list_records, show_record, write_bundle
from tui.settings.secrets import Masker


def run(options: argparse.Namespace, launch: Launch, mask: Masker) -> int:
    """List records, show one or write its support bundle, and return the exit code."""
    config = launch.config
    look = Look(
        launch.paths.records,
        config.records,
        launch.load_language(),
        _read_filter(options),
        getattr(options, "limit", None),
        getattr(options, "json", False),
        config.ascii,
    )
    if options.command == "records":
        return list_records(look)
    if options.command == "records show":
        return show_record(look, options.id)
    return _write_bundle(look, options, launch, mask)


def _read_filter(options: argparse.Namespace) -> RecordFilter:
    if options.command != "records":
        return RecordFilter()
    try:
        return make_filter({name: getattr(options, f"only_{name}") for name in NAMES}, datetime.now(UTC))
    except FilterError as error:
        raise UsageError(f"--{error}. See `weir records --help`.") from None


def _write_bundle(look: Look, options: argparse.Namespace, launch: Launch, mask: Masker) -> int:
    from tui.chat.routes import choose_routes
    from tui.chat.support import Support
    from tui.text.language import load_language

    routes = choose_routes(launch.wish, launch.config, launch.environ)
    support = Support(launch.paths, launch.config, routes.providers, launch.environ, mask, load_language("en"))
    doctor: Walk = "full" if options.doctor else "no" if options.no_doctor else "free"
    return write_bundle(look, options.id, support, doctor=doctor, yes=options.yes)
