"""`weir providers`: the servers that the config knows."""

import argparse
import asyncio

from tui.chat.handoff import Places
from tui.launch import Launch
from tui.providers import Shown, add_provider, hand_over, list_providers, roll_back_provider
from tui.settings.order import Order
from tui.settings.secrets import Masker


def run(options: argparse.Namespace, launch: Launch, mask: Masker) -> int:
    """List them, add one, hand one over or roll one back, and return the exit code."""
    config, wish, language = launch.config, launch.wish, launch.load_language()
    if options.command == "providers list":
        return list_providers(config, launch.environ, language)
    path = config.path or launch.paths.config_file
    if options.command == "providers handoff":
        places = Places(path, launch.paths.records)
        return hand_over(options.name, config, places, launch.environ, Shown(mask, language, options.json))
    if options.command == "providers rollback":
        return roll_back_provider(options.name, path, mask, language)
    order = Order(options.name, wish.base_url, wish.api_key_env, wish.dialect, wish.allow_http)
    adding = add_provider(order, path, launch.environ, mask, language, model=wish.model, test=not options.no_test)
    return asyncio.run(adding)
