"""`weir providers`: the servers that the config knows."""

import argparse
import asyncio

from tui.launch import Launch
from tui.providers import Order, add_provider, list_providers
from tui.settings.secrets import Masker


def run(options: argparse.Namespace, launch: Launch, mask: Masker) -> int:
    """List them or add one, and return the exit code."""
    config, wish, language = launch.config, launch.wish, launch.load_language()
    if options.command == "providers list":
        return list_providers(config, launch.environ, language)
    order = Order(
        options.name, wish.base_url, wish.api_key_env, wish.dialect, wish.allow_http, wish.model, not options.no_test
    )
    path = config.path or launch.paths.config_file
    return asyncio.run(add_provider(order, config, path, launch.environ, mask, language))
