"""Look: what a role looks like in the theme that holds. Colours come from the style sheet of the log alone."""

from collections.abc import Callable

from rich.style import Style as RichStyle

from tui.markdown.line import Style

COMPONENT_ROLES = (
    "text", "heading", "code", "code-inline", "code-keyword", "code-string", "code-comment", "code-number",
    "code-function", "code-class", "code-builtin", "code-operator", "code-added", "code-removed", "dim", "quote",
    "marker", "link", "you", "model", "thought", "note-warning", "note-failed", "note-code-warning",
    "note-code-failed", "advice", "notice", "tool", "current", "found", "found-current", "selected", "more",
)  # fmt: skip
"""Each is a component class `log--ROLE` of the log."""

COLOURS = """
.log--text { color: $foreground; }
.log--dim, .log--notice, .log--thought { color: $text-muted; }
.log--thought { text-style: italic; }
.log--heading { color: $text-primary; text-style: bold; }
.log--code, .log--code-builtin { color: $text-secondary; }
.log--code-inline, .log--code-keyword, .log--code-operator { color: $text-accent; }
.log--code-string, .log--code-added { color: $text-success; }
.log--code-comment { color: $text-muted; text-style: italic; }
.log--code-number { color: $text-warning; }
.log--code-function, .log--code-class { color: $text-primary; }
.log--code-removed { color: $text-error; }
.log--quote { color: $text-secondary; }
.log--marker { color: $text-primary; }
.log--link { color: $text-accent; text-style: underline; }
.log--you { color: $text-primary; }
.log--model { color: $text-secondary; }
.log--tool, .log--advice { color: $text-accent; }
.log--note-warning { color: $warning; }
.log--note-failed { color: $error; }
.log--note-code-warning { color: $text-warning; text-style: bold; }
.log--note-code-failed { color: $text-error; text-style: bold; }
.log--current { color: $accent; }
.log--found { color: $block-cursor-foreground; background: $accent; text-style: underline; }
.log--found-current { text-style: reverse bold; }
.log--selected { text-style: reverse; }
.log--more { color: $text-accent; background: $panel; text-style: bold; }
"""
"""Theirs, inside the rules of the log."""

_FAMILIES = {
    "heading1": "heading", "heading2": "heading", "heading3": "heading", "heading4": "heading", "heading5": "heading",
    "heading6": "heading", "code.info": "dim", "rule": "dim", "table.border": "dim", "table.header": "heading",
    "html": "dim", "math": "text", "address": "dim", "image": "link", "definition": "dim", "record": "dim",
    "code.decorator": "code-function", "code.heading": "heading", "code.error": "code-removed",
}  # fmt: skip
"""Roles that look like another."""


class Look:
    """Styles of the terminal for styles by role; each is worked out once for a theme."""

    def __init__(self, find: Callable[[str], RichStyle]) -> None:
        """`find` gives the style of a component class."""
        self._find = find
        self._known: dict[Style, RichStyle] = {}
        self._roles: dict[str, RichStyle] = {}

    def role(self, name: str) -> RichStyle:
        """The look of a role by itself."""
        if (style := self._roles.get(name)) is None:
            family = _FAMILIES.get(name, name).replace(".", "-")
            if family not in COMPONENT_ROLES:
                family = "code" if family.startswith("code-") else "text"
            style = self._roles[name] = self._find(f"log--{family}")
        return style

    def of(self, style: Style, mood: str | None = None) -> RichStyle:
        """The look of a style; a `mood` (a role) gives its colour to all but code and links, as in a thought."""
        if mood is not None:
            style = Style(mood, style.bold, style.italic, style.strike, style.link)
        if (look := self._known.get(style)) is None:
            added = RichStyle(
                bold=style.bold or None, italic=style.italic or None, strike=style.strike or None, link=style.link
            )
            look = self._known[style] = self.role(style.role) + added
        return look
