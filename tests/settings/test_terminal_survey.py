"""What a survey asks of a terminal, on a real pseudo-terminal that answers as the test wants."""

import os
import pty
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tui.settings.terminal_survey import measure_wide_character, survey_terminal


@dataclass(slots=True)
class Seat:
    """Both ends of a terminal."""

    far: int
    near: int

    def answer(self, data: bytes) -> threading.Thread:
        """Answer the question for the cursor, as soon as it comes."""

        def play() -> None:
            asked = b""
            while b"\x1b[6n" not in asked:
                asked += os.read(self.far, 64)
            os.write(self.far, data)

        thread = threading.Thread(target=play)
        thread.start()
        return thread


@pytest.fixture
def seat() -> Iterator[Seat]:
    far, near = pty.openpty()
    yield Seat(far, near)
    os.close(near)
    os.close(far)


@pytest.mark.parametrize(("column", "cells"), [(3, 2), (2, 1)])
def test_a_wide_character_is_measured(seat: Seat, column: int, cells: int) -> None:
    answering = seat.answer(b"\x1b[5;%dR" % column)
    assert measure_wide_character(seat.near, seat.near) == cells
    answering.join()
    assert b"\r\x1b[K" in os.read(seat.far, 64)


def test_a_survey_measures_where_somebody_sits(seat: Seat) -> None:
    answering = seat.answer(b"x\x1b[1;3R")
    survey = survey_terminal({"TERM": "xterm", "LANG": "C.UTF-8"}, seat.near, seat.near)
    answering.join()
    assert (survey.interactive, survey.wide_cells, survey.tmux_clipboard) == (True, 2, None)


def test_a_terminal_that_is_drawn_on_is_not_asked() -> None:
    survey = survey_terminal({"TERM": "xterm", "LC_ALL": "zh_CN.UTF-8"}, drawn_on=True)
    assert (survey.interactive, survey.wide_cells, survey.locale) == (True, None, "zh_CN.UTF-8")


def test_nobody_is_asked_where_nobody_sits(seat: Seat, tmp_path: Path) -> None:
    with (tmp_path / "piped").open("w+") as pipe:
        survey = survey_terminal({"TERM": "xterm", "LANG": "C.UTF-8"}, seat.near, pipe.fileno())
    assert (survey.interactive, survey.wide_cells) == (False, None)


def test_tmux_is_asked_for_its_options(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "tmux"
    program.write_text('#!/bin/sh\ncase "$3" in set-clipboard) echo external;; escape-time) echo 500;; esac\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.defpath}")
    survey = survey_terminal({"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0"})
    assert (survey.tmux_clipboard, survey.tmux_escape_ms) == ("external", 500)


def test_a_tmux_that_is_not_there_says_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    survey = survey_terminal({"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0"})
    assert (survey.tmux_clipboard, survey.tmux_escape_ms) == (None, None)
