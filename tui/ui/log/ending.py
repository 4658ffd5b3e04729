"""Ending: what stands above and below the text of a reply: failed attempts, tool calls, the note, the notices.

The note's code is a word and its bar a block, so that an interruption is seen without colour too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from rich.cells import cell_len

from tui.chat.conversation import Reply
from tui.chat.note import make_note
from tui.chat.record_sheet import make_sheet
from tui.chat.remedy import Remedy, find_remedies
from tui.chat.waiting import find_beginning, find_wait, tell_wait
from tui.markdown.layout import Layout
from tui.markdown.line import Line, Span, Style
from tui.stream.outcome import Outcome
from tui.text.language import Language
from tui.text.sanitise import sanitise, sanitise_line
from tui.ui.log.ornament import ornaments
from tui.ui.log.plain import BLANK, plain_lines, wrapped_lines
from tui.ui.log.record_page import lay_out
from tui.ui.plain_sign import plain_signs
from tui.ui.shown_key import show_key

_KEYS = {
    Remedy.TRIM: ("log.trim", "o"),
    Remedy.RETRY: ("log.retry", "r"),
    Remedy.CONTINUE: ("log.continue", "c"),
    Remedy.UNSTREAMED: ("log.retry_unstreamed", "s"),
    Remedy.OTHER: ("log.other_model", "m"),
    Remedy.CONNECT: ("chat.connect", "F4"),
    Remedy.RECORD: ("log.record", "x"),
    Remedy.COPY: ("log.copy_record", "X"),
}
"""The binding that does it, and its key unless a person has another."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A reply among those of its turn, and whether its model may be named."""

    place: int = 1
    """Counted from 1."""
    count: int = 1
    chosen: bool = True
    """Whether it is the context for what follows."""
    alias: str | None = None
    """What stands for the model while nobody may know which it is; then nothing that could tell is shown either."""
    excess: int = 0
    """How many of the oldest turns would be left out if it was asked for again without them; 0: none can be."""


ALONE = Standing()
_KEY = Style("advice", bold=True)


def head_lines(
    reply: Reply,
    language: Language,
    layout: Layout,
    standing: Standing = ALONE,
    keys: Mapping[str, str] = MappingProxyType({}),
) -> list[Line]:
    """Who answers (a fallback may have changed it), which of the turn's replies it is, and the attempts that failed."""
    signs = ornaments(ascii=layout.ascii)
    words = signs.reply + (standing.alias or sanitise_line(f"{reply.provider}/{reply.model}"))
    if reply.edited is not None:
        words += f"{signs.parted}{language.say('turns.edited')}"
    if standing.count > 1:
        words += f"  {signs.one_of(standing.place, standing.count)}"
        words += f"  {use}" if (use := _tell_use(reply, language, standing, keys)) else ""
    who = plain_lines(words, Style("model", bold=True), layout.width)
    return who if standing.alias else [*who, *_notices(reply, language, layout.width, failed=True)]


def _tell_use(reply: Reply, language: Language, standing: Standing, keys: Mapping[str, str]) -> str:
    """Whether one of several replies is what is sent, once that is settled, and what would make it so."""
    if standing.chosen:
        return language.say("compare_view.chosen")
    if reply.outcome is None:
        return ""
    name = "compare_view.unused" if reply.context else "compare_view.unused_empty"
    return language.say(name, key=show_key(keys.get("log.adopt", "enter")))


def tail_lines(
    reply: Reply,
    language: Language,
    layout: Layout,
    *,
    record: bool,
    standing: Standing = ALONE,
    keys: Mapping[str, str] = MappingProxyType({}),
    away: bool = False,
) -> list[Line]:
    """How it ended, then the blank row before the next entry; `record`: the masked record is shown whole.

    `keys` are the person's own, by the id of their binding; `away`: what is typed now does not come as far as the log.
    """
    width, signs = layout.width, ornaments(ascii=layout.ascii)
    if reply.outcome is None:
        return [*_waiting(reply, language, layout, keys), BLANK]
    lines: list[Line] = []
    for call in reply.tool_calls.values():
        words = f"{signs.tool}{sanitise_line(call.name)}({sanitise(call.arguments)})"
        lines += plain_lines(words, Style("tool"), width)
    if standing.alias:
        blind = [] if not reply.outcome.has_note else plain_lines(reply.outcome, Style("notice"), width)
        return [*lines, *blind, BLANK]
    if reply.outcome.has_note:
        lines += [BLANK] if reply.has_text or lines else []
        way = _lead_there(language, keys) if away else []
        acts = _act_lines(reply, language, layout, standing.excess, keys, way)
        lines += _note(reply, reply.outcome, language, layout, acts)
    lines += _notices(reply, language, width, failed=False)
    if reply.origin is not None and reply.record is not None:
        joined = language.say("remedy.continued", key=show_key(keys.get("log.record", "x")))
        lines += plain_lines(sanitise_line(joined), Style("notice"), width)
    if record and reply.record is not None:
        lines += [BLANK, *lay_out(make_sheet(reply.record), language, width)]
    return [*lines, BLANK]


def _waiting(reply: Reply, language: Language, layout: Layout, keys: Mapping[str, str]) -> list[Line]:
    """What there is to tell of a reply that is being written."""
    if reply.trace is None:
        return plain_lines(language.say("log.elsewhere"), Style("notice"), layout.width)
    if beginning := find_beginning(reply.trace):
        return plain_lines(language.say(f"waiting.{beginning}"), Style("notice"), layout.width)
    if (wait := find_wait(reply.trace)) is None:
        return []
    stop = language.say("waiting.stop", key=keys.get("chat.stop", "Esc"))
    dot = ornaments(ascii=layout.ascii).parted
    # The notice of the failed attempt, right above, tells which attempt it is and why.
    said = language.say("waiting.retrying_left", seconds=wait.seconds)
    words = said if wait.kind == "retrying" else tell_wait(wait, language)
    told = plain_lines(f"{words}{dot}{stop}", Style("note-code-warning"), layout.width)
    return [BLANK, *told] if reply.has_text else told


def _act_lines(
    reply: Reply, language: Language, layout: Layout, excess: int, keys: Mapping[str, str], way: list[Span]
) -> list[Line]:
    """What may help, each act behind its key and never parted from it; the keys alone stand out; `way` comes first."""
    parted, width = Span(ornaments(ascii=layout.ascii).parted), layout.width - 2
    rows: list[list[Span]] = []
    for remedy in find_remedies(reply):
        name, usual = _KEYS[remedy]
        if remedy is Remedy.TRIM and not excess:
            continue
        words = language.say(f"remedy.{remedy}", count=excess)
        act = [*([] if rows else way), Span(keys.get(name, usual), _KEY), Span(f" {words}")]
        if rows and sum(cell_len(span.text) for span in (*rows[-1], parted, *act)) <= width:
            rows[-1] += [parted, *act]
        else:
            rows.append(act)
    return [line for row in rows for line in wrapped_lines(row, width)]


def _lead_there(language: Language, keys: Mapping[str, str]) -> list[Span]:
    """The key that leads from the prompt to where the keys of a note work."""
    key = show_key(keys.get("prompt.leave", "tab").partition(",")[0])
    return [Span(key, _KEY), Span(language.say("remedy.then"))]


def _note(reply: Reply, outcome: Outcome, language: Language, layout: Layout, acts: list[Line]) -> list[Line]:
    """Why it was interrupted: the code and its sentence, one next step, the keys that help, the masked record."""
    note = make_note(outcome, reply.record, language)
    kind = "warning" if outcome.rule.finished or outcome is Outcome.CANCELLED else "failed"
    signs, width = ornaments(ascii=layout.ascii), layout.width - 2
    rows = wrapped_lines((Span(note.code, Style(f"note-code-{kind}", bold=True)), Span(f"  {note.sentence}")), width)
    if note.advice:
        rows += wrapped_lines((Span(signs.advice, Style("advice")), Span(note.advice[0])), width)
    rows += acts
    for line in note.record:
        rows += wrapped_lines((Span(line, Style("record")),), width)
    bar = Span(signs.note, Style(f"note-{kind}"))
    if layout.ascii:
        rows = [_plain(row) for row in rows]
    return [Line((bar, *row.spans), 2, row.join) for row in rows]


def _plain(line: Line) -> Line:
    return replace(line, spans=tuple(Span(plain_signs(span.text), span.style) for span in line.spans))


def _notices(reply: Reply, language: Language, width: int, *, failed: bool) -> list[Line]:
    """The notices of failed attempts, which carry a record, or the others."""
    style = Style("advice" if failed else "notice")
    lines: list[Line] = []
    for notice in reply.notices:
        if (notice.record is not None) is failed:
            words = language.notice(notice.code, notice.values)
            lines += plain_lines(sanitise_line(f"{notice.code}: {words}"), style, width)
    return lines
