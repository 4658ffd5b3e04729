"""Sketch: the request for a prompt in a conversation, as it would be sent; nothing is sent."""

from collections.abc import Sequence

from tui.chat.attachment import Attachment
from tui.chat.catalogue import Model
from tui.chat.conversation import Conversation, Turn
from tui.stream.client import Client
from tui.stream.raw_stream import SentRequest
from tui.stream.request import ChatRequest


def sketch_request(
    client: Client,
    conversation: Conversation,
    prompt: str,
    model: Model,
    *,
    before: Turn | None = None,
    stream: bool = True,
    attachments: Sequence[Attachment] = (),
) -> SentRequest:
    """What a model would be sent; `before` is the turn of the prompt, where that is not a new one."""
    asked = model.with_parameters(conversation.parameters)
    request = ChatRequest(asked.id, conversation.messages(prompt, before, attachments), stream=stream)
    return client.sketch(request, asked.provider)
