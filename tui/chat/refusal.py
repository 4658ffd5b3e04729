"""Refusal: a model is known to take no images, and what would be sent holds one; told before anything is sent."""

from collections.abc import Iterable, Sequence

from tui.chat.attachment import Attachment
from tui.chat.catalogue import Model, ModelCatalogue
from tui.chat.conversation import Conversation, Turn
from tui.text.language import Language
from tui.text.sanitise import sanitise_line


def find_refusal(
    catalogue: ModelCatalogue,
    models: Iterable[Model],
    conversation: Conversation,
    attachments: Sequence[Attachment],
    language: Language,
    before: Turn | None = None,
) -> str | None:
    """The sentence about the first model that takes no images; None where nothing is known against any.

    Looked at are the attachments of the prompt and those of the turns that are sent with it, or with that of `before`.
    """
    sent = [each for turn in conversation.sent(before) for each in turn.attachments]
    image = next((each for each in (*attachments, *reversed(sent)) if each.is_image), None)
    refusing = next((model for model in models if not catalogue.takes_images(model)), None)
    if image is None or refusing is None:
        return None
    name, model_name = sanitise_line(image.name), sanitise_line(refusing.name)
    return language.say("attachment.no_images", model=model_name, name=name)
