"""The markdown that replies are read as: CommonMark with tables and strikethrough; HTML stays visible as text."""

from markdown_it import MarkdownIt


def make_parser() -> MarkdownIt:
    """A fresh parser. Nothing that came is hidden, and nothing is made of it that was not there.

    A tag stays as it was written, an entity too (it could spell a character that acts on a terminal), and links and
    images keep their addresses in sight.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return parser.disable(["entity", "reference", "link", "image"])
