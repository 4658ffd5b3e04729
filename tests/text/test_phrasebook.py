"""The English of the command line, the config and the files that are read has its Chinese, sentence by sentence."""

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.arguments import make_parser
from tui.localised_help import localise
from tui.text.cell_wrap import cells, wrap_cells
from tui.text.language import load_language
from tui.text.phrasebook import Phrasebook

ROOT = Path(__file__).resolve().parents[2]
CHINESE = load_language("zh")
PHRASES = {
    shape: phrase
    for name in CHINESE.catalogue.names
    if name.startswith("phrase.")
    for shape, phrase in CHINESE.catalogue.table(name).items()
}
SAYERS = {
    "ArgumentTypeError": 0,
    "CommandFailed": 0,
    "ConfigError": 0,
    "ConfigWriteError": 0,
    "ExchangeError": 0,
    "KeyUnavailable": 1,
    "ParameterError": 1,
    "RecordingError": 0,
    "ThemeFileError": 0,
    "UsageError": 0,
    "_complaint": 1,
}
"""What is raised with a sentence for a person, and which of its arguments that is."""
MISSING = "has no Chinese: add it to a [phrase.…] table of tui/text/zh.toml"


def shape_of(node: ast.expr) -> str | None:
    """A sentence in code with `{}` for what fills it; None for what is no sentence of this place."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        return "".join(parts)
    return None


def raised(path: Path) -> Iterator[str]:
    """The sentences that a module raises."""
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)) if any(f"{name}(" in source for name in SAYERS) else ():
        if isinstance(node, ast.Raise) and isinstance(call := node.exc, ast.Call):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            place = SAYERS.get(name)
            if place is not None and len(call.args) > place and (shape := shape_of(call.args[place])):
                yield shape


def explained(parser: argparse.ArgumentParser) -> Iterator[str]:
    """All that a parser and those of its commands explain."""
    yield from filter(None, (parser.description, parser.epilog, *(group.title for group in parser._action_groups)))
    for action in parser._actions:
        if action.help and action.help is not argparse.SUPPRESS:
            yield action.help
        if isinstance(action, argparse._SubParsersAction):
            yield from (choice.help for choice in action._choices_actions if choice.help)
            for command in action.choices.values():
                yield from explained(command)


def test_all_that_is_raised_has_its_chinese() -> None:
    shapes = {shape for path in sorted((ROOT / "tui").rglob("*.py")) for shape in raised(path)}
    assert len(shapes) > 100
    # Before a complaint about a file stands where it is, and behind it a dot: these are shapes of their own.
    bare = {shape: re.sub(r"^\{\}: (?:\{\} )?", "", shape).removesuffix(".") for shape in shapes}
    unknown = [shape for shape, rest in bare.items() if not {shape, rest, f"{rest}."} & PHRASES.keys()]
    assert [f"{shape!r} {MISSING}" for shape in unknown if re.search("[a-z]{2}", shape)] == []


def test_all_that_help_says_has_its_chinese() -> None:
    said = {text for text in explained(make_parser()) if re.search("[a-z]{3}", text)}
    assert [f"{text!r} {MISSING}" for text in sorted(said) if CHINESE.phrase(text) == text] == []


def test_a_phrase_is_filled_with_what_its_shape_has_and_in_the_signs_of_chinese() -> None:
    filled = {phrase: {int(number) for number in re.findall(r"\{(\d)\}", phrase)} for phrase in PHRASES.values()}
    assert [shape for shape, phrase in PHRASES.items() if filled[phrase] != set(range(shape.count("{}")))] == []
    assert [phrase for phrase in filled if re.search("[\u4e00-\u9fff][,;:!?]", phrase)] == []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("expected one argument", "需要一个值"),
        (
            "argument --port: 70000 is not a whole number from 0 to 65535. See `weir practice --help`.",
            "参数 --port：70000 不是 0 到 65535 之间的整数。请看 `weir practice --help`。",
        ),
        ("/a b/c.toml: providers.x has no base_url; add one such as https://host/v1.", None),
        ("/x: this is not valid TOML: Odd (at line 1, column 3).", "/x：不是合法的 TOML：Odd（第 1 行第 3 列）。"),
        ("Expecting value: line 1 column 1 (char 0)", "Expecting value: line 1 column 1 (char 0)"),
        ("Bring back one that was deleted.", "恢复删除的对话。"),
        ("what nobody has said in Chinese", "what nobody has said in Chinese"),
    ],
)
def test_a_sentence_is_found_by_its_shape(english: str, chinese: str | None) -> None:
    assert CHINESE.phrase(english) == (
        chinese or "/a b/c.toml：providers.x 没有 base_url；请加上，例如 https://host/v1。"
    )
    assert load_language("en").phrase(english) == english


def test_what_fills_a_shape_keeps_its_braces() -> None:
    assert Phrasebook({"no {}": "没有 {0}"}).say("no {0} {}") == "没有 {0} {}"


def test_help_is_wrapped_by_the_cells_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    parser = make_parser()
    localise(parser, CHINESE)
    lines = parser.format_help().splitlines()
    assert lines[0].startswith("用法：weir ")
    assert "选项：" in lines
    told = lines[lines.index("") :]  # behind the usage, which argparse wraps itself
    assert max(map(cells, told)) <= 60
    assert not re.search("[a-z]{3,} [a-z]{3,} [a-z]{3,}", "\n".join(told))


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("流的测量，很好。", 8, ["流的测", "量，很", "好。"]),
        ("one two  three", 8, ["one two", "three"]),
        ("见（一）二", 6, ["见", "（一）", "二"]),
        ("", 5, []),
    ],
)
def test_wrapping(text: str, width: int, lines: list[str]) -> None:
    assert wrap_cells(text, width) == lines


@pytest.mark.parametrize(
    ("fact", "chinese"),
    [
        ("14 data lines, 3210 bytes", "14 行数据，3210 字节"),
        ("1 event over 0.50 s in 2 bursts", "1 个事件，历时 0.50 秒，分 2 批"),
        ("stopped after 3 events, 1 byte", "停止前收到 3 个事件、1 字节"),
        ("33 listed", "列出 33 个"),
        ("from: environment variable LAB_KEY", "来自：环境变量 LAB_KEY"),
        ("application/json", "application/json"),
    ],
)
def test_a_fact_that_doctor_saw(fact: str, chinese: str) -> None:
    assert CHINESE.phrase(fact) == chinese


def sentences_in(path: Path) -> Iterator[str]:
    """What looks like English prose among the texts in the code of a module, but for docstrings, bugs and bindings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed: list[ast.AST] = [node for node in ast.walk(tree) if isinstance(node, ast.Assert | ast.Raise)]
    passed += [
        node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call)
    ]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    passed += [call for call in calls if getattr(call.func, "id", "") == "Binding"]
    inside = {id(part) for node in passed for part in ast.walk(node)}
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in inside)
    for text in texts:
        if isinstance(text, str) and not re.search(r"[{}\n$]", text):
            yield from re.findall(r"[a-z]{2,}(?:[ ,;]+[a-z]{2,}){2,}", text)


def test_no_screen_has_a_sentence_that_only_english_has() -> None:
    found = {words: path.name for path in (ROOT / "tui" / "ui").rglob("*.py") for words in sentences_in(path)}
    assert {words: name for words, name in found.items() if not any(words in shape for shape in PHRASES)} == {}
