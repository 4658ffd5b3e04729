"""What our inline parser knows beyond CommonMark: emphasis beside Chinese, maths left as written, and bare addresses.

Emphasis: CommonMark's flanking rules (spec, 6.2) expect blanks between words, so `**注意：**后面` stays unread. The
amendment is that of markdown-cjk-friendly: a wide character next to a delimiter counts as a blank would where the
delimiter's other side is punctuation, and wide punctuation is none. Text without wide characters is read as before.

Maths: `$…$` by pandoc's rule (`tex_math_dollars`): no blank behind the opening, none before the closing and no digit
behind that; also `$$…$$`, `\\(…\\)`, `\\[…\\]`. No longer than `REACH`, so that a lone `$` (a price) costs little.

Everything here is a rule of markdown-it's inline ruler: `rule(state, silent)` says whether it took what is at `pos`.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

from tui.markdown.wrap import WIDE

REACH = 2000
"""The longest formula, in characters."""

_IS_WIDE = re.compile(f"[{WIDE}]")
_FIRST_WIDE = "\u1100"
_MATHS = {
    "$$": re.compile(r"\$\$(?:[^$\\]|\\.|\$(?!\$))++\$\$", re.DOTALL),
    "$": re.compile(r"\$(?![\s$])(?:[^$\\\s]|\\.|\s++(?!\$))++\$(?!\d)", re.DOTALL),
    "\\(": re.compile(r"\\\((?:[^\\]|\\(?!\)).)++\\\)", re.DOTALL),
    "\\[": re.compile(r"\\\[(?:[^\\]|\\(?!\]).)++\\\]", re.DOTALL),
}
_CLOSING = {"$$": "$$", "$": "$", "\\(": "\\)", "\\[": "\\]"}
_OPENING = re.compile(r"\$\$?|\\[(\[]")
# Where no formula was found, one may still come if there is no second dollar to decide it.
_NO_FORMULA = re.compile(r"\$(?:\s|(?:[^$\\]|\\.)++\$)", re.DOTALL)
_SCHEME_BEFORE = re.compile(r"(?<![A-Za-z0-9+.-])https?\Z", re.IGNORECASE)
_ADDRESS = re.compile(r"://[A-Za-z0-9](?:[A-Za-z0-9\-._~:/?#@!$&'()+,;=%])*")
_LAST_OF_SENTENCE = "?!.,:;_~'"


class InlineState(StateInline):
    """The state of one parse, with the amended flanking rule and a memory of what may still come to an end."""

    def __init__(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> None:
        super().__init__(src, md, env, tokens)
        self.doubts: list[int] = []
        """Where formulas may begin whose end has not come."""
        self.reread = False
        """Whether a link was taken for a short reference although a parenthesis stands behind it."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        """Whether the delimiters at `start` can open and close emphasis."""
        scanned = super().scanDelims(start, canSplitWord)
        before = self.src[start - 1] if start else " "
        after_at = start + scanned.length
        after = self.src[after_at] if after_at < self.posMax else " "
        if before < _FIRST_WIDE and after < _FIRST_WIDE:
            return scanned
        return _scan_wide(before, after, canSplitWord, scanned.length)


class FriendlyInline(ParserInline):
    """markdown-it's inline parser with the rules of this module; HTML is text."""

    def __init__(self) -> None:
        super().__init__()
        self.ruler.at("linkify", read_address)
        self.ruler.before("escape", "maths", read_maths)
        self.ruler.at("link", read_link)
        self.ruler.at("image", read_image)
        self.ruler.disable("html_inline")

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """The tokens of a text."""
        return self.read(src, md, env, tokens).tokens

    def read(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> InlineState:
        """The state after the text has been read."""
        state = InlineState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state


def is_wide(character: str) -> bool:
    """Whether a character is of a script that does without blanks."""
    return character >= _FIRST_WIDE and _IS_WIDE.match(character) is not None


def read_maths(state: StateInline, silent: bool) -> bool:
    """A formula: one token, its delimiters included, nothing in it read."""
    src, pos = state.src, state.pos
    opening = _OPENING.match(src, pos)
    if opening is None:
        return False
    found = _find_formula(src, opening, state.posMax)
    if found is None:
        if isinstance(state, InlineState) and may_be_maths(src, pos):
            state.doubts.append(pos)
        return False
    if not silent:
        state.push("math", "", 0).content = found.group()
    state.pos = found.end()
    return True


def may_be_maths(src: str, pos: int) -> bool:
    """Whether a formula begins at `pos`, or may once more text has come."""
    opening = _OPENING.match(src, pos)
    if opening is None:
        return False
    if _find_formula(src, opening, len(src)):
        return True
    return len(src) - pos < REACH and not (opening.group() == "$" and _NO_FORMULA.match(src, pos))


def _find_formula(src: str, opening: re.Match[str], end: int) -> re.Match[str] | None:
    """The formula that begins with this; most often there is no closing sign, which is quickly seen."""
    end = min(end, opening.start() + REACH)
    if src.find(_CLOSING[opening.group()], opening.end(), end) < 0:
        return None
    return _MATHS[opening.group()].match(src, opening.start(), end)


def read_address(state: StateInline, silent: bool) -> bool:
    """A bare http address (GFM, "autolinks (extension)"), ASCII alone: Chinese goes on behind one without a blank."""
    if state.src[state.pos] != ":" or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME_BEFORE.search(state.src, max(0, state.pos - 6), state.pos)
    found = _ADDRESS.match(state.src, state.pos, state.posMax)
    if scheme is None or found is None:
        return False
    url = _trim(scheme.group() + found.group())
    if not silent and state.linkLevel == 0:
        if not state.pending.endswith(scheme.group()):
            return False
        state.pending = state.pending[: -len(scheme.group())]
        token = state.push("link_open", "a", 1)
        token.attrs = {"href": state.md.normalizeLink(url)}
        token.info = "auto"
        state.push("text", "", 0).content = url
        state.push("link_close", "a", -1)
    elif not silent:
        state.pending += url[len(scheme.group()) :]
    state.pos += len(url) - len(scheme.group())
    return True


def read_link(state: StateInline, silent: bool) -> bool:
    """A link as markdown-it reads it."""
    return _may_close(state) and link(state, silent) and _remember_reread(state)


def read_image(state: StateInline, silent: bool) -> bool:
    """An image as markdown-it reads it."""
    return _may_close(state) and image(state, silent) and _remember_reread(state)


def _may_close(state: StateInline) -> bool:
    """Whether signs come that close a label and an address; without them markdown-it reads all that follows."""
    src, pos, end = state.src, state.pos, state.posMax
    if state.env.get("references"):
        return src.find("]", pos, end) >= 0
    address = src.find("](", pos, end)
    return address >= 0 and src.find(")", address, end) >= 0


def _remember_reread(state: StateInline) -> bool:
    if isinstance(state, InlineState) and state.src.startswith("(", state.pos):
        state.reread = True
    return True


def _trim(url: str) -> str:
    """Without the punctuation of the sentence around it: a closing parenthesis stays if it was opened within."""
    surplus = url.count(")") - url.count("(")
    end = len(url)
    while url[end - 1] in _LAST_OF_SENTENCE or (url[end - 1] == ")" and surplus > 0):
        surplus -= url[end - 1] == ")"
        end -= 1
    return url[:end]


def _scan_wide(before: str, after: str, can_split_word: bool, length: int) -> Scanned:
    """The flanking rules with the amendment."""
    wide_before, wide_after = is_wide(before), is_wide(after)
    blank_before, blank_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
    mark_before, mark_after = _is_mark(before), _is_mark(after)
    narrow_mark_before, narrow_mark_after = mark_before and not wide_before, mark_after and not wide_after
    left = not blank_after and (not narrow_mark_after or blank_before or narrow_mark_before or wide_before)
    right = not blank_before and (not narrow_mark_before or blank_after or narrow_mark_after or wide_after)
    can_open = left and (can_split_word or not right or mark_before)
    can_close = right and (can_split_word or not left or mark_after)
    return Scanned(can_open, can_close, length)


def _is_mark(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)
