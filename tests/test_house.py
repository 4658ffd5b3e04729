"""The rules of the house that no linter knows: sizes, names, what is imported when, and Textual's markup."""

import ast
import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import ROOT, Command

PACKAGE = ROOT / "tui"
SOURCES = sorted(PACKAGE.rglob("*.py"))
FILE_LINES, CLASS_LINES, FUNCTION_LINES, LINE_LENGTH = 400, 250, 50, 120
VAGUE_NAMES = re.compile("utils?|helpers?|common|misc|base|managers?|handlers?")
MARKUP_TAKERS = {"Static", "Label", "notify"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def oversized(source: str, name: str) -> Iterator[str]:
    """What is larger than its budget. A decorator belongs to what it decorates."""
    lines = source.splitlines()
    if len(lines) > FILE_LINES:
        yield f"{name}: {len(lines)} lines"
    yield from (f"{name}:{n}: {len(line)} characters" for n, line in enumerate(lines, 1) if len(line) > LINE_LENGTH)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | Function):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            size = (node.end_lineno or first) - first + 1
            if size > (CLASS_LINES if isinstance(node, ast.ClassDef) else FUNCTION_LINES):
                yield f"{name}:{first}: {node.name} has {size} lines"


def vague_names(path: Path) -> list[str]:
    """The parts of a module's path that say nothing of what is in it."""
    words = re.split(r"[/_.]", name_of(path))
    return [word for word in words if VAGUE_NAMES.fullmatch(word)]


def calls_with_markup(source: str, name: str) -> Iterator[str]:
    """Calls that let Textual take `[...]` in a text for markup: then `[DONE]` vanishes and `[/x]` crashes."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        plain = any(
            word.arg == "markup" and isinstance(word.value, ast.Constant) and word.value.value is False
            for word in node.keywords
        )
        if called in MARKUP_TAKERS and not plain:
            yield f"{name}:{node.lineno}: {called}"


def test_there_is_something_to_look_at() -> None:
    assert PACKAGE / "cli.py" in SOURCES
    assert len(SOURCES) > 40


def test_nothing_is_larger_than_its_budget() -> None:
    assert [found for path in SOURCES for found in oversized(path.read_text(encoding="utf-8"), name_of(path))] == []


def test_the_budget_is_counted_right() -> None:
    body = "    pass\n" * (FUNCTION_LINES - 1)
    assert list(oversized(f"def fits():\n{body}", "x")) == []
    assert list(oversized(f"@decorated\nasync def large():\n{body}", "x")) == ["x:1: large has 51 lines"]
    large = "class Large:\n    def fits(self):\n" + "        pass\n" * 49 + "    a = 1\n" * 200
    assert list(oversized(large, "x")) == ["x:1: Large has 251 lines"]
    assert list(oversized("#" + "x" * 120 + "\n", "x")) == ["x:1: 121 characters"]
    assert list(oversized("a = 1\n" * 401, "x")) == ["x: 401 lines"]


def test_module_names_say_what_is_in_them() -> None:
    assert [name_of(path) for path in SOURCES if vague_names(path)] == []
    assert vague_names(PACKAGE / "ui" / "string_utils.py") == ["utils"]


def test_every_module_says_what_it_is() -> None:
    modules = ((name_of(path), ast.parse(path.read_text(encoding="utf-8"))) for path in SOURCES)
    assert [name for name, module in modules if module.body and not ast.get_docstring(module)] == []


def test_no_foreign_text_is_taken_for_markup() -> None:
    screens = [path for path in SOURCES if path.is_relative_to(PACKAGE / "ui")]
    found = [found for path in screens for found in calls_with_markup(path.read_text(encoding="utf-8"), name_of(path))]
    assert found == []


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("Static(text, markup=False)", []),
        ("widgets.Label(text, id='x', markup=False)", []),
        ("Static(text)", ["x:1: Static"]),
        ("Label(text, markup=True)", ["x:1: Label"]),
        ("self.app.notify(text, markup=wanted)", ["x:1: notify"]),
        ("notify(text)", ["x:1: notify"]),
        ("Static", []),
        ("table[0](text)", []),
    ],
)
def test_calls_with_markup_are_found(call: str, found: list[str]) -> None:
    assert list(calls_with_markup(call, "x")) == found


async def imported_by(home: Path, *arguments: str) -> set[str]:
    """The names of all modules that a command imports, as the interpreter itself tells them."""
    command = Command(home)
    async with command.start(*arguments, environ={"PYTHONPROFILEIMPORTTIME": "1"}) as process:
        _, err = await process.communicate()
    return set(re.findall(r"^import time:.*\| +(\S+)$", err.decode(), re.MULTILINE))


async def test_a_command_imports_only_what_it_needs(tmp_path: Path) -> None:
    ask = ("ask", "--base-url", "http://127.0.0.1:1/v1", "-m", "x", "--retries", "0", "--save", "Hello")
    version, asked, refused = await asyncio.gather(
        imported_by(tmp_path, "--version"), imported_by(tmp_path, *ask), imported_by(tmp_path, "--nonsense")
    )
    assert {"argparse", "tui.cli"} <= version
    assert version & {"textual", "httpx", "sqlite3", "tui.ui", "tui.markdown"} == set()
    assert {"httpx", "sqlite3", "tui.ask", "tui.chat.store"} <= asked
    assert asked & {"textual", "tui.ui", "tui.markdown"} == set()
    assert refused & {"textual", "tui.ui"} == set()


def test_the_first_paint_waits_for_nothing_that_it_does_not_show() -> None:
    first = "import tui.cli, tui.command.chat, tui.ui.run, tui.ui.app, tui.ui.departure, tui.ui.terminal.driver"
    told = subprocess.run(
        [sys.executable, "-c", f"{first}, sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    loaded = set(told.stdout.split())
    assert {"tui.ui.app", "tui.ui.screens.opening", "textual"} <= loaded
    later = {"httpx", "sqlite3", "markdown_it", "pygments", "tui.settings.mask", "tui.stream", "tui.markdown"}
    assert loaded & (later | {"tui.ui.log", "tui.ui.screens.chat", "tui.chat.catalogue", "tui.chat.store"}) == set()
