"""Editor: the program that a person edits texts with, as VISUAL or EDITOR name it, and the file that it is given.

The file is 0600 in a private folder of its own, which takes what an editor puts beside it, too; its name tells that it
is Markdown.
"""

import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tui.settings.paths import make_private_folder

_PREFIX, _NAME = "prompt-", "prompt.md"
_OWNED = re.compile(rf"{_PREFIX}(\d+)-(\d*)-")
_VARIABLES = ("VISUAL", "EDITOR")


class EditorError(Exception):
    """The editor cannot be started; `code` names the sentence, `values` are for it."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def find_editor(environ: Mapping[str, str]) -> list[str]:
    """The words of the command, as VISUAL has them, else EDITOR; raises EditorError. Looks for the program on disk."""
    variable = next((name for name in _VARIABLES if environ.get(name, "").strip()), None)
    if variable is None:
        raise EditorError("unset")
    try:
        words = shlex.split(environ[variable])
    except ValueError as error:
        raise EditorError("malformed", variable=variable, reason=str(error)) from None
    program = shutil.which(os.path.expanduser(words[0]), path=environ.get("PATH"))
    if program is None:
        raise EditorError("missing", variable=variable, program=words[0])
    return [program, *words[1:]]


def write_edited(folder: Path, text: str, owner: str) -> Path:
    """A file with this text, and a line end behind it, in a folder of its own in this one; raises OSError.

    `owner` is the process that will take it back, as `find_left_edits` knows it.
    """
    make_private_folder(folder)
    path = Path(tempfile.mkdtemp(dir=folder, prefix=f"{_PREFIX}{owner.replace(':', '-')}-")) / _NAME
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_with_line_end(text).encode(errors="replace"))
    except OSError:
        remove_edited(path)
        raise
    return path


def find_left_edits(folder: Path, is_alive: Callable[[str], bool]) -> list[Path]:
    """The files that hold a text and whose process has ended and took nothing back; an editor may still have them open.

    Blocks; what cannot be read is not there.
    """
    left = []
    for path in sorted(folder.glob(f"{_PREFIX}*/{_NAME}")):
        match = _OWNED.match(path.parent.name)
        try:
            if match is not None and not is_alive(f"{match[1]}:{match[2]}") and path.read_bytes().strip():
                left.append(path)
        except OSError:
            continue  # another start may have told of it, and the person removed it
    return left


def read_edited(path: Path, before: str) -> str:
    """What the file holds now, without the line end that editors put behind the last line. Raises OSError, ValueError.

    `before` is the text that it was written with: if nothing was changed, that is what comes back.
    """
    text = path.read_bytes().decode().replace("\r\n", "\n").replace("\r", "\n")
    return before if text == _with_line_end(before) else text.removesuffix("\n")


def remove_edited(path: Path) -> None:
    """Remove the file, its folder, and whatever an editor has left there."""
    shutil.rmtree(path.parent, ignore_errors=True)


def _with_line_end(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"
