"""Escapes of every kind resolved, and where each character of the result stood."""

import pytest

from tui.settings.spelling import unescape


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("%73%6b%2D", "sk-"),
        ("%2d%2D%6B", "--k"),
        ("%25%32%64", "-"),
        ("%25252D", "-"),
        (r"\u0073\u006B", "sk"),
        (r"\\\\u0073", "s"),
        (r"\u{73}\u{00006b}", "sk"),
        (r"\x{73}\x73", "ss"),
        (r"\U00000073\163", "ss"),
        ("&#115;&#0000115;&#115", "sss"),
        ("&#x73;&#x0073;&#X6B", "ssk"),
        ("&amp;#115;&amp;amp;#x73;", "ss"),
        ("&hyphen;&lowbar;&plus;&QUOT;", "‐_+\""),
        (r"%5Cu0073&#x5c;u0073", "ss"),
        (r"\u0026#115;", "s"),
        ("s k\n| s", "sks"),
        (r"s\nk\u001b[1ms\u{1b}[0mk", "sksk"),
        (r"\"\'\/", "\"'/"),
        ("&#9999999;&#xFFFFFF;", "\ufffd\ufffd"),
        ("&nothing; &#; %zz 100%", "&nothing;&#;%zz100%"),
    ],
)
def test_an_escape_is_read(written: str, read: str) -> None:
    assert unescape(written).text == read


def test_every_character_knows_where_it_stood() -> None:
    text = r"a %5Cu0073 &#115;&amp;b"
    view = unescape(text)
    spelled = [text[start:end] for start, end in zip(view.starts, view.ends, strict=True)]
    assert dict(enumerate(spelled)) == {0: "a", 1: "%5Cu0073", 2: "&#115;", 3: "&amp;", 4: "b"}
    assert view.text == "ass&b"
