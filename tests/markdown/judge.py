"""Judge: the structure of a text as markdown-it reads it and as `Document` does, in one form that can be compared.

A document is a list of blocks, each a tuple: kind, containers, content, and the number of the line behind it.
Containers are numbered in the order in which they appear. markdown-it is not asked for tasks: their boxes are taken out
of its text here, by the rule that `Document` follows.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tui.markdown.block import Block, Code, Definition, Empty, Heading, Html, Paragraph, Quote, Rule, Table
from tui.markdown.document import Document
from tui.text.sanitise import sanitise

Judged = tuple[Any, ...]
Definitions = list[tuple[str, str, str]]

_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")


def read_document(pieces: Iterable[str]) -> Document:
    """The document that these pieces make."""
    document = Document()
    for piece in pieces:
        document.feed(piece)
    document.close()
    return document


def judged(text: str) -> tuple[list[Judged], Definitions]:
    """What markdown-it makes of it: the blocks, and the link reference definitions in their order."""
    parser = MarkdownIt("commonmark", {"inline_definitions": True, "maxNesting": 10_000})
    parser.enable(["table", "strikethrough"]).core.ruler.disable(["inline", "text_join"])
    environment: dict[str, Any] = {}
    blocks = _Reading(parser.parse(text, environment), text.split("\n")).blocks
    references = environment.get("references", {}).items()
    return _numbered(blocks), [(label, found["href"], sanitise(found["title"])) for label, found in references]


def shown(document: Document, text: str) -> tuple[list[Judged], Definitions]:
    """What `Document` made of it."""
    definitions = [(label, address, title) for label, (address, title) in document.definitions.items()]
    return _numbered([_shown(block, text) for block in document.blocks]), definitions


def _lines_to(text: str, end: int) -> int:
    return text.count("\n", 0, end) + (0 < end == len(text) and not text.endswith("\n"))


def _shown(block: Block, text: str) -> Judged:
    path = []
    for frame in block.frames:
        if isinstance(frame, Quote):
            path.append(["quote", frame.id])
        else:
            path.append(["item", frame.id, frame.list, frame.marker, frame.ordinal, frame.checked])
    end = _lines_to(text, block.end)
    match block:
        case Paragraph():
            return ("paragraph", path, block.text, end)
        case Heading():
            return ("heading", path, block.level, block.text, end)
        case Code():
            code = "".join(line + "\n" for line in block.lines)
            return ("fence" if block.fenced else "code", path, block.info, code, end)
        case Html():
            return ("html", path, "".join(line + "\n" for line in block.lines), end)
        case Table():
            return ("table", path, block.header, block.align, tuple(block.rows), end)
        case Rule():
            return ("rule", path, end)
        case Definition():
            return ("definition", path, end)
        case Empty():
            return ("empty", path)
    raise AssertionError(block)


def _numbered(blocks: list[Judged]) -> list[Judged]:
    """The same, with containers numbered in the order in which they appear."""
    numbers: dict[Any, int] = {}
    result = []
    for kind, path, *content in blocks:
        for container in path:
            numbers.setdefault(("container", container[1]), len(numbers))
            if container[0] == "item":
                numbers.setdefault(("list", container[2]), len(numbers))
        named = tuple(
            ("quote", numbers["container", container[1]])
            if container[0] == "quote"
            else ("item", numbers["container", container[1]], numbers["list", container[2]], *container[3:])
            for container in path
        )
        result.append((kind, named, *content))
    return result


@dataclass
class _Reading:
    """markdown-it's tokens, read into blocks."""

    tokens: list[Token]
    lines: list[str]
    blocks: list[Judged] = field(default_factory=list)
    _path: list[list[Any]] = field(default_factory=list)
    _lists: list[list[int]] = field(default_factory=list)
    _filled: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        rest = iter(enumerate(self.tokens))
        for number, token in rest:
            if token.type.endswith("list_open"):
                self._lists.append([number, int(token.attrs.get("start", 1))])
            elif token.type.endswith("list_close"):
                self._lists.pop()
            elif token.type == "list_item_open":
                group = self._lists[-1]
                ordinal = group[1] if token.info else None
                group[1] += 1
                self._path.append(["item", number, group[0], token.info + token.markup, ordinal, None])
            elif token.type == "blockquote_open":
                self._path.append(["quote", number])
            elif token.type in ("blockquote_close", "list_item_close"):
                if self._path[-1][1] not in self._filled:
                    self._add("empty")
                self._path.pop()
            else:
                self._read_leaf(token, rest)

    def _add(self, kind: str, *content: Any) -> None:
        self._filled.update(container[1] for container in self._path)
        self.blocks.append((kind, list(self._path), *content))

    def _text(self, token: Token) -> str:
        text = re.sub(r"\n[ \t]+", "\n", token.content)
        if self._path and self._path[-1][0] == "item" and self._path[-1][1] not in self._filled:
            task = _TASK.match(text)
            if task and token.map and task[0] in self.lines[token.map[0]]:
                self._path[-1][5] = task[1] != " "
                text = text[task.end() :]
        return text

    def _read_leaf(self, token: Token, rest: Iterator[tuple[int, Token]]) -> None:
        end = token.map[1] if token.map else 0
        match token.type:
            case "paragraph_open":
                self._add("paragraph", self._text(next(rest)[1]), end)
            case "heading_open":
                inline = next(rest)[1]
                text = inline.content if token.markup[0] == "#" else self._text(inline)
                self._add("heading", int(token.tag[1]), text, end)
            case "fence" | "code_block":
                # The last line of a text may have no newline; the code shown always has one.
                code = token.content if token.content.endswith("\n") or not token.content else token.content + "\n"
                self._add("fence" if token.type == "fence" else "code", token.info.strip(), code, end)
            case "html_block":
                self._add("html", token.content if token.content.endswith("\n") else token.content + "\n", end)
            case "hr":
                self._add("rule", end)
            case "definition":
                self._add("definition", end)
            case "table_open":
                self._read_table(end, rest)

    def _read_table(self, end: int, rest: Iterator[tuple[int, Token]]) -> None:
        rows: list[list[str]] = []
        align: list[str] = []
        for _, token in rest:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "th_open":
                align.append(str(token.attrs.get("style", "")).removeprefix("text-align:"))
            elif token.type == "inline":
                rows[-1].append(token.content)
        self._add("table", tuple(rows[0]), tuple(align), tuple(map(tuple, rows[1:])), end)
