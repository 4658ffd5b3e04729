"""`weir providers`: the servers that the config knows."""

import argparse
import asyncio

from tui.launch import Launch
from tui.providers import add_provider, list_providers
from tui.settings.order import Order
from tui.settings.secrets import Masker


def run(options: argparse.Namespace, launch: Launch, mask: Masker) -> int:
    """List them or add one, and return the exit code."""
    config, wish, language = launch.config, launch.wish, launch.load_language()
    if options.command == "providers list":
        return list_providers(config, launch.environ, language)
    order = Order(options.name, wish.base_url, wish.api_key_env, wish.dialect, wish.allow_http)
    path = config.path or launch.paths.config_file
    adding = add_provider(order, path, launch.environ, mask, language, model=wish.model, test=not options.no_test)
    return asyncio.run(adding)
