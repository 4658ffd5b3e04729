"""BlockPrinter: the replies as text, a block for each: headings and text on stdout, verdicts on stderr.

One block is written at a time, as its text comes; the others are held until it has ended. On a terminal the first to
answer is shown first, then those that have ended meanwhile; in a pipe the order is the one given. No cursor is moved.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from tui.chat.conversation import Reply, make_title
from tui.chat.note import make_note
from tui.compare.comparison import Comparison, Entry, Run
from tui.compare.table import draw_rows, draw_summary
from tui.headless.event_line import advise
from tui.headless.stdout import say
from tui.stream.events import Finished, Interrupted, Notice, RefusalDelta, StreamEvent, TextDelta
from tui.stream.outcome import Outcome
from tui.text.language import Language
from tui.text.sanitise import StreamSanitiser, sanitise_line


@dataclass(slots=True, eq=False)
class _Block:
    """What is to be printed of one reply; each item is text of the reply, or a line about it."""

    entry: Entry
    clean: StreamSanitiser = field(default_factory=StreamSanitiser)
    held: list[tuple[str, bool]] = field(default_factory=list)
    """Texts, each with whether it is a line about the reply."""
    last: str = "\n"
    answered: bool = False
    """Whether there is text to show, or an ending."""
    ended: bool = False

    def add(self, text: str) -> None:
        """Safe text of the reply."""
        if text:
            self.held.append((text, False))
            self.last = text[-1]
            self.answered = True

    def remark(self, line: str) -> None:
        """A line about the reply."""
        self.held.append((line, True))


class BlockPrinter:
    """Prints a comparison. Every method may raise OSError: then nobody reads any more."""

    def __init__(self, comparison: Comparison, language: Language) -> None:
        self._comparison = comparison
        self._language = language
        self._live = sys.stdout.isatty()
        self._waiting: list[_Block] = []
        """In the order given, without the one that is being written."""
        self._answered: list[_Block] = []
        """Those of them with something to show, the first to answer first."""
        self._speaker: _Block | None = None

    def begin(self, run: Run, entries: Sequence[Entry]) -> None:
        """A run begins."""
        if self._live and run.number == 1:
            say(self._language.say("compare.asking", count=len(entries)))
        if self._comparison.size > 1:
            title = make_title(run.prompt)
            runs = self._comparison.size
            heading = self._language.say("compare.heading", run=run.number, runs=runs, prompt=title)
            self._write(f"=== {sanitise_line(heading)} ===\n\n")
        self._waiting = [_Block(entry) for entry in entries]
        self._answered, self._speaker = [], None

    def take(self, entry: Entry, event: StreamEvent) -> None:
        """Print what the event brings, or hold it."""
        block = self._speaker if self._speaker and self._speaker.entry is entry else None
        if block is None:
            block = next(one for one in self._waiting if one.entry is entry)
        self._collect(block, event)
        if block.answered and block is not self._speaker and block not in self._answered:
            self._answered.append(block)
        self._print_ready()

    def end(self, entries: Sequence[Entry]) -> None:
        """The comparison is over: the table."""
        width = os.get_terminal_size(sys.stdout.fileno()).columns or None if self._live else None
        lines = draw_rows(entries, self._language, width, with_run=self._comparison.size > 1)
        if self._comparison.size > 1:
            lines += ["", *draw_summary(entries, self._language, width)]
        self._write("".join(f"{line}\n" for line in lines))

    def _collect(self, block: _Block, event: StreamEvent) -> None:
        match event:
            case TextDelta(text) | RefusalDelta(text):
                block.add(block.clean.feed(text))
            case Notice(code, values, record) if record is not None:  # a retry: no text has come yet
                block.remark(f"{code}: {self._language.notice(code, values)}")
            case Finished() | Interrupted():
                block.add(block.clean.end())
                if block.last != "\n":
                    block.add("\n")
                for line in self._verdict(block.entry.reply):
                    block.remark(line)
                block.answered = block.ended = True
            case _:
                pass  # other notices wait for the end of the text; reasoning and usage are figures in the table

    def _verdict(self, reply: Reply) -> list[str]:
        """What stands under the text of an ended reply."""
        notices = (notice for notice in reply.notices if notice.record is None)
        lines = [f"{one.code}: {self._language.notice(one.code, one.values)}" for one in notices]
        lines += [f"{call.name}({call.arguments})" for call in reply.tool_calls.values()]
        outcome, record = reply.outcome, reply.record
        if outcome is None or record is None or outcome is Outcome.COMPLETE:
            return lines
        note = make_note(outcome, record, self._language)
        advice = advise(outcome, record, self._language, saved=self._comparison.saved)
        return [*lines, f"{note.code}: {note.sentence}", *(f"  {line}" for line in (*advice, *note.record))]

    def _print_ready(self) -> None:
        """Write what may be written now: of the speaker, and once it has ended, of the next."""
        while True:
            if self._speaker is None:
                self._speaker = self._next()
                if self._speaker is None:
                    return
                self._write(f"== {sanitise_line(self._speaker.entry.label)} ==\n")
            self._release(self._speaker)
            if not self._speaker.ended:
                return
            self._write("\n")
            self._speaker = None

    def _next(self) -> _Block | None:
        """On a terminal who has ended, else who answered first; in a pipe the next in order."""
        if self._live:
            block = next((one for one in self._answered if one.ended), next(iter(self._answered), None))
        else:
            block = next(iter(self._waiting), None)
        if block is not None:
            self._waiting.remove(block)
            self._answered = [one for one in self._answered if one is not block]
        return block

    def _release(self, block: _Block) -> None:
        held, block.held = block.held, []
        for text, is_remark in held:
            if is_remark:
                say(text if text.startswith(" ") else f"{block.entry.label}: {text}")
            else:
                self._write(text)

    def _write(self, text: str) -> None:
        sys.stdout.buffer.write(text.encode(errors="replace"))
        sys.stdout.buffer.flush()
