"""`weir capture`: the permission to write raw streams."""

import argparse
from datetime import timedelta

from tui.capture import Order, run_capture
from tui.launch import Launch
from tui.settings.secrets import Masker


def run(options: argparse.Namespace, launch: Launch, mask: Masker) -> int:
    """Give, end or tell of the permission, or remove what it let be written; return the exit code."""
    order = Order(
        options.act,
        getattr(options, "span", timedelta()),
        getattr(options, "reason", ""),
        getattr(options, "purge", False),
        getattr(options, "with_prompts", False),
        options.json,
    )
    return run_capture(order, launch.paths, mask, launch.load_language())
