"""Text document: a conversation as plain text, in the order in which it was held. It is safe to print on a terminal."""

from collections.abc import Iterator
from datetime import datetime

from tui.chat.chip import write_chip
from tui.chat.conversation import Conversation, Reply
from tui.chat.exchange.caption import Caption, call_lines, make_caption, show_moment
from tui.chat.exchange.outline import describe_item, make_outline
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
    items = make_outline(conversation)
    for item in items:
        turn, number = item.turn, f"{item.number} · " if len(items) > len(conversation.turns) else ""
        yield f"\n{_RULE}\n{number}{describe_item(item, language)}\n\n"
        yield f"{_trim(turn.prompt)}\n"
        for each in turn.attachments:
            yield f"\n[{language.say('exchange.attachment')}] {write_chip(each, language)}\n"
            yield "" if each.is_image else f"{_trim(each.text)}\n"
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
