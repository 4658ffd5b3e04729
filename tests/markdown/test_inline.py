"""Inline source: what is read as CommonMark does, what beyond it, and that nothing decoded can act."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tui.markdown.inline import InlineParser
from tui.markdown.line import PLAIN, Span, Style
from tui.text.sanitise import sanitise_line

PARSER = InlineParser()
MARKS = ["*", "**", "_", "__", "~~", "`", "``", "[", "]", "(", ")", "!", "<", ">", "&amp;", "\\", "\n", "  \n", " "]
LATIN = st.lists(st.sampled_from([*MARKS, "a", "b1", ".", ",", "é", "«", "“", "x y"]), max_size=24).map("".join)
NASTY = st.lists(
    st.sampled_from(
        [*MARKS, "$", "$$", "\\(", "\\[", "\\]", "https://a.b/c_", "](", "&#27;", "中", "，", "\ud800", "🇩🇪"]
    ),
    max_size=30,
).map("".join)


def shown(text: str) -> str:
    return "".join(span.text for span in PARSER.parse(text))


def styled(text: str, **wanted: object) -> list[str]:
    """The texts of the spans that have these attributes."""
    return [s.text for s in PARSER.parse(text) if all(getattr(s.style, k) == v for k, v in wanted.items())]


@pytest.mark.parametrize(
    ("text", "bold"),
    [
        ("**注意：**后面", ["注意："]),
        ("前面**（注意）**后面", ["（注意）"]),
        ("前面**“引用”**后面", ["“引用”"]),
        ("**(note)**后面", ["(note)"]),
        ("用**`code`**表示", []),
        ("这是**重点。**另外", ["重点。"]),
        ("**한국어(Korean)**는", ["한국어(Korean)"]),
        ("a**b**c", ["b"]),
        ("a**(b)**c", []),
        ("中 ** 文 ** 中", []),
    ],
)
def test_emphasis_beside_wide_text(text: str, bold: list[str]) -> None:
    assert styled(text, bold=True, role="text") == bold


def read_stock(text: str) -> list[tuple[str, bool, bool, bool]]:
    """Text with bold, italic and strike, as markdown-it alone reads it."""
    stock = MarkdownIt("commonmark", {"html": False}).enable("strikethrough")
    depth = {"strong": 0, "em": 0, "s": 0}
    made: list[tuple[str, bool, bool, bool]] = []
    for token in stock.inline.parse(text, stock, {}, []):
        if token.tag in depth:
            depth[token.tag] += token.nesting
        content = {"softbreak": " ", "hardbreak": "\n"}.get(token.type, token.content)
        look = (depth["strong"] > 0, depth["em"] > 0, depth["s"] > 0)
        if content and made and made[-1][1:] == look:
            made[-1] = (made[-1][0] + content, *look)
        elif content:
            made.append((content, *look))
    return made


@pytest.mark.slow
@settings(derandomize=True, max_examples=200)
@given(LATIN.filter(lambda text: not re.search(r"\]\(|<[A-Za-z][^>]*>|\\[(\[]", text)))
def test_latin_text_reads_as_ever(text: str) -> None:
    """Links, whose addresses we show, and formulas aside."""
    ours: list[tuple[str, bool, bool, bool]] = []
    for span in PARSER.parse(text):
        look = (span.style.bold, span.style.italic, span.style.strike)
        if ours and ours[-1][1:] == look:
            ours[-1] = (ours[-1][0] + span.text, *look)
        else:
            ours.append((span.text, *look))
    assert ours == read_stock(text)


@pytest.mark.parametrize(
    ("text", "maths"),
    [
        ("$a_1*b_1*c$", ["$a_1*b_1*c$"]),
        ("so $x$, and $$y*z*$$.", ["$x$", "$$y*z*$$"]),
        ("\\(a*b*\\) \\[c_d_\\]", ["\\(a*b*\\)", "\\[c_d_\\]"]),
        ("$$\na\n$$", ["$$\na\n$$"]),
        ("$a\nb$", ["$a b$"]),
        ("$a\\$b$", ["$a\\$b$"]),
        ("costs $5 and $6", []),
        ("$ a$", []),
        ("$a $", []),
        ("$a$5", []),
        ("\\$a$", []),
        ("`$a$`", []),
        ("$" + "a" * 3000 + "$", []),
    ],
)
def test_maths_stays_as_written(text: str, maths: list[str]) -> None:
    assert styled(text, role="math") == maths
    assert styled("*" + text.replace("*", "") + "*", bold=True) == []


@pytest.mark.parametrize(
    "text",
    ["&#x202e;", "&#27;", "&#x9b;", "&#0;", "&#10;", "&#13;", "<https://x/%1b%E2%80%AE>", "[a](<http://x/&#27;>)"],
)
def test_nothing_decoded_can_act(text: str) -> None:
    made = shown(text)
    assert made == sanitise_line(made)
    assert all(re.fullmatch("[!-~]+", span.style.link) for span in PARSER.parse(text) if span.style.link)


def test_entities_are_decoded() -> None:
    assert shown("&amp;&lt;b&gt; &copy; &#20013;") == "&<b> © 中"


@pytest.mark.parametrize(
    ("text", "link", "rest"),
    [
        ("[t](http://x.y/z)", "http://x.y/z", "t (http://x.y/z)"),
        ("<https://x.y>", "https://x.y", "https://x.y"),
        ("<a@b.c>", "mailto:a@b.c", "a@b.c"),
        ("[a@b.c](mailto:a@b.c)", "mailto:a@b.c", "a@b.c"),
        ("[https://x.y](https://x.y)", "https://x.y", "https://x.y"),
        (
            "[https://good.example](https://bad.example)",
            "https://bad.example",
            "https://good.example (https://bad.example)",
        ),
        ("see https://x.y/__init__.py.", "https://x.y/__init__.py", "see https://x.y/__init__.py."),
        ("(http://x.y/a(b))", "http://x.y/a(b)", "(http://x.y/a(b))"),
        ("看https://x.y/a，后面", "https://x.y/a", "看https://x.y/a，后面"),
        ("**https://x.y**", "https://x.y", "https://x.y"),
        ("[](https://x.y)", "https://x.y", "(https://x.y)"),
        ("[中](https://例え.jp/路)", "https://xn--r8jz45g.jp/%E8%B7%AF", "中 (https://xn--r8jz45g.jp/%E8%B7%AF)"),
    ],
)
def test_links_show_where_they_lead(text: str, link: str, rest: str) -> None:
    assert shown(text) == rest
    assert {span.style.link for span in PARSER.parse(text) if span.style.link} == {link}


@pytest.mark.parametrize(
    "text",
    [
        "[a](javascript:alert)",
        "[a](file:///etc)",
        "[a](#x)",
        "[a](ftp://x.y)",
        "<ftp://x.y>",
        "xhttps://x",
        "https://",
        "[a](HTTPS:x)",
    ],
)
def test_no_other_scheme_becomes_a_link(text: str) -> None:
    assert styled(text, link=None) == [span.text for span in PARSER.parse(text)]


def test_a_long_address_is_cut_but_leads_on() -> None:
    address = "https://x.y/" + "a" * 100
    span = PARSER.parse(f"[t]({address})")[-1]
    assert span.text == "(" + address[:59] + "…)"
    assert span.style == Style("address", link=address)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("![alt *x*](i.png)", "▣ alt x (i.png)"),
        ("![](i.png)", "▣ (i.png)"),
        ("[![a](https://i)](https://l)", "▣ a (https://i) (https://l)"),
    ],
)
def test_images_are_named(text: str, rest: str) -> None:
    assert shown(text) == rest
    assert "".join(s.text for s in InlineParser(ascii=True).parse(text)) == rest.replace("▣", "[image]")


def test_references_lead_where_their_definition_says() -> None:
    known = {"A B": {"href": "https://x.y", "title": ""}}
    spans = PARSER.parse("[text][a b] [a\nb] [c]", PLAIN, known)
    assert "".join(span.text for span in spans) == "text (https://x.y) a b (https://x.y) [c]"
    assert shown("[text][a b]") == "[text][a b]"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("a\nb", "a b"),
        ("中\n文", "中文"),
        ("中\na", "中 a"),
        ("中\n**文**", "中文"),
        ("a  \nb", "a\nb"),
        ("a\\\nb", "a\nb"),
        ("a\tb", "a b"),
    ],
)
def test_breaks(text: str, rest: str) -> None:
    assert shown(text) == rest


def test_html_is_text() -> None:
    assert PARSER.parse("<b>x</b><br>") == [Span("<b>x</b><br>")]


def test_the_base_style_holds_throughout() -> None:
    base = Style("heading1", bold=True)
    assert PARSER.parse("a **b** *c*", base) == [
        Span("a b ", base),
        Span("c", Style("heading1", bold=True, italic=True)),
    ]


@settings(derandomize=True, max_examples=200)
@given(NASTY)
def test_any_text_can_be_read(text: str) -> None:
    spans = PARSER.parse(text)
    assert all(span.text for span in spans)
    assert all(a.style != b.style for a, b in pairwise(spans))
    assert "\x1b" not in shown(text)
