"""Inline source -> spans: CommonMark with strikethrough, maths as written, bare addresses, HTML as text.

What is decoded (an entity, a percent escape in an autolink) passes the sanitiser again, so nothing that is shown was
ever able to act. Only http, https and mailto become links; every address that is not the text itself stands behind it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tui.markdown.address import shorten
from tui.markdown.inline_rule import FriendlyInline, InlineState, is_wide, may_be_maths
from tui.markdown.line import PLAIN, Span, Style
from tui.markdown.piece import PIECE, split
from tui.markdown.wrap import extend_spans
from tui.text.sanitise import sanitise, sanitise_line

_SPECIAL = re.compile(r"[\\`*_~\[\]<&$\n\t]|://")
_SAFE_ADDRESS = re.compile(r"(?:https?://|mailto:)[!-~]+", re.IGNORECASE)
_OPEN_TEXT = re.compile(r"`|\]\(|<[^<>\s]*\Z")
_SOFT_BREAK = "\r\n"  # in no text: what is sanitised has no carriage return
_IMAGE_MARK, _IMAGE_MARK_ASCII = "▣ ", "[image] "


class References(Protocol):
    """The definitions that a text may refer to, by normalised label, as markdown-it wants them: href and title."""

    def get(self, key: str, default: None = None, /) -> Mapping[str, str] | None:
        """The definition of a label."""


class InlineParser:
    """Reads inline source. Made once and used for many texts: it keeps nothing of them."""

    def __init__(self, ascii: bool = False) -> None:
        self._markdown = MarkdownIt("commonmark", {"html": False})
        self._inline = FriendlyInline()
        self._markdown.inline = self._inline
        self._ascii = ascii

    def parse(self, text: str, base: Style = PLAIN, references: References | None = None) -> list[Span]:
        """The spans of a text; a newline in one is a hard break. Neighbours differ in style, none is empty."""
        if not _SPECIAL.search(text):
            return [Span(sanitise_line(text), base)] if text else []
        if len(text) <= PIECE:
            return self._make_spans(self._read(text, references), base)
        spans: list[Span] = []
        for piece in split(text):
            extend_spans(spans, self.parse(piece, base, references))
        return spans

    def parse_settled(
        self, text: str, end: int, base: Style = PLAIN, references: References | None = None
    ) -> list[Span] | None:
        """The spans of the text up to `end`, if these cannot change any more whatever comes behind; else None.

        What stands before `end` must be a blank, or a wide full stop with a wide letter behind it.
        """
        state = self._read(text[:end], references)
        if any(may_be_maths(text, pos) for pos in state.doubts) or _is_open(state):
            return None
        return self._make_spans(state, base)

    def _read(self, text: str, references: References | None) -> InlineState:
        env = {} if references is None else {"references": references}
        return self._inline.read(text.replace("\t", " "), self._markdown, env, [])

    def _make_spans(self, state: InlineState, base: Style) -> list[Span]:
        writer = _Writer(base, self._markdown, _IMAGE_MARK_ASCII if self._ascii else _IMAGE_MARK, self._ascii)
        writer.write_all(state.tokens)
        return writer.finish()


class _Writer:
    """Tokens in, spans out."""

    def __init__(self, base: Style, markdown: MarkdownIt, image_mark: str, ascii: bool) -> None:
        self._markdown = markdown
        self._image_mark = image_mark
        self._ascii = ascii
        self._base = self._style = base
        self._pieces: list[tuple[str, Style]] = []  # _SOFT_BREAK: not yet known to be a blank or nothing
        self._links: list[tuple[str, bool, int, Style]] = []  # address, whether an autolink, first piece, style before
        self._depth = {"strong": 0, "em": 0, "s": 0}

    def write_all(self, tokens: Sequence[Token]) -> None:
        """Take the tokens in order."""
        for token in tokens:
            self._write(token)

    def finish(self) -> list[Span]:
        """The spans of all that was taken."""
        spans: list[Span] = []
        for index, (piece, style) in enumerate(self._pieces):
            if text := self._soft_break(index) if piece == _SOFT_BREAK else piece:
                extend_spans(spans, [Span(text, style)])
        return spans

    def _write(self, token: Token) -> None:
        match token.type:
            case "text" | "text_special":
                self._put(sanitise_line(token.content))
            case "softbreak":
                self._put(_SOFT_BREAK)
            case "hardbreak":
                self._put("\n")
            case "code_inline":
                self._put(sanitise_line(token.content), replace(self._style, role="code.inline"))
            case "math":
                content = token.content if token.content.startswith(("$$", "\\[")) else token.content.replace("\n", " ")
                self._put(sanitise(content), replace(self._style, role="math"))
            case "link_open":
                self._open_link(str(token.attrs["href"]), token.info == "auto")
            case "link_close":
                self._close_link()
            case "image":
                self._write_image(token)
            case _ if token.tag in self._depth:
                self._depth[token.tag] += token.nesting
                self._emphasise()

    def _put(self, text: str, style: Style | None = None) -> None:
        if text:
            self._pieces.append((text, style or self._style))

    def _emphasise(self) -> None:
        self._style = replace(
            self._style,
            bold=self._base.bold or self._depth["strong"] > 0,
            italic=self._base.italic or self._depth["em"] > 0,
            strike=self._base.strike or self._depth["s"] > 0,
        )

    def _open_link(self, href: str, auto: bool) -> None:
        address = self._clean(href)
        self._links.append((address, auto, len(self._pieces), self._style))
        if _SAFE_ADDRESS.fullmatch(address):
            self._style = replace(self._style, role="link", link=address)

    def _close_link(self) -> None:
        address, auto, first, before = self._links.pop()
        text = "".join(text for text, _ in self._pieces[first:])
        self._style = replace(before, bold=self._style.bold, italic=self._style.italic, strike=self._style.strike)
        if not auto and address and self._clean(text) not in (address, address.removeprefix("mailto:")):
            self._put_address(address, first < len(self._pieces))

    def _write_image(self, token: Token) -> None:
        address = self._clean(str(token.attrs["src"]))
        link = address if _SAFE_ADDRESS.fullmatch(address) else self._style.link
        alt = sanitise_line(_flatten(token.children or []))
        self._put((self._image_mark + alt).rstrip(), replace(self._style, role="image", link=link))
        if address and address != alt:
            self._put_address(address, True)

    def _put_address(self, address: str, behind_text: bool) -> None:
        link = address if _SAFE_ADDRESS.fullmatch(address) else None
        if behind_text:
            self._put(" ")
        self._put(f"({shorten(address, ascii=self._ascii)})", Style("address", link=link))

    def _clean(self, address: str) -> str:
        """An address as it is shown and opened: percent-encoded ASCII, its host in punycode."""
        return sanitise_line(self._markdown.normalizeLink(address))

    def _soft_break(self, index: int) -> str:
        """A blank, but nothing between two wide characters: Chinese is written without."""
        after = self._pieces[index + 1][0][0] if index + 1 < len(self._pieces) else " "
        before = self._pieces[index - 1][0][-1] if index else " "
        return "" if is_wide(before) and is_wide(after) else " "


def _flatten(tokens: Sequence[Token]) -> str:
    """The text of an image's description, without any style."""
    return "".join(
        " " if token.type.endswith("break") else token.content or _flatten(token.children or []) for token in tokens
    )


def _is_open(state: InlineState) -> bool:
    """Whether something in a text that was read may still become another thing when more text comes."""
    if state.reread or any(delimiter.open and delimiter.end < 0 for delimiter in state.delimiters):
        return True
    depth = 0
    for token in state.tokens:
        if token.type != "text":
            continue
        if _OPEN_TEXT.search(token.content):
            return True
        for bracket in re.findall(r"[\[\]]", token.content):
            depth = depth + 1 if bracket == "[" else max(depth - 1, 0)
    return depth > 0
