"""The masked crash log: where in our code a bug struck, without a single value of a variable.

Usual crash screens print local variables, and a local variable may be a key, a prompt or a reply. Kept are class names,
files, lines and functions; texts of exceptions are masked and cut.
"""

import platform
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tui import __version__
from tui.settings.paths import append_line
from tui.settings.secrets import Masker

_TEXT_LIMIT = 200


def write_crash_log(path: Path, error: BaseException, mask: Callable[[str, int | None], str] | None = None) -> str:
    """Append the masked crash to the log and return the sentence for the person; never raises for a disk."""
    mask = mask or Masker()
    what = f"{type(error).__name__}: {mask(str(error), _TEXT_LIMIT)}".rstrip(": ")
    try:
        append_line(path, _describe(error, what, mask))
    except OSError as trouble:
        reason = trouble.strerror or type(trouble).__name__
        return f"a bug ended weir ({what}); the crash log {path} could not be written ({reason})."
    return f"a bug ended weir ({what}). The masked details are in {path}; please report them."


def _describe(error: BaseException, what: str, mask: Callable[[str, int | None], str]) -> str:
    lines = [f"{datetime.now(UTC).isoformat(timespec='seconds')} weir {__version__} python {platform.python_version()}"]
    seen: BaseException | None = error
    while seen is not None:
        text = what if seen is error else f"{type(seen).__name__}: {mask(str(seen), _TEXT_LIMIT)}"
        lines.append(f"  {text}")
        frames = traceback.extract_tb(seen.__traceback__)
        lines += [f"    {_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n".join(lines)


def _short(filename: str) -> str:
    """The last parts of a path: a home folder is nobody's business."""
    return "/".join(Path(filename).parts[-3:])
