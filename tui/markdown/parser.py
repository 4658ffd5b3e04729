"""The markdown that replies are read as: CommonMark with tables and strikethrough; HTML stays visible as text."""

from markdown_it import MarkdownIt


def make_parser() -> MarkdownIt:
    """A fresh parser. HTML is off: a tag in a reply is shown as it was written, and nothing that came is hidden."""
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
