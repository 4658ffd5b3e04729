"""Chat model: which of the models that a provider lists answer chats, told by their names; a list holds all kinds."""

import re
from collections.abc import Iterable

_NO_CHAT = re.compile(
    r"embed|whisper|tts|dall-e|moderation|image|audio|realtime|transcri|rerank|davinci|babbage|search|bge-|guard"
    r"|instruct-0914|sora|ocr|omni-mod"
)
"""Models that answer no chat, or none that tells of the route."""


def find_chat_model(models: Iterable[str]) -> str | None:
    """The first that probably answers a chat, else the first; None if there is none."""
    listed = list(models)
    return next((model for model in listed if not _NO_CHAT.search(model.lower())), next(iter(listed), None))
