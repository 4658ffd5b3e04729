"""The crash log: where a bug struck, and not one value of a variable."""

import stat
from pathlib import Path

import pytest

from tui import __version__
from tui.settings.crash import write_crash_log
from tui.settings.secrets import Masker, Secret

# No key stands here in one piece, so that no scanner of sources takes one for real.
KEY = "-".join(("sk", "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8v"))
SHAPELESS_KEY = "_".join(("walrus", "carrot", "window", "nine"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "crash.log"


def strike(text: str) -> Exception:
    """An error with a cause and a chain of frames, in each of which a variable holds a prompt and a key."""
    prompt, key = "my private prompt", KEY

    def inner() -> None:
        reply = f"the private reply to {prompt}"
        raise KeyError(f"{key} {len(reply)}")

    def outer() -> None:
        try:
            inner()
        except KeyError as cause:
            raise ValueError(text) from cause

    with pytest.raises(ValueError) as struck:
        outer()
    return struck.value


def test_frames_are_kept_and_variables_are_not(path: Path) -> None:
    said = write_crash_log(path, strike("it broke"))
    log = path.read_text()
    assert said == f"a bug ended weir (ValueError: it broke). The masked details are in {path}; please report them."
    lines = log.splitlines()
    assert f" weir {__version__} python " in lines[0]
    assert lines[1] == "  ValueError: it broke"
    assert [line for line in lines if not line.startswith("    ")][2].startswith("  KeyError: ")
    assert all("settings/test_crash.py:" in line for line in lines if line.endswith((" in outer", " in inner")))
    assert lines[-1].endswith(" in inner")
    for secret in ("my private prompt", "the private reply", "prompt =", KEY, KEY[:15], str(Path(__file__).parents[2])):
        assert secret not in log
    assert "sk-…tU8v" in log
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_in_the_text_is_masked_in_the_log_and_in_the_sentence(path: Path) -> None:
    said = write_crash_log(path, strike(f"Authorization: Bearer {KEY}"))
    known = write_crash_log(path, strike(f"it was {SHAPELESS_KEY}"), Masker([Secret(SHAPELESS_KEY)]))
    for text in (said, known, path.read_text()):
        assert KEY not in text
        assert SHAPELESS_KEY not in text
    assert known.startswith("a bug ended weir (ValueError: it was ")


def test_a_long_text_is_cut_and_controls_are_gone(path: Path) -> None:
    said = write_crash_log(path, strike("x\x1b[2J" + "words " * 500))
    assert len(said) < 400 + len(str(path))
    assert "\x1b" not in said + path.read_text()


def test_an_error_without_a_text_is_named(path: Path) -> None:
    assert write_crash_log(path, RuntimeError()).startswith("a bug ended weir (RuntimeError). ")


def test_the_context_is_told_unless_it_was_suppressed(path: Path) -> None:
    def fail_twice() -> None:
        try:
            raise KeyError("first")
        except KeyError:
            int("second")

    with pytest.raises(ValueError) as struck:
        fail_twice()
    write_crash_log(path, struck.value)
    assert "KeyError: 'first'" in path.read_text()
    struck.value.__suppress_context__ = True
    path.unlink()
    write_crash_log(path, struck.value)
    assert "'second'" in path.read_text()
    assert "first" not in path.read_text()


def test_several_crashes_stand_one_after_the_other(path: Path) -> None:
    for text in ("one", "two"):
        write_crash_log(path, strike(text))
    assert [line for line in path.read_text().splitlines() if "ValueError" in line] == [
        "  ValueError: one",
        "  ValueError: two",
    ]


def test_a_log_that_cannot_be_written_is_said_and_raises_nothing(path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    said = write_crash_log(path, strike("it broke"))
    assert said.startswith(f"a bug ended weir (ValueError: it broke); the crash log {path} could not be written (")
    assert said.endswith(").")
