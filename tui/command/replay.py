"""`weir replay`: a recorded stream through the whole client."""

import argparse

from tui.launch import Launch
from tui.replay import Replay, run_replay
from tui.settings.secrets import Masker


def run(options: argparse.Namespace, launch: Launch, mask: Masker) -> int:
    """Play the file and return the exit code."""
    wanted = Replay(options.file, options.fast, options.json, launch.wish.timeouts)
    return run_replay(wanted, mask, launch.load_language())
