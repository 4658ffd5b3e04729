"""What the README says can be done can be done: its commands run, its files are read, its keys are those of the app.

The two commands of the set-up, and those of development, are held to a shape here; `.ci/run` runs them.
"""

import fnmatch
import importlib.util
import json
import re
import shlex
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chat.exchange.tree import HERONS
from tests.command import ROOT
from tests.shell import Shell, open_shell
from tui.arguments import UsageError, make_parser
from tui.practice.fault import Fault
from tui.settings.config import read_config
from tui.settings.prompt_file import read_prompts
from tui.stream.recording import read_recording
from tui.ui.binding_id import all_bindings
from tui.ui.shown_key import show_keys

README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCES = [(found[1], found[2], README[: found.start()].count("\n") + 1) for found in FENCE.finditer(README)]
"""The language of each block, its text, and its line."""
PROSE = FENCE.sub("", README)
INSTALL = re.compile(r"python3 -m venv \.venv && \.venv/bin/pip install (-e )?('\.\[[a-z,]+\]'|\.)( && (?P<then>.+))?")
WITHIN = re.compile(r".*(\||&&) (?=weir)|^eval \"\$\(|\)\"$| > \S+")
"""What stands around a command of ours in a line."""
CODES = {
    "weir records bundle": 2,
    "weir replay": 3,
    "weir ask --practice -m cut": 3,
    "weir providers add": 2,
}
"""Exit codes other than 0: nobody is there to be asked; the stream was cut; no key is set here."""


def lines_of(text: str) -> list[str]:
    """The commands of a block, without what is said of them."""
    stripped = (re.sub(r"(^|\s+)# .*$", "", line) for line in text.splitlines())
    return [line for line in stripped if line]


BLOCKS = {f"line {at}": lines_of(text) for language, text, at in FENCES if language == "sh"}
LINES = [line for lines in BLOCKS.values() for line in lines]
FIRST = {line: name for name, lines in reversed(BLOCKS.items()) for line in lines}
"""The block in which a line comes first."""
OURS = {
    name: [line for line in lines if WITHIN.sub("", line).startswith("weir ") and FIRST[line] == name]
    for name, lines in BLOCKS.items()
}
"""Those of weir; one that comes again, as in the Chinese part, is tried where it comes first."""
KINDS = "toml", "json", "markdown", "text"
FILES = {kind: [text for language, text, _ in FENCES if language == kind] for kind in KINDS}


def test_every_block_is_of_a_kind_that_is_tried() -> None:
    assert {language for language, _, _ in FENCES} == {"sh", *FILES}
    assert len(README.splitlines()) <= 640


@pytest.mark.parametrize("line", sorted({*LINES} - {line for lines in OURS.values() for line in lines}))
def test_a_command_of_the_set_up_or_of_development_has_its_shape(line: str) -> None:
    found = INSTALL.fullmatch(line)
    words = shlex.split((found["then"] or "") if found else line)
    if words[:1] == [".venv/bin/weir"]:
        make_parser().parse_args(words[1:])
    elif words[:2] == [".venv/bin/python", "-m"]:
        assert importlib.util.find_spec(words[2]) is not None
    elif words:
        assert words[0] == "bash"
        assert (ROOT / words[1]).is_file()
    else:
        assert found is not None


def test_the_set_up_is_what_the_ci_runs() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    extras = re.findall(r"pip install -e ('\.\[[a-z,]+\]')", README)
    assert extras
    assert [extra for extra in extras if f"--editable {extra}" not in ci] == []


@pytest.mark.parametrize("line", [line for lines in OURS.values() for line in lines])
def test_a_line_can_be_understood(line: str) -> None:
    words = shlex.split(WITHIN.sub("", line))
    assert words[0] == "weir"
    make_parser().parse_args(words[1:])


def test_the_commands_in_the_text_can_be_understood() -> None:
    spans = [WITHIN.sub("", span) for span in re.findall(r"`((?:cat file \| )?weir[^`]*)`", PROSE)]
    assert len(spans) > 10
    for span in spans:
        try:
            make_parser().parse_args([word for word in shlex.split(span)[1:] if word != "--help"])
        except UsageError as error:
            if "arguments are required" not in str(error):  # a command that is only named has none
                raise


def test_modules_and_files_that_are_named_exist() -> None:
    modules = set(re.findall(r"`(?:python -m )?(tests\.[a-z_.]+)", README))
    paths = set(re.findall(r"`((?:tui|tests|themes|\.ci|\.github)/[\w./-]+)`", README))
    assert len(modules) > 5
    assert [module for module in modules if importlib.util.find_spec(module) is None] == []
    assert [path for path in paths if not re.search("NAME|CODE", path) and not (ROOT / path).exists()] == []


def test_themes_and_faults_are_named() -> None:
    themes = [path.stem for path in (ROOT / "themes").glob("*.toml")]
    faults = [fault for fault in Fault if not fault.isdecimal()]
    assert [name for name in (*themes, *faults) if f"`{name}`" not in README] == []


def test_links_within_lead_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", PROSE, re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    links = re.findall(r"\]\(#([^)]+)\)", README)
    assert links
    assert set(links) <= anchors


def test_the_pictures_are_those_that_are_shown_and_stand_alone() -> None:
    shown = re.findall(r'(?:src|srcset)="(\.github/pictures/[^"]+)"', README)
    files = {str(path.relative_to(ROOT)) for path in (ROOT / ".github" / "pictures").rglob("*") if path.is_file()}
    assert sorted(shown) == sorted(files)
    for name in files:
        svg = (ROOT / name).read_text(encoding="utf-8")
        assert svg.startswith("<svg")
        assert re.findall(r"<script|<image|@import|@font-face|href=|url\((?!#)", svg) == []


@pytest.mark.parametrize("text", FILES["toml"])
def test_a_config_can_be_used(text: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    read_config(file, must_exist=True)


def test_the_stream_and_the_prompt_can_be_used(tmp_path: Path) -> None:
    [stream], [prompt] = FILES["json"], FILES["markdown"]
    assert read_recording(stream.encode()).model == "qwen3"
    (tmp_path / "x.md").write_text(prompt, encoding="utf-8")
    prompts, complaints = read_prompts(tmp_path)
    assert (list(prompts), complaints) == (["review"], [])


def key_rows() -> Iterator[tuple[str, list[str], list[str]]]:
    """Each row of the table of keys: the row, the keys, the ids."""
    section = README.partition("\n## Keys\n")[2].partition("\n## ")[0]
    for row in re.findall(r"^\| (.+ \| .+ \| `.+`) \|$", section, re.MULTILINE):
        keys, _, ids = row.split(" | ")
        yield row, keys.split(" · "), re.findall(r"`([^`]+)`", ids)


def test_the_keys_are_those_of_the_app() -> None:
    bound: dict[str, set[str]] = {}
    for binding in all_bindings():
        if binding.id:
            bound.setdefault(binding.id, set()).add(binding.key)
    told: list[str] = []
    for row, keys, ids in key_rows():
        assert len(keys) == len(ids), row
        for key, ident in zip(keys, ids, strict=True):
            names = fnmatch.filter(bound, ident)
            told += names
            assert names, f"no binding {ident}: {row}"
            if "*" in ident:
                assert all(key in show_keys(each.split(",")) for name in names for each in bound[name]), row
            else:
                assert {show_keys(each.split(",")) for each in bound[ident]} == {key}, row
    assert sorted(told) == sorted({*told}), "a binding has one row"
    assert set(bound) - set(told) == set(), "each binding has a row in the README's table of keys"


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    with open_shell(tmp_path, ("local", "alltkn", "openai", "lab")) as shell:
        prompts = tmp_path / "config" / "weir" / "prompts"
        prompts.mkdir()
        (prompts / "review.md").write_text(FILES["markdown"][0].replace("qwen3", "markdown"), encoding="utf-8")
        (prompts / "terse.md").write_text('+++\nkind = "system"\n+++\nBe terse.', encoding="utf-8")
        (tmp_path / "capture.jsonl").write_text(FILES["json"][0], encoding="utf-8")
        (tmp_path / "prompts.txt").write_text("One?\nTwo?\n", encoding="utf-8")
        said = {"choices": [{"delta": {"content": "Hello"}, "finish_reason": "stop"}]}
        (tmp_path / "body.txt").write_text(f"data: {json.dumps(said)}\n\ndata: [DONE]\n\n", encoding="utf-8")
        (tmp_path / "Downloads").mkdir()
        with zipfile.ZipFile(tmp_path / "Downloads" / "export.zip", "w") as export:
            export.writestr("conversations.json", json.dumps([HERONS]))
        yield shell


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, lines in OURS.items() if lines])
def test_every_command_runs(name: str, shell: Shell) -> None:
    assert shell.run("weir ask --save -m local/markdown 'foo_bar( 中文'")[0] == 0
    for line in OURS[name]:
        tried = line
        if "weir --" in line:
            tried = f"echo Hello | {line} --plain"
        elif "weir practice" in line:
            tried = f"timeout 2 {re.sub(' --port [0-9]+', '', line)} | head -1"
        code, said = shell.run(tried)
        assert "Traceback" not in said, said
        expected = next((code for start, code in CODES.items() if line.startswith(start)), 0)
        assert code == expected, f"{line}: {code}\n{said}"
