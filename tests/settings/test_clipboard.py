"""Which way a text goes to the clipboard, and that no more is said of it than is known."""

import asyncio
import os
import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tui.settings.clipboard import LIMIT, CopyWay, copy, encode_text
from tui.settings.terminal import Terminal
from tui.text.language import load_language

PLAIN = Terminal("256", utf8=True)


async def copied(text: str, terminal: Terminal, folder: Path) -> tuple[CopyWay, list[str]]:
    sent: list[str] = []
    return await copy(text, terminal, folder, sent.append), sent


async def test_a_terminal_is_sent_the_text_and_a_file_has_it_too(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    way, sent = await copied("heron\n水", PLAIN, folder)
    assert way == CopyWay("terminal", folder / "clipboard.txt")
    assert sent == ["heron\n水"]
    assert (folder / "clipboard.txt").read_text() == "heron\n水"
    assert stat.S_IMODE((folder / "clipboard.txt").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "terminal", [replace(PLAIN, dumb=True), replace(PLAIN, screen=True), replace(PLAIN, osc8=False)]
)
async def test_where_nothing_can_arrive_there_is_the_file(tmp_path: Path, terminal: Terminal) -> None:
    assert await copied("heron", terminal, tmp_path) == (CopyWay("file", tmp_path / "clipboard.txt"), [])


async def test_a_text_over_the_limit_goes_to_the_file(tmp_path: Path) -> None:
    most = "x" * (LIMIT // 4 * 3)
    assert len(encode_text(most)) == LIMIT
    assert (await copied(most, PLAIN, tmp_path))[1] == [most]
    way, sent = await copied(most + "x", PLAIN, tmp_path)
    assert (way.code, sent) == ("file", [])
    assert (tmp_path / "clipboard.txt").read_text() == most + "x"


async def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.write_text("no folder")
    way, sent = await copied("heron", PLAIN, folder)
    assert (way.code, sent, bool(way.reason)) == ("sent", ["heron"], True)
    way, sent = await copied("heron", replace(PLAIN, dumb=True), folder)
    assert (way.code, sent, bool(way.reason)) == ("failed", [], True)


async def test_without_a_tmux_to_run_there_is_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await copied("heron", replace(PLAIN, tmux=True), tmp_path) == (
        CopyWay("file", tmp_path / "clipboard.txt"),
        [],
    )


@pytest.mark.parametrize("fate", ["exit 1", "exec sleep 600"])
async def test_a_tmux_that_fails_or_hangs_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fate: str
) -> None:
    monkeypatch.setattr("tui.settings.clipboard.TMUX_SECONDS", 0.01 if "sleep" in fate else 20)
    program = tmp_path / "tmux"
    program.write_text(f"#!/bin/sh\n{fate}\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert (await copied("heron", replace(PLAIN, tmux=True), tmp_path))[0].code == "file"


async def test_no_answer_is_no_promise() -> None:
    """Only the sentence for tmux, which answers, says that anything was copied."""
    sentences = load_language("en").table("clipboard")
    assert [code for code, text in sentences.items() if "Copied" in text] == ["tmux"]
    assert set(sentences) == {"tmux", "terminal", "sent", "file", "failed"}


@asynccontextmanager
async def tmux_server(folder: Path) -> AsyncGenerator[str, None]:
    """A tmux server of the test's own; its value of TMUX."""
    socket = folder / "tmux.socket"
    await run_tmux("-S", str(socket), "-f", os.devnull, "new-session", "-d", "sleep", "600")
    try:
        yield f"{socket},0,0"
    finally:
        await run_tmux("-S", str(socket), "kill-server")


async def run_tmux(*arguments: str) -> bytes:
    process = await asyncio.create_subprocess_exec("tmux", *arguments, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out


@pytest.mark.real
@pytest.mark.parametrize("text", ["heron\n水 $(id)\x1b]", "y" * 200_000])
async def test_a_real_tmux_takes_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    async with tmux_server(tmp_path) as where:
        monkeypatch.setenv("TMUX", where)
        assert await copied(text, replace(PLAIN, tmux=True), tmp_path) == (CopyWay("tmux"), [])
        assert (await run_tmux("show-buffer")).decode() == text
    assert not (tmp_path / "clipboard.txt").exists()


@pytest.mark.real
async def test_a_tmux_that_is_gone_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", f"{tmp_path / 'none'},0,0")
    assert (await copied("heron", replace(PLAIN, tmux=True), tmp_path))[0].code == "file"
