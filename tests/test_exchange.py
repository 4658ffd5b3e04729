"""`weir export` and `weir import`, as a person runs them."""

import json
from pathlib import Path

import pytest

from tests.chat.exchange.tree import HERONS
from tests.command import Command


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


@pytest.fixture
def export_file(tmp_path: Path) -> str:
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([HERONS, {**HERONS, "conversation_id": "other"}]))
    return str(path)


async def test_in_and_out_again(weir: Command, export_file: str, tmp_path: Path) -> None:
    dry = await weir.run("import", "--dry-run", export_file)
    assert (dry.code, "2 conversations" in dry.text, "--dry-run" in dry.text) == (0, True, True)
    assert "new: 2 conversations" in (await weir.run("import", export_file)).text, "a dry run writes nothing"
    target = tmp_path / "all.json"
    written = await weir.run("export", "--all", "-o", str(target))
    assert (written.code, len(json.loads(target.read_text())["conversations"])) == (0, 2)
    assert "what you and the models wrote" in written.complaint


@pytest.mark.slow
async def test_what_is_there_is_not_replaced_unasked_and_what_is_missing_is_said(
    weir: Command, export_file: str, tmp_path: Path
) -> None:
    await weir.run("import", export_file)
    again = json.loads((await weir.run("import", "--json", export_file)).out)
    assert (again["new"]["turns"], again["known"]) == (0, 2)
    target = tmp_path / "chat.md"
    target.write_text("mine")
    refused = await weir.run("export", "-o", str(target))
    assert (refused.code, target.read_text(), str(target) in refused.complaint) == (2, "mine", True)
    assert (await weir.run("export", "last", "--force", "-o", str(target))).code == 0
    assert target.read_text().startswith("---\ntitle: ")
    folder = tmp_path / "chats"
    folder.mkdir()
    assert (await weir.run("export", "--all", "--format", "txt", "-o", str(folder))).code == 0
    assert [path.suffix for path in folder.iterdir()] == [".txt", ".txt"]
    for arguments in (["export", "zzz"], ["export", "-o", "/nowhere/at/all"], ["import", "/nowhere/at/all"]):
        ran = await weir.run(*arguments)
        assert (ran.code, ran.text, ran.complaint.count("\n")) == (2, "", 1)
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": "weir-conversations", "version": 9}')
    ran = await weir.run("import", "--json", str(broken))
    assert (ran.code, ran.lines[0]["type"], str(broken) in ran.lines[0]["message"]) == (2, "error", True)
