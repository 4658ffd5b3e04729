"""Attachment field: what goes with a prompt, as a JSON document has it: a text as text, an image as base64."""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from tui.chat.attachment import IMAGE_LIMIT, TEXT_LIMIT, TEXT_TYPE, Attachment
from tui.chat.exchange.arrival import ExchangeError
from tui.chat.pixel_size import image_type

_LONGEST_NAME = 255


def write_attachment(attachment: Attachment) -> dict[str, Any]:
    """Name, media type and content."""
    head = {"name": attachment.name, "media_type": attachment.media_type}
    if attachment.is_image:
        return {**head, "base64": b64encode(attachment.data).decode()}
    return {**head, "text": attachment.text}


def read_attachment(value: Mapping[str, Any], where: str) -> Attachment:
    """The same back; raises ExchangeError for what weir would not have attached."""
    name, media_type = value.get("name"), value.get("media_type")
    text, encoded = value.get("text"), value.get("base64")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
        raise ExchangeError(f"{where}.name is no name of a file")
    if media_type == TEXT_TYPE and isinstance(text, str):
        data = text.encode(errors="replace")
        if len(data) > 3 * TEXT_LIMIT:  # UTF-16 grows to no more than that
            raise ExchangeError(f"{where}.text is too long")
        return Attachment(name, TEXT_TYPE, data)
    try:
        data = b64decode(encoded, validate=True) if isinstance(encoded, str) else b""
    except binascii.Error:
        data = b""
    found = image_type(data)
    if found is None or found != media_type or len(data) > IMAGE_LIMIT:
        raise ExchangeError(f"{where} is neither a text nor an image of its type")
    return Attachment(name, found, data)
