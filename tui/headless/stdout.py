"""Stdout and stderr of a headless command: lines of JSON, complaints, and what follows when nobody reads."""

import json
import os
import sys
from typing import Any

from tui.settings.standard_streams import StdoutError
from tui.text.sanitise import escape_json_line, sanitise_line

CLOSED_STDOUT = 141
"""128 + SIGPIPE: what a shell shows for a program whose reader went away."""


def give_up_stdout(error: OSError) -> int:
    """The exit code after a failed write; quiet if the reader went away, else it says why (a full disk).

    Both outputs may be one pipe. What failed then points at nothing, so that the interpreter's own flush at exit does
    not complain of it.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    if isinstance(error, BrokenPipeError):
        os.dup2(null, sys.stderr.fileno())
    else:
        write_error(f"stdout: {error.strerror}", as_json=False)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
    return CLOSED_STDOUT


def write_error(message: str, *, as_json: bool) -> None:
    """A sentence about what was asked wrongly: a JSON line on stdout, else a line on stderr."""
    if as_json:
        write_json_line({"type": "error", "message": message})
    else:
        say(message)


def write_json_line(value: dict[str, Any]) -> None:
    """A line, in UTF-8 whatever the locale says: that is what JSON is (RFC 8259, 8.1)."""
    write_bytes((escape_json_line(json.dumps(value, ensure_ascii=False)) + "\n").encode())


def write_text(text: str) -> None:
    """Lines on stdout that are ours, or made safe for a terminal already."""
    write_bytes((text + "\n").encode(errors="replace"))


def write_bytes(data: bytes) -> None:
    """At once on stdout; raises BrokenPipeError where nobody reads any more, else StdoutError."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StdoutError(error.errno, error.strerror) from None


def say(line: str) -> None:
    """A line of our own, on stderr; foreign text in it is made safe."""
    sys.stderr.write(f"weir: {sanitise_line(line)}\n")
