"""How a server that a test has started is ended: politely, then not; only ever this one process."""

import subprocess

END_SECONDS = 5.0
"""How long it may take to leave by itself."""


def end_process(process: subprocess.Popen[bytes] | None) -> None:
    """Return when the process is gone; None is one that never came up."""
    if process is None:
        return
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
