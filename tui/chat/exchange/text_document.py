"""Text document: a conversation as plain text, in the order in which it was held. It is safe to print on a terminal."""

from collections.abc import Iterator
from datetime import datetime

from tui.chat.conversation import Conversation, Reply
from tui.chat.exchange.caption import Caption, call_lines, make_caption, show_moment
from tui.text.language import Language
from tui.text.sanitise import sanitise, sanitise_line

_RULE = "-" * 60


def write_text(conversation: Conversation, language: Language, now: datetime) -> Iterator[str]:
    """The document, piece by piece."""
    yield f"{sanitise_line(conversation.title)}\n"
    exported = language.say("exchange.exported", created=show_moment(conversation.created), now=show_moment(now))
    yield f"{exported}\n"
    if conversation.parameters:
        yield f"{sanitise_line(conversation.parameters.shown())}\n"
    if conversation.parameters.system:
        yield f"\n{sanitise(conversation.parameters.system)}\n"
    for turn in conversation.turns:
        yield f"\n{_RULE}\n{language.say('exchange.prompt')} · {show_moment(turn.created)}\n\n"
        yield f"{_trim(turn.prompt)}\n"
        for reply in turn.replies:
            yield from _reply(reply, make_caption(turn, reply, language), language)


def _reply(reply: Reply, caption: Caption, language: Language) -> Iterator[str]:
    mark = [language.say("exchange.chosen")] if caption.chosen else []
    yield f"\n{_RULE}\n{' · '.join([caption.model, caption.time, caption.outcome, *mark])}\n"
    named = ((reply.reasoning, "reasoning"), (reply.text, ""), (reply.refusal, "refusal"))
    for text, name in named:
        if text:
            head = f"[{language.say(f'exchange.{name}')}]\n" if name else ""
            yield f"\n{head}{_trim(text)}\n"
    for call in call_lines(reply):
        yield f"\n[{language.say('exchange.tool_call')}] {call}\n"
    for remark in caption.remarks:
        yield f"\n* {remark}\n"


def _trim(text: str) -> str:
    return sanitise(text).strip("\n")
