"""Whatever surrounds a start (locale, home, terminal, streams), it works or says a sentence; never a traceback."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.command import ROOT
from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Sentence, say

ASK = ("ask", "--no-stream", "--save", "--practice", "-m", "chinese", "hi")
UNWRITABLE = {"HOME": "/proc", "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": "", "XDG_STATE_HOME": ""}
"""A home in which nobody can write, root neither."""


def surroundings(home: Path, more: Mapping[str, str | None]) -> dict[str, str]:
    folders = {f"XDG_{name.upper()}_HOME": str(home / name) for name in ("config", "data", "state")}
    usual = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm"}
    return {name: value for name, value in {**usual, **folders, **more}.items() if value is not None}


def start(home: Path, more: Mapping[str, str | None], *arguments: str, line: str = '"$@"') -> tuple[int, str, str]:
    """Run weir behind a line of sh, without a terminal; its exit code, stdout and stderr."""
    ended = subprocess.run(
        ["sh", "-c", line, "sh", sys.executable, "-W", "error", "-m", "tui", *arguments],
        env=surroundings(home, more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        timeout=60,
    )
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


def test_a_bad_locale_odd_columns_and_no_home_change_nothing(tmp_path: Path) -> None:
    odd = {"LC_ALL": "xx_YY.NOPE", "COLUMNS": "-1", "LINES": "abc", "PYTHONIOENCODING": "ascii"}
    odd |= {"HOME": None, "TERM": None}
    code, out, err = start(tmp_path, odd, *ASK)
    assert (code, err) == (0, "")
    assert "完整" in out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "line", "code", "complaint"),
    [
        ({"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, '"$@"', 0, ""),
        (UNWRITABLE, '"$@"', 0, "cannot be"),
        ({"HOME": "/nonexistent", "XDG_STATE_HOME": None, "XDG_DATA_HOME": "/proc/x"}, '"$@"', 0, "cannot be"),
        ({}, '"$@" <&-', 0, ""),
        ({}, '"$@" >&-', 141, ""),
        ({}, '"$@" 2>&-', 0, ""),
        ({}, '"$@" <&- >&- 2>&-', 141, ""),
    ],
)
def test_a_question_is_answered_or_a_sentence_says_why_not(
    more: Mapping[str, str | None], line: str, code: int, complaint: str, tmp_path: Path
) -> None:
    ended, out, err = start(tmp_path, more, *ASK, line=line)
    assert ended == code
    assert ("完整" in out) is (code == 0)
    assert complaint in err
    assert "Traceback" not in err
    assert bool(err) is bool(complaint)


@pytest.mark.parametrize(
    ("line", "said"), [('"$@"', "the app needs a terminal"), ('"$@" --plain', "stdin is none of these")]
)
def test_without_a_terminal_a_sentence_says_what_is_missing(line: str, said: str, tmp_path: Path) -> None:
    code, out, err = start(tmp_path, {}, line=f"{line} <&- 2>&1")
    assert (code, err) == (2, "")
    assert said in out
    assert out.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({"TERM": None}, Sentence(say("plain.dumb", term=""))),
        ({"TERM": "dumb"}, Sentence(say("plain.dumb", term="dumb"))),
        ({"TERM": "nonsense-77", "COLUMNS": "abc", "LINES": "-3"}, Sentence(say("welcome.title"))),
        ({"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, Sentence(say("welcome.title"))),
        (UNWRITABLE, Sentence("/proc/.local/share/weir/weir.db")),
    ],
)
def test_the_app_opens_or_says_why_it_runs_in_lines(
    more: Mapping[str, str | None], shown: Sentence, tmp_path: Path
) -> None:
    program = [sys.executable, "-m", "tui", "--practice"]
    with PtyTerminal(program, env=surroundings(tmp_path, more), columns=100, rows=30, cwd="/", grace=0.1) as terminal:
        terminal.wait_for(shown)
        assert "Traceback" not in terminal.text()


@pytest.mark.slow
def test_ctrl_c_in_the_first_moments_leaves_no_traceback(tmp_path: Path) -> None:
    program = [sys.executable, "-X", "importtime", "-m", "tui", *ASK]
    for module in ("argparse", "tui.settings.config", "tui.cli", "tui.chat.routes"):
        with subprocess.Popen(
            program, env=surroundings(tmp_path, {}), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            said = ""
            for line in process.stderr:
                said += line
                if re.search(rf"\| +{re.escape(module)}$", line):
                    process.send_signal(signal.SIGINT)
                    break
            said += process.stderr.read()
            assert "Traceback" not in said
            assert process.wait(60) in (130, -signal.SIGINT)
