"""Chip: an attachment in a few words, as every place shows it; its name is foreign text and made safe here."""

from collections.abc import Sequence

from tui.chat.attachment import IMAGE_LIMIT, TEXT_LIMIT, Attachment, AttachmentError, write_block
from tui.stream.request import Image
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.text.size import show_size


def write_chip(attachment: Attachment, language: Language) -> str:
    """Name, size, and lines or pixels."""
    name, size = sanitise_line(attachment.name), show_size(len(attachment.data))
    if not attachment.is_image:
        if attachment.lines == 1:
            return language.say("attachment.text_line", name=name, size=size)
        return language.say("attachment.text", name=name, size=size, lines=f"{attachment.lines:,}")
    if attachment.pixels is None:
        return language.say("attachment.image_unmeasured", name=name, size=size)
    width, height = attachment.pixels
    return language.say("attachment.image", name=name, size=size, width=width, height=height)


def write_sent(attachment: Attachment, language: Language) -> str:
    """What a model got: a text as it was sent, of an image in which form."""
    if not attachment.is_image:
        return write_block(attachment)
    size = show_size(len(Image(attachment.media_type, attachment.data).url))
    return language.say("attachment.shown", type=attachment.media_type, size=size)


def write_hint(language: Language) -> str:
    """What becomes of chips, and how large they may be."""
    return language.say("attachment.hint", text=show_size(TEXT_LIMIT), image=show_size(IMAGE_LIMIT))


def write_absent(paths: Sequence[str], language: Language) -> str:
    """That these mentions are no files, so that only their words go."""
    return language.say("attachment.absent", names=", ".join(sanitise_line(path) for path in paths))


def write_left(paths: Sequence[str], language: Language) -> str:
    """That these mentions came with a text that nobody typed, so that only their words go."""
    return language.say("attachment.left", names=", ".join(sanitise_line(path) for path in paths))


def write_trouble(error: AttachmentError, language: Language) -> str:
    """Why a file cannot be attached."""
    return language.say(f"attachment.{error.code}", **error.values)
