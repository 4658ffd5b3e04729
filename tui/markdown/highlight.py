"""Code -> coloured spans, line by line while it comes, by Pygments.

A RegexLexer is a stack of states; here the stack is carried from line to line, so a line costs the same wherever it
stands. What such a lexer reads with one pattern over several lines (a comment in C) is seen right only by `colour`,
which reads the whole. A lexer of another make, an unknown language or a line too long to be read by anyone stays plain.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Protocol

from tui.markdown.line import Span, Style

CODE = Style("code")
_LONGEST_LINE = 2000
_LONGEST_NAME = 40
_DEEPEST = 200
"""States on a lexer's stack; only nonsense nests deeper."""
_STANDSTILL = 100
"""Steps without a character taken, after which a lexer is held to go in a circle."""
_LANGUAGE = re.compile(r"[\w+#.\-]+")
_LEXER_FAULTS = (LookupError, TypeError, ValueError, AttributeError, AssertionError, RecursionError)
_ROLES = {
    "Comment": "comment",
    "Comment.Preproc": "decorator",
    "Comment.PreprocFile": "string",
    "Generic.Deleted": "removed",
    "Generic.Error": "error",
    "Generic.Heading": "heading",
    "Generic.Inserted": "added",
    "Generic.Subheading": "heading",
    "Keyword": "keyword",
    "Keyword.Constant": "builtin",
    "Literal.Number": "number",
    "Literal.String": "string",
    "Literal.String.Doc": "comment",
    "Name.Attribute": "function",
    "Name.Builtin": "builtin",
    "Name.Class": "class",
    "Name.Decorator": "decorator",
    "Name.Exception": "class",
    "Name.Function": "function",
    "Name.Tag": "keyword",
    "Operator": "operator",
    "Operator.Word": "keyword",
}
"""By the names of Pygments' tokens; one that is not here looks like the nearest above it."""

Kind = tuple[str, ...]
"""What Pygments calls a token type: the parts of its name, such as `("Keyword", "Constant")`."""
Rule = tuple[Callable[[str, int], "re.Match[str] | None"], object, object]


class Lexer(Protocol):
    """What we use of a lexer of Pygments."""

    name: str

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Kind, str]]:
        """Where each token begins, its kind and its text."""


def find_lexer(info: str) -> Lexer | None:
    """The lexer for a fence's info string, by its first word; None if there is none or it would colour nothing."""
    name = _LANGUAGE.match(info)
    if name is None or name.end() > _LONGEST_NAME:
        return None
    pygments = import_module("pygments.lexers")  # loads with the first fence that names a language
    try:
        lexer: Lexer = pygments.get_lexer_by_name(name.group().lower())
    except ValueError:  # its ClassNotFound: the language is unknown, and the code stays plain
        return None
    return None if lexer.name == "Text only" else lexer


def colour(lexer: Lexer, lines: Sequence[str]) -> list[list[Span]]:
    """The spans of each line, read as a whole."""
    text = "\n".join(lines) + "\n"
    try:
        pieces = [(kind, piece) for _, kind, piece in lexer.get_tokens_unprocessed(text)]
    except _LEXER_FAULTS:
        pieces = []  # a lexer that fails on a text colours nothing; the text is shown all the same
    if "".join(piece for _, piece in pieces) != text:
        return [_plain(line) for line in lines]
    rows: list[list[Span]] = [[]]
    for kind, piece in pieces:
        head, *more = piece.split("\n")
        _put(rows[-1], head, kind)
        for part in more:
            rows.append([])
            _put(rows[-1], part, kind)
    return rows[: len(lines)]


class LineLexer:
    """Colours one line after the other. Pygments' states are private: if they are not as expected, lines stay plain."""

    def __init__(self, lexer: Lexer | None) -> None:
        self._lexer = lexer
        self._states = _read_states(lexer) if lexer else None
        self.stack: tuple[str, ...] = ("root",)
        """The states that the next line begins in; may be set back to what it was before a line."""

    def feed(self, line: str) -> list[Span]:
        """The spans of the next line, which comes without its newline."""
        if self._states is None or len(line) > _LONGEST_LINE:
            return _plain(line)
        stack = list(self.stack)
        spans: list[Span] = []
        try:
            for kind, piece in self._lex(self._states, stack, line + "\n"):
                _put(spans, piece.rstrip("\n"), kind)
        except _LEXER_FAULTS:
            self._states = None  # the rest of this block stays plain: a lexer that failed once is in no known state
            return _plain(line)
        self.stack = tuple(stack)
        return spans if "".join(span.text for span in spans) == line else _plain(line)

    def _lex(self, states: dict[str, list[Rule]], stack: list[str], text: str) -> Iterator[tuple[Kind, str]]:
        """`RegexLexer.get_tokens_unprocessed`, but it ends with the line, not when no rule matches behind it."""
        at = idle = 0
        while at < len(text):
            for match_at, action, new_state in states[stack[-1]]:
                found = match_at(text, at)
                if found is None:
                    continue
                if isinstance(action, tuple):
                    yield action, found.group()
                elif callable(action):
                    yield from ((kind, piece) for _, kind, piece in action(self._lexer, found))
                idle = 0 if found.end() > at else idle + 1
                at = found.end()
                _move(stack, new_state)
                break
            else:
                yield (), text[at]
                if text[at] == "\n":
                    stack[:] = ["root"]
                at += 1
            if idle > _STANDSTILL or len(stack) > _DEEPEST:
                raise ValueError("this lexer goes in a circle, or ever deeper")


def _read_states(lexer: Lexer) -> dict[str, list[Rule]] | None:
    """The rules of each state, if the lexer is of the make that is nothing but these."""
    makes = import_module("pygments.lexer")
    if not isinstance(lexer, makes.RegexLexer) or isinstance(lexer, makes.ExtendedRegexLexer):
        return None
    states = getattr(lexer, "_tokens", None)
    return states if isinstance(states, dict) else None


def _move(stack: list[str], new_state: object) -> None:
    """A change of state, as Pygments writes them: names to push, `#pop`, `#push`, or a negative number to pop."""
    if isinstance(new_state, int):
        del stack[max(len(stack) + new_state, 1) :]
    elif new_state == "#push":
        stack.append(stack[-1])
    elif isinstance(new_state, tuple):
        for name in new_state:
            if name == "#pop":
                del stack[max(len(stack) - 1, 1) :]
            else:
                stack.append(stack[-1] if name == "#push" else name)


def _put(spans: list[Span], text: str, kind: Kind) -> None:
    if not text:
        return
    style = _style(kind)
    if spans and spans[-1].style is style:
        text = spans.pop().text + text
    spans.append(Span(text, style))


def _plain(line: str) -> list[Span]:
    return [Span(line, CODE)] if line else []


@cache
def _style(kind: Kind) -> Style:
    """The style of a kind of token: its own, or that of the nearest kind above it."""
    for end in range(len(kind), 0, -1):
        if role := _ROLES.get(".".join(kind[:end])):
            return _role_style(role)
    return CODE


@cache
def _role_style(role: str) -> Style:
    return Style(f"code.{role}")
