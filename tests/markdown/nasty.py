"""Documents to try the parser on: real ones, hard cases, and markers in every order with every indent."""

from hypothesis import strategies as st

from tests.command import ROOT

REAL = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "tui" / "practice" / "lessons").glob("*.md")),
    *sorted((ROOT / "tests" / "markdown" / "documents").glob("*.md")),
]

# Where an implementation may well go astray: a marker in a place where it means something else, or nothing.
HARD = {
    "a lazy line": "> a\nb\n",
    "a lazy line in nested containers": "> - > a\nb\n",
    "no lazy line into code": "> ```\na\n",
    "a fence does not continue lazily": "- a\n```\nb\n",
    "a lazy line with much indent": "> a\n    - b\n",
    "no such line for a quote in a quote": "> > a\n    - b\n",
    "a list that interrupts text": "a\n- b\n",
    "a number that does not": "a\n2. b\n",
    "an empty item that does not": "a\n-\n* \n",
    "a number behind a quote": "> a\n2. b\n",
    "a rule, not an item": "- a\n- - -\n- b\n",
    "an underline, not a rule": "a\n---\n",
    "a rule outside the item": "- a\n---\n",
    "a quote mark far to the right": "> a\n        > b\n",
    "an item that begins with a blank line": "-\n  a\n",
    "an item that begins with two": "-\n\n  a\n",
    "a list after three": "-\n\n\n- a\n",
    "an item in an item": "- - a\n  - b\n- c\n",
    "an indent that is none for an inner item": "- a\n - b\n  - c\n   - d\n    - e\n",
    "a wide marker": "123456789. a\n     b\n\n           c\n",
    "a mark in a wide item": "1234567. a\n    # b\n",
    "code behind a bullet": "-     a\n\n      b\n",
    "tabs": "-\ta\n\n\tb\n>\t\tc\n\t- d\n",
    "a tab between nested quotes": "> >\ta\n> > \tb\n>\t>\t- c\n",
    "a fence that a list ends": "- ```\n  a\n\nb\n",
    "a fence with indent": "   ```\n     a\n  b\n    ```\n   ```\n",
    "a fence that never ends": "```\na\n\n",
    "a fence in a quote at the end": "> ```\n>",
    "blanks at the end": "```\na\n  ",
    "a comment over blank lines in an item": "- <!--\n\n  a\n-->\n",
    "HTML that may not interrupt": "a\n<a>\n\n<a>\nb\n",
    "a table that interrupts": "a\n| b |\n|--|\n",
    "a table in place of a heading": "| a\n---\n",
    "a table in place of an item": "- a | b\n--|--\n- c | d\n",
    "an item in place of a table": "- a\n- b | c\n--|--\n",
    "a table in place of a fence": "``` | a\n---|---\n",
    "a table in place of a definition": "[a|b]: /u 'x'\n---|---\n",
    "a definition after what looked like a table": "[a|b]: /u 'x'\n---|---c\n",
    "a table whose header is lazy": "- a\n| b |\n  |--|\n",
    "a table whose header is lazy in an item of an item": "- - a\n| b |\n    |--|\n",
    "no table in a lazy line": "> | a |\n|--|\n",
    "a table ended by a blank of another kind": "|a|\n|-|\n\u3000\n",
    "a definition without a title, then code": "[a]: /u\n    b\n",
    "a title that is none": "[a]: /u\n'b\nc\n===\nd\n",
    "a title with text behind it": "[a]: /u\n'b' c\n",
    "an empty title with text behind it": "[a]: /u\n'' c\n",
    "a definition that a list ends": "[a]:\n2. b\n",
    "an address that looks like an underline": "[a]:\n===\n",
    "a label over lines": "[a\nb]: /u\nc\n",
    "a label that never ends": "[a\nb\n===\n[c\n",
    "a definition in a quote with a lazy title": "> [a]: /u\n'b'\nc\n",
    "an address that is refused": "[a]: javascript:b\n",
    "an address that ends in a backslash": "[a]: /u\\\n'b'\n",
    "a task": "- [ ] a\n- [x]\tb\n- [X] c | d\n  --|--\n- [x]d\n- # [ ] e\n> [ ] f\n",
    "a task with an underline": "- [x] a\n  ===\n  b\n",
}

FRAGMENTS = (
    *["\n", "\n\n", "\n> ", "\n  ", "\n    ", "\n- ", "\n\t", " ", "  ", "   ", "    ", "\t", ">", "> "],
    *["- ", "-", "* ", "+ ", "1. ", "2. ", "1) ", "10. ", "123456789. ", "[ ] ", "[x] "],
    *["```", "~~~", "````", "```py", "`", "#", "# ", "## x #", "===", "---", "--", "=", "***", "* * *", "_ _ _"],
    *["|", "| a | b |", "|---|---|", "---|---", "|--", "a|b", "\\|", ":-:", "\\"],
    *["<div>", "</div>", "<!--", "-->", "<a>", "<script>", "</script>", "<?", "?>", "<!X", "<![CDATA[", "]]>"],
    *["[a]: /u", "[a]:", "[b]: <x> 'y'", "'t", "t'", '"t"', '"', "(t", "t)", "/u", "[", "]", "]:", "[c"],
    *["a", "b c", "中文", "\u3000", "é", "&amp;"],
)
PREFIXES = ["- ", "-   ", "1. ", "12) ", "> ", ">", "  ", "    ", "   ", "\t", " ", "* ", ">\t", "-\t"]
CONTENTS = (
    *["a", "b", "", "", "```", "~~~", "# h", "---", "===", "a | b", "--|--", "| x |", "|--|", "<div>", "<!-- c", "-->"],
    *["</pre>", "<a>", "[a]: /u", "[b]:", "'t'", '"x', 'x"', "(y", "y)", "[ ] t", "[x]", "- i", "2. j", "1. k"],
    *["> q", "\\", "+", "***", "中 文", "&copy; x  ", "-", "1."],
)


def documents() -> st.SearchStrategy[str]:
    """Any fragments in any order, and lines with any markers in front of them."""
    loose = st.lists(st.sampled_from(FRAGMENTS), max_size=24).map("".join)
    prefix = st.lists(st.sampled_from(PREFIXES), max_size=4).map("".join)
    lines = st.lists(st.tuples(prefix, st.sampled_from(CONTENTS)).map("".join), max_size=10).map("\n".join)
    return st.one_of(loose, lines, lines.map(lambda text: text + "\n"))
