"""The very start: until the program is there, ctrl+c ends the process as the system does, without a traceback."""

import signal


def main() -> int:
    """Import the command line and run it; returns the exit code. Whoever has SIGINT ignored keeps it so."""
    heard = signal.getsignal(signal.SIGINT)
    if heard is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from tui import cli

    try:
        signal.signal(signal.SIGINT, heard)
        return cli.main()
    except KeyboardInterrupt:
        return cli.INTERRUPTED

