"""The type that holds a key, the places keys are read from, and the masking of known keys."""

import base64
import copy
import dataclasses
import inspect
import json
import os
import pickle
import shlex
import sys
import traceback
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tui.settings.key_source import KeySource, is_variable_name
from tui.settings.mask import public_prefix
from tui.settings.needle import is_dummy
from tui.settings.secrets import KeyUnavailable, Masker, Secret, read_key

# No key stands here in one piece, so that no scanner of sources takes one for real.
MIXED = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8v"
KEY = "-".join(("sk", MIXED))
MASKED = "sk-…tU8v"
PROJECT_KEY = "-".join(("sk", "proj", MIXED + MIXED))
OPAQUE = "Zq" + MIXED[:20] + "x7"


@dataclasses.dataclass(frozen=True)
class Holder:
    key: Secret


def test_only_reveal_gives_the_key_away() -> None:
    assert Secret(KEY).reveal() == KEY


def test_every_way_of_printing_shows_the_mask() -> None:
    secret = Secret(KEY)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r}", secret.masked]
    assert shown == [MASKED] * 5
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
    for name in ("masked", "_Secret__reveal"):
        with pytest.raises(AttributeError):
            setattr(Secret(KEY), name, str)
        with pytest.raises(AttributeError):
            delattr(Secret(KEY), name)


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
    code = "import os, sys; print('input' if sys.stdin.read() else 'none', os.getsid(0))"
    found = run(f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}")
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


@pytest.mark.parametrize("command", [f"echo {KEY}; sleep 600", f"echo {KEY}; exec >&-; sleep 600"])
def test_a_command_that_does_not_end_is_not_waited_for(command: str) -> None:
    assert refused(KeySource("command", command), timeout=0.0).reason == "it did not end within 0 s"


@pytest.mark.parametrize("name", ["K", "_", "alltkn_key_2", "ALLTKN_API_KEY", "LLM_PRODUCTION_GATEWAY_KEY_2026"])
def test_a_name_of_a_variable(name: str) -> None:
    assert is_variable_name(name)


@pytest.mark.parametrize("text", ["a3f9" + "c0d1e2b345" * 2, "A3F9" + "C0D1E2B345" * 2, "fw_3Zabc" + "DEFghiJKLmn"])
def test_a_key_that_could_name_a_variable_is_none(text: str) -> None:
    assert not is_variable_name(text)


@pytest.mark.parametrize("text", ["", "2K", "A-B", "A B", "A=B", "$K", "K\n", "密钥", "ä", KEY])
def test_what_is_no_name_of_a_variable(text: str) -> None:
    assert not is_variable_name(text)


def parts(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(0, len(text), length)]


def escaped(key: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in key)


ODD_KEY = 'aZ"9\\%/ü4+x=8Qk&<w>\'7' + "pLm3"

FORMS: dict[str, Callable[[str], str]] = {
    "exact": lambda key: key,
    "upper": lambda key: "".join(character.upper() if character.isascii() else character for character in key),
    "lower": str.lower,
    "percent": lambda key: urllib.parse.quote(key, safe=""),
    "percent, all": lambda key: "".join(f"%{octet:02X}" for octet in key.encode()),
    "percent, twice": lambda key: urllib.parse.quote(urllib.parse.quote(key, safe=""), safe=""),
    "json": json.dumps,
    "json, all": escaped,
    "json, twice": lambda key: json.dumps(json.dumps(key)),
    "repr": repr,
    "bytes": lambda key: repr(key.encode()),
    "html": lambda key: key.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("-", "&#45;"),
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64, user": lambda key: base64.b64encode(b"u:" + key.encode()).decode(),
    "base64, me": lambda key: base64.b64encode(b"me:" + key.encode() + b"!").decode(),
    "base64, one": lambda key: base64.urlsafe_b64encode(b"?" + key.encode()).decode(),
    "base64, cut": lambda key: base64.b64encode(key.encode()).decode()[:-3],
    "base64, lines": lambda key: "\n".join(parts(base64.b64encode(key.encode()).decode(), 7)),
    "hex": lambda key: key.encode().hex(),
    "spaces": lambda key: " ".join(key),
    "lines": lambda key: "\n".join(parts(key, 6)),
    "escaped lines": lambda key: "\\n".join(parts(key, 6)),
    "table": lambda key: " │\n│ ".join(parts(key, 6)),
    "pipes": lambda key: " |\n| ".join(parts(key, 6)),
    "colours": lambda key: "\x1b[1m".join(key),
    "escaped colours": lambda key: "\\x1b[31m".join(parts(key, 6)),
    "invisible": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "half a sequence": lambda key: "\x1b[" + key,
}


KNOWN = {"project": PROJECT_KEY, "opaque": OPAQUE, "odd": ODD_KEY, "words": "swordfish & more", "eight": "kq7#bT~w"}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("key", KNOWN.values(), ids=KNOWN.keys())
def test_a_known_key_is_masked_in_every_form(key: str, form: Callable[[str], str]) -> None:
    written = form(key)
    if form is FORMS["base64, cut"] and len(key) < 12:
        written = FORMS["base64"](key)
    masked = Masker([Secret(key)])(f"(before) {written} (after)")
    assert masked.startswith("(before) ")
    assert masked.endswith(" (after)")
    # Quotes and what base64 holds of the neighbours may stay beside the mask, and nothing else.
    assert len(masked) - len("(before)  (after)") <= len("sk-proj-…0xYz") + 10
    assert "…" in masked or "[masked]" in masked


@pytest.mark.parametrize("key", [PROJECT_KEY, OPAQUE, ODD_KEY], ids=["project", "opaque", "odd"])
def test_a_start_of_a_known_key_is_masked_from_the_eighth_character_behind_its_prefix(key: str) -> None:
    mask = Masker([Secret(key)])
    sure = len(public_prefix(key)) + 8
    for length in range(sure, len(key)):
        assert key[:sure] not in mask(f"x {key[:length]} y")
    assert mask(f"x {key[: sure - 1]} y") == f"x {key[: sure - 1]} y"


def test_a_secret_that_begins_like_a_known_one_is_masked_whole() -> None:
    known = OPAQUE + "A" * 20
    other = OPAQUE + "_B" * 20
    assert Masker([Secret(known)])(f"x {other} y") == "x [masked] y"


def test_overlapping_keys_leave_nothing() -> None:
    first, second = "abcd1234efgh", "efgh5678ijkl"
    assert Masker([Secret(first), Secret(second)])("abcd1234efgh5678ijkl") == "[masked]"
    assert Masker([Secret("ab" * 5 + "XYZ")])("ab" * 7 + "XYZ") == "[masked]"


def test_a_short_key_is_masked_only_where_a_header_holds_a_key() -> None:
    mask = Masker([Secret("none"), Secret("x")])
    assert mask("Bearer none, api_key=none, x-api-key: x") == "Bearer [masked], api_key=[masked], x-api-key: [masked]"
    assert mask("there is none; x marks the spot") == "there is none; x marks the spot"


def test_a_key_is_added_once_and_found_from_then_on() -> None:
    mask = Masker()
    assert mask("see swordfish-9") == "see swordfish-9"
    mask.add(Secret("swordfish-9"))
    mask.add(Secret("swordfish-9"))
    mask.add(Secret(""))
    assert mask("see swordfish-9") == "see [masked]"


KEYS = st.one_of(
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=60),
    st.text(min_size=8, max_size=30),
    st.text("ab", min_size=8, max_size=40),
    st.text("%1\\nu0 |", min_size=8, max_size=20),
    st.tuples(st.sampled_from(["sk-", "sk-proj-", "gsk_"]), st.text("aB1-_", min_size=8, max_size=60)).map("".join),
)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(KEYS, st.text(max_size=20), st.text(max_size=20), st.integers(0, 60))
@example("a" * 24, "", "a" * 5, 0)
@example("41abcdef", "%", "", 0)
@example("nabcdefg", "\\", "", 0)
def test_no_known_key_and_no_sure_start_of_it_remains(key: str, before: str, after: str, length: int) -> None:
    assume(key not in "[masked]")
    assume(not is_dummy(key))  # a word that fills a field is masked in a header alone
    sure = key[: len(public_prefix(key)) + 9]
    masked = Masker([Secret(key)])(f"{before}{key}{after} {key[:length]}{after}")
    assert key not in masked
    if len(sure) == len(public_prefix(key)) + 9:
        assert sure not in masked
