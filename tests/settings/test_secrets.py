"""The type that holds a key, and the places keys are read from."""

import copy
import dataclasses
import inspect
import json
import os
import pickle
import shlex
import socket
import sys
import traceback
from pathlib import Path
from typing import Literal

import pytest

from tui.settings.secrets import KeySource, KeyUnavailable, Secret, read_key

KEY = "-".join(("sk", "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8v"))
MASKED = "sk-…tU8v"


@dataclasses.dataclass(frozen=True)
class Holder:
    key: Secret


def test_only_reveal_gives_the_key_away() -> None:
    assert Secret(KEY).reveal() == KEY


def test_every_way_of_printing_shows_the_mask() -> None:
    secret = Secret(KEY)
    assert [str(secret), repr(secret), f"{secret}", f"{secret!r}", f"{secret!a}", "%s" % (secret,), secret.masked] == [
        MASKED,
        MASKED,
        MASKED,
        MASKED,
        ascii(secret),
        MASKED,
        MASKED,
    ]
    assert f"{secret:>10}" == f"  {MASKED}"
    assert repr([secret, {"key": secret}]) == f"[{MASKED}, {{'key': {MASKED}}}]"
    assert repr(Holder(secret)) == f"Holder(key={MASKED})"


def test_what_looks_inside_an_object_does_not_find_the_key() -> None:
    secret = Secret(KEY)
    with pytest.raises(TypeError):
        vars(secret)
    shown = [repr(member) for member in inspect.getmembers(secret)]
    shown += [repr(dataclasses.asdict(Holder(secret))), repr(dataclasses.astuple(Holder(secret)))]
    assert len(shown) > 10
    assert not any(KEY in line for line in shown)
    with pytest.raises(TypeError):
        json.dumps(secret)


def test_a_copy_is_the_same_object_and_a_pickle_is_refused() -> None:
    secret = Secret(KEY)
    assert copy.copy(secret) is secret
    assert copy.deepcopy({"key": secret})["key"] is secret
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(secret, protocol)
    with pytest.raises(TypeError, match="not pickled"):
        secret.__getstate__()


def test_secrets_are_values() -> None:
    assert Secret(KEY) == Secret(KEY)
    assert Secret(KEY) != Secret(KEY + "x")
    assert Secret(KEY) != KEY
    assert {Secret(KEY), Secret(KEY), Secret("x")} == {Secret("x"), Secret(KEY)}
    assert Secret("\udcff") == Secret("\udcff") != Secret("ÿ")
    for change in (lambda: setattr(Secret(KEY), "masked", "x"), lambda: delattr(Secret(KEY), "_Secret__reveal")):
        with pytest.raises(AttributeError):
            change()


@pytest.mark.parametrize(
    ("key", "index"),
    [
        (KEY, None),
        ("!~", None),
        ("", None),
        ("sk-abc\n", 6),
        ("sk-abc def", 6),
        (" sk", 0),
        ("密钥", 0),
        ("sk-\x00", 3),
        ("sk-\x7f", 3),
        ("sk－a", 2),
    ],
)
def test_the_first_character_that_no_header_can_hold_is_found(key: str, index: int | None) -> None:
    assert Secret(key).bad_character() == index


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("env", "ALLTKN_API_KEY", "environment variable ALLTKN_API_KEY"),
        ("command", "pass show alltkn", "command pass show alltkn"),
        ("command", f"echo {KEY}", f"command echo {MASKED}"),
        ("file", "~/.config/key", "file ~/.config/key"),
        ("none", "", "no key source"),
    ],
)
def test_a_source_is_described_in_words(
    kind: Literal["env", "command", "file", "none"], value: str, words: str
) -> None:
    assert KeySource(kind, value).describe() == words


def test_no_source_gives_no_key() -> None:
    assert read_key(KeySource("none", ""), {"": KEY}) is None


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (KEY, KEY),
        (f"{KEY}\n", KEY),
        (f"{KEY}\r\n", KEY),
        (f"{KEY}\n\n", f"{KEY}\n"),
        (f" {KEY} ", f" {KEY} "),
        (" \n", None),
        ("", None),
        (None, None),
    ],
)
def test_a_variable_is_read_without_its_last_newline(value: str | None, key: str | None) -> None:
    environ = {} if value is None else {"K": value}
    found = read_key(KeySource("env", "K"), environ)
    assert (None if found is None else found.reveal()) == key


@pytest.mark.parametrize("content", [KEY, f"{KEY}\n", f"{KEY}\r\nmore\n", f"\ufeff{KEY}\n"])
def test_the_first_line_of_a_file_is_read(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_bytes(content.encode())
    for name in (str(tmp_path / "key"), "~/key"):
        assert read_key(KeySource("file", name), {"HOME": str(tmp_path)}) == Secret(KEY)


def test_a_file_that_gives_no_key_says_why(tmp_path: Path) -> None:
    (tmp_path / "blank").write_text(f" \n{KEY}\n")
    (tmp_path / "octets").write_bytes(b"\xff" + KEY.encode())
    for name, reason in (
        ("missing", "No such file or directory"),
        ("", "Is a directory"),
        ("nul\0", "null byte"),
        ("blank", "its first line is empty"),
        ("octets", "it is not UTF-8 text"),
    ):
        error = refused(KeySource("file", f"{tmp_path}/{name}"))
        assert reason in str(error)
        assert str(tmp_path) in str(error)
    assert "home" in str(refused(KeySource("file", "~no-such-user-here/key")))


def refused(source: KeySource, timeout: float = 60.0) -> KeyUnavailable:
    """The error of a source that gives no key, whose traceback does not show the key either."""
    with pytest.raises(KeyUnavailable) as caught:
        read_key(source, os.environ, timeout=timeout)
    assert caught.value.source == source
    assert caught.value.reason in str(caught.value)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__cause__ is None
    return caught.value


def run(command: str, **environ: str) -> Secret | None:
    return read_key(KeySource("command", command), {**os.environ, **environ}, timeout=60.0)


def test_the_first_line_that_a_command_prints_is_read() -> None:
    assert run("printf '%s\\nuser: me\\n' $GIVEN", GIVEN=KEY) == Secret(KEY)
    assert run("echo $GIVEN; echo oops >&2", GIVEN=KEY) == Secret(KEY)


def test_a_command_that_prints_much_is_not_blocked(tmp_path: Path) -> None:
    (tmp_path / "much").write_text(f"{KEY}\n" + "x" * 3_000_000)
    assert run(f"cat {shlex.quote(str(tmp_path / 'much'))}") == Secret(KEY)


def test_a_command_has_no_terminal_and_no_input() -> None:
    code = "import os, sys; print('input' if sys.stdin.read() else 'none', os.getsid(0) == os.getpid() or os.getsid(0))"
    found = run(f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}; exit 0")
    assert found is not None
    words = found.reveal().split()
    assert words[0] == "none"
    assert words[1] != str(os.getsid(0))


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (f"echo {KEY}; exit 3", "it failed with status 3"),
        ("kill -9 $$", "it failed with status -9"),
        ("no-such-command-here", "it failed with status 127"),
        ("true", "it printed nothing"),
        ("echo; echo more", "its first line is empty"),
        ("printf '\\377'", "it is not UTF-8 text"),
        ("nul\0", "null byte"),
    ],
)
def test_a_command_that_gives_no_key_says_why(command: str, reason: str) -> None:
    assert reason in str(refused(KeySource("command", command)))


def test_a_command_that_does_not_end_is_ended_with_its_children() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        child = f"import socket, signal; s = socket.create_connection(('127.0.0.1', {port})); s.send(b'up'); signal.pause()"
        python = f"{shlex.quote(sys.executable)} -c {shlex.quote(child)}"
        # The command waits for a child that never ends; the connection closes only when the child is gone.
        error = refused(KeySource("command", f"echo {KEY}; {python} & wait"), timeout=2.0)
        assert error.reason == "it did not end within 2 s"
        server.settimeout(0)
        try:
            connection, _ = server.accept()
        except BlockingIOError:
            # On a slow machine the child was ended before it could connect.
            return
        with connection:
            connection.settimeout(60)
            assert connection.recv(16) in (b"up", b"")
            assert connection.recv(16) == b""


def test_a_command_that_closes_its_output_and_stays_is_ended_too() -> None:
    assert refused(KeySource("command", "exec >&-; sleep 600"), timeout=0.3).reason == "it did not end within 0.3 s"
