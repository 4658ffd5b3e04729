"""Attachment: a file that goes with a prompt, read and judged before anything is sent; reading blocks.

What a file is, its content tells and not its name: PNG, JPEG, GIF and WebP are images, what decodes as UTF-8 (or as
UTF-16 with its mark) without a zero byte is text, all else is binary and cannot be sent. Only the file's own name is
kept and sent, never its folder. Images go word for word, text as UTF-8.
"""

import errno
import os
import re
import stat
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from tui.chat.mention import Mention, find_mentions
from tui.chat.path_listing import find_path
from tui.chat.pixel_size import image_type, read_pixels
from tui.stream.request import ChatMessage, Image, Role
from tui.text.sanitise import sanitise_line
from tui.text.size import show_above, show_size

TEXT_LIMIT = 1_000_000
"""Bytes of one text file: some 250,000 tokens, more than most models take."""
IMAGE_LIMIT = 5_000_000
"""Bytes of one image; the strictest of the large providers (Anthropic) takes no more."""
TOGETHER_LIMIT = 20_000_000
"""Bytes of all that goes with one prompt."""
MOST = 20
"""Attachments of one prompt."""
TEXT_TYPE = "text/plain"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_TICKS = re.compile("`+")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""What no encoding of text puts anywhere, but for those of two and four bytes."""
_LONGEST_NAME = 100


class AttachmentError(Exception):
    """A file that cannot be attached. `code` names the sentence (`attachment.CODE`), `values` fill it."""

    def __init__(self, code: str, name: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = {"name": sanitise_line(name), **values}


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file, as it is sent."""

    name: str
    """The file's own name, foreign text."""
    media_type: str
    data: bytes
    """An image as it is in the file, a text as UTF-8."""

    @property
    def is_image(self) -> bool:
        """Whether it goes as an image; else it is text."""
        return self.media_type.startswith("image/")

    @property
    def text(self) -> str:
        """The text of one that is no image."""
        return self.data.decode(errors="replace")

    @property
    def lines(self) -> int:
        """How many lines a text has."""
        return self.data.count(b"\n") + (not self.data.endswith(b"\n"))

    @property
    def pixels(self) -> tuple[int, int] | None:
        """Width and height of an image, as far as its head tells."""
        return read_pixels(self.data, self.media_type)


def read_attachment(path: str) -> Attachment:
    """Read the file at a path, which may begin with `~`; raises AttachmentError."""
    name = os.path.basename(path.rstrip("/")) or path
    data, size = _read(path, name)
    if (found := image_type(data)) is not None:
        return _check_image(Attachment(show_name(path), found, data), size)
    if len(data) > TEXT_LIMIT and (b"\0" not in data or data.startswith(_UTF16_MARKS)):
        raise AttachmentError("text_large", name, size=show_above(size, TEXT_LIMIT), limit=show_size(TEXT_LIMIT))
    text = _decode(data, name)
    if not text:
        raise AttachmentError("empty", name)
    return Attachment(show_name(path), TEXT_TYPE, text.encode())


def read_attachments(paths: Iterable[str]) -> tuple[Attachment, ...]:
    """Read several, as they go with one prompt; raises AttachmentError for the first that cannot be sent."""
    found: list[Attachment] = []
    for path in paths:
        found.append(read_attachment(path))
        check_together(found)
    return tuple(found)


def check_together(attachments: Sequence[Attachment]) -> None:
    """Raise AttachmentError where these are too many, or too large, for one prompt."""
    if not attachments:
        return
    name = attachments[-1].name
    if len(attachments) > MOST:
        raise AttachmentError("too_many", name, limit=MOST)
    if (size := sum(len(each.data) for each in attachments)) > TOGETHER_LIMIT:
        limit = show_size(TOGETHER_LIMIT)
        raise AttachmentError("together_large", name, size=show_above(size, TOGETHER_LIMIT), limit=limit)


def find_attached(text: str, named: Set[str], completed: Set[str]) -> list[str]:
    """The paths of the files that a prompt mentions, each once; raises AttachmentError for one that has vanished.

    `named`: the mentions that count, which those in a long paste are not. A path of those that were `completed` means
    a file whatever became of it; any other does only if there is one, and else is a part of the text, as is a folder.
    """
    found = (_resolve(mention, completed) for mention in find_mentions(text) if mention.path in named)
    return list(dict.fromkeys(path for path in found if path is not None))


def find_absent(text: str, named: Set[str]) -> list[str]:
    """The mentions that look like a file and are none, as they were typed: their folder is there, and no such file."""
    absent = []
    for mention in find_mentions(text):
        path = [*mention.readings()][-1]
        if mention.path in named and re.search(r"[./]", path) and not any(map(_is_file, mention.readings())):
            folder = mention.path.rstrip("/").rpartition("/")[0] or ("/" if mention.path[0] == "/" else ".")
            if _is_folder(folder):
                absent.append(mention.path)
    return list(dict.fromkeys(absent))


def keep_attached(attachments: Iterable[Attachment], before: str, after: str) -> tuple[Attachment, ...]:
    """Those that still go with a prompt that was edited: all but the ones that it mentioned and mentions no more."""
    was, still = _mentioned_names(before), _mentioned_names(after)
    return tuple(each for each in attachments if each.name in still or each.name not in was)


def find_kept(text: str, attachments: Iterable[Attachment]) -> set[str]:
    """The mentions that stand for these, which go along whatever became of the files."""
    names = {each.name for each in attachments}
    return {one.path for one in find_mentions(text) if any(show_name(path) in names for path in one.readings())}


def _mentioned_names(text: str) -> set[str]:
    return {show_name(path) for mention in find_mentions(text) for path in mention.readings()}


def show_name(path: str) -> str:
    """The name of the attachment that a file becomes."""
    return sanitise_line(os.path.basename(path.rstrip("/")))[:_LONGEST_NAME]


def _check_image(image: Attachment, size: int) -> Attachment:
    if len(image.data) > IMAGE_LIMIT:
        limit = show_size(IMAGE_LIMIT)
        raise AttachmentError("image_large", image.name, size=show_above(size, IMAGE_LIMIT), limit=limit)
    if image.pixels is None:
        raise AttachmentError("damaged", image.name, type=image.media_type.partition("/")[2].upper())
    return image


def make_message(prompt: str, attachments: Sequence[Attachment]) -> ChatMessage:
    """What a model is sent: the prompt as it was typed, each text in a fence with its name, and the images."""
    texts = [prompt, *(write_block(each) for each in attachments if not each.is_image)]
    images = tuple(Image(each.media_type, each.data) for each in attachments if each.is_image)
    return ChatMessage(Role.USER, "\n\n".join(texts), images)


def write_block(attachment: Attachment) -> str:
    """A text as it is sent: its name, and it in a fence."""
    return f"{attachment.name}:\n{write_fenced(attachment)}"


def write_fenced(attachment: Attachment) -> str:
    """A text in a fence that is longer than any in it."""
    text = attachment.text
    fence = "`" * max(3, 1 + max((len(ticks) for ticks in _TICKS.findall(text)), default=0))
    return f"{fence}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{fence}"


def _resolve(mention: Mention, completed: Set[str]) -> str | None:
    readings = list(mention.readings())
    if (found := next((path for path in readings if _is_file(path)), None)) is not None:
        return found
    if (gone := next((path for path in readings if path in completed), None)) is not None:
        raise AttachmentError("gone", gone)
    return None


def _is_file(path: str) -> bool:
    """Whether something other than a folder has this path, which may be a link to nothing or out of reach."""
    try:
        status = find_path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return os.path.islink(os.path.expanduser(path))
    except OSError as error:
        return error.errno != errno.ENAMETOOLONG
    except (RuntimeError, ValueError):
        return False  # nobody's home, or a zero byte: no file has such a path
    return not stat.S_ISDIR(status.st_mode)


def _is_folder(path: str) -> bool:
    try:
        return find_path(path).is_dir()
    except (OSError, RuntimeError, ValueError):
        return False  # as above


def _read(path: str, name: str) -> tuple[bytes, int]:
    """The bytes of a file, at most one more than any may have, and how many there are."""
    try:
        handle = os.open(find_path(path), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise AttachmentError("folder" if stat.S_ISDIR(status.st_mode) else "special", name)
            # A file of the kernel's may have nothing to read yet: that is None here, since nothing is waited for.
            data = file.read(max(TEXT_LIMIT, IMAGE_LIMIT) + 1) or b""
            return data, max(status.st_size, len(data))
    except (FileNotFoundError, NotADirectoryError, RuntimeError, ValueError):
        raise AttachmentError("gone", name) from None
    except IsADirectoryError:
        raise AttachmentError("folder", name) from None
    except OSError as error:
        raise AttachmentError("unreadable", name, reason=error.strerror or type(error).__name__) from None


def _decode(data: bytes, name: str) -> str:
    encoding = "utf-16" if data.startswith(_UTF16_MARKS) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise AttachmentError("binary" if _CONTROL.search(data) else "encoding", name) from None
    if "\0" in text:
        raise AttachmentError("binary", name)
    return text
