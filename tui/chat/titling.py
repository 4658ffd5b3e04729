"""Titling: a model is asked for the title of a conversation. The request and its answer are stored nowhere."""

import re

from tui.chat.catalogue import Model
from tui.chat.conversation import Conversation, Reply, make_title
from tui.chat.session import ChatSession

_REQUEST = (
    "Below are the beginnings of a prompt and of the reply to it. Give this conversation a title of two to six words, "
    "in the language of the prompt. Answer with the title alone, without quotation marks."
)
_SHOWN = 600
"""Characters of the prompt, and of the reply, that the model is shown."""
_TITLE_SECONDS = 120.0
_SIGNS = r"#>*_`\"'“”«»「」《》\s"
_FRAME = re.compile(rf"^(?:(?:title|标题)\s*[:：]|[{_SIGNS}])+|[{_SIGNS}]+$", re.IGNORECASE)


async def ask_title(session: ChatSession, conversation: Conversation, model: Model) -> tuple[str, Reply]:
    """The title that a model gives, empty if it gives none, and its reply; the conversation has a turn."""
    turn = conversation.turns[0]
    prompt = f"{_REQUEST}\n\nPrompt:\n{turn.prompt[:_SHOWN]}\n\nReply:\n{turn.reply.context[:_SHOWN]}"
    aside = session.aside()
    reply = aside.begin(Conversation(), prompt, [model]).reply
    try:
        aside.start(reply, lambda event: None)
        await aside.drain(_TITLE_SECONDS)
    finally:
        aside.stop(reply)
    return read_title(reply.context), reply


def read_title(answer: str) -> str:
    """The title in an answer: its first line with words in it, without what frames it."""
    lines = (_FRAME.sub("", line) for line in answer.splitlines())
    return make_title(next((line for line in lines if line), ""))
