"""Markdown document: a conversation to be read and filed, with YAML front matter. It is safe to print on a terminal.

What people and models wrote stands as it is, but for characters that act on a terminal, which are made visible. A code
fence that a cut reply leaves open is closed, so that it does not swallow what comes after it.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from tui import __version__
from tui.chat.attachment import write_fenced
from tui.chat.chip import write_chip
from tui.chat.conversation import Conversation, Reply
from tui.chat.exchange.caption import Caption, call_lines, make_caption, show_moment
from tui.chat.exchange.outline import Item, describe_item, make_outline
from tui.text.language import Language
from tui.text.sanitise import sanitise, sanitise_line

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")


def write_markdown(conversation: Conversation, language: Language, now: datetime) -> Iterator[str]:
    """The document, piece by piece."""
    items = make_outline(conversation)
    captions = {reply.id: make_caption(item.turn, reply, language) for item in items for reply in item.turn.replies}
    yield "\n".join(_front_matter(conversation, items, captions, now)) + "\n"
    yield f"\n# {sanitise_line(conversation.title)}\n"
    for item in items:
        turn = item.turn
        yield f"\n## {item.number} · {describe_item(item, language)}\n\n"
        yield close_fence(sanitise(turn.prompt)) + "\n"
        for each in turn.attachments:
            yield f"\n**{language.say('exchange.attachment')}** {write_chip(each, language)}\n"
            yield "" if each.is_image else f"\n{sanitise(write_fenced(each))}\n"
        for reply in turn.replies:
            yield from _reply(reply, captions[reply.id], language)


def close_fence(text: str) -> str:
    """The text without blank lines around it, and with its last code fence closed (CommonMark 0.31, section 4.5)."""
    text = text.strip("\n")
    opened = ""
    for line in text.split("\n"):
        match = _FENCE.fullmatch(line)
        if match is None:
            continue
        fence, info = match.groups()
        if not opened:
            opened = fence if fence[0] == "~" or "`" not in info else ""
        elif fence[0] == opened[0] and len(fence) >= len(opened) and not info.strip():
            opened = ""
    return f"{text}\n{opened}" if opened else text


def _front_matter(
    conversation: Conversation, items: Sequence[Item], captions: dict[str, Caption], now: datetime
) -> Iterator[str]:
    """YAML 1.2, of which JSON's texts and objects are a part."""
    yield "---"
    yield f"title: {_quote(conversation.title)}"
    yield f"id: {_quote(conversation.id)}"
    yield f"created: {show_moment(conversation.created)}"
    yield f"exported: {show_moment(now)}"
    yield f"weir: {_quote(__version__)}"
    if conversation.parameters:
        yield f"parameters: {json.dumps(conversation.parameters.as_table())}"
    yield "replies:" if items else "replies: []"
    for item in items:
        for reply in item.turn.replies:
            caption = captions[reply.id]
            yield f"  - turn: {item.number}"
            if item.after is not None:
                yield f"    after: {item.after}"
            yield f"    model: {_quote(caption.model)}"
            yield f"    time: {_quote(caption.time)}"
            yield f"    outcome: {caption.outcome}"
            yield f"    chosen: {'false' if caption.chosen is False else 'true'}"
    yield "---"


def _reply(reply: Reply, caption: Caption, language: Language) -> Iterator[str]:
    mark = [language.say("exchange.chosen")] if caption.chosen else []
    yield f"\n### {' · '.join([caption.model, caption.time, caption.outcome, *mark])}\n"
    if reply.reasoning:
        yield f"\n<details>\n<summary>{language.say('exchange.reasoning')}</summary>\n\n"
        yield f"{close_fence(sanitise(reply.reasoning))}\n\n</details>\n"
    if reply.text:
        yield f"\n{close_fence(sanitise(reply.text))}\n"
    if reply.refusal:
        yield f"\n**{language.say('exchange.refusal')}**\n\n{close_fence(sanitise(reply.refusal))}\n"
    for call in call_lines(reply):
        indented = call.replace("\n", "\n    ")
        yield f"\n**{language.say('exchange.tool_call')}**\n\n    {indented}\n"
    for remark in caption.remarks:
        yield f"\n> {remark}\n"


def _quote(text: str) -> str:
    """As JSON, with the two characters escaped that YAML, unlike JSON, lets stand nowhere (YAML 1.2, section 5.1)."""
    quoted = json.dumps(sanitise_line(text), ensure_ascii=False)
    return quoted.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
