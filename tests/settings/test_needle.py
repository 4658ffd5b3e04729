"""The ways a server gives a known key away in parts or in disguise, and the prose that a key must not take along."""

import base64
import html
import json
import time
import urllib.parse
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.settings.leak import exposed
from tui.settings.needle import is_dummy
from tui.settings.secrets import Masker, Secret

# No key stands here in one piece, so that no scanner of sources takes one for real.
PART = "aB3dE5fG7hJ9kL1mN2pQ4rS6"
KEYS = {
    "project": "-".join(("sk", "proj", PART + "tU8v")),
    "anthropic": "-".join(("sk", "ant", "api03", PART)),
    "unknown prefix": "-".join(("deepseek", PART)),
    "no prefix": PART,
    "sixteen": PART[:16],
    "hex": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "letters": "kqzvwmxjtrplbhgfdnsc",
}


def secret_part(key: str) -> str:
    """The key without what stands before its random part."""
    return key[max(key.rfind("-") + 1, 0) :]


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
def test_runs_of_a_key_are_masked_wherever_they_come_from(key: str) -> None:
    mask, secret = Masker([Secret(key)]), secret_part(key)
    for start in range(len(secret) - 11):
        for end in (start + 12, min(start + 15, len(secret)), len(secret)):
            masked = mask(f"no key ends in ...{secret[start:end]}, see /help")
            assert not exposed(masked, secret, 5)
            assert masked.startswith("no key ends in ...")
            assert masked.endswith(", see /help")


@pytest.mark.parametrize("name", ["project", "anthropic", "unknown prefix"])
def test_a_key_without_its_prefix_is_masked_whole(name: str) -> None:
    assert Masker([Secret(KEYS[name])])(f"x {secret_part(KEYS[name])} y") == "x [masked] y"


@pytest.mark.parametrize("joined", ["; ", ", ", '", "', "'), ('", " and ", "\n- ", "</li><li>", " (cut) … "])
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
def test_a_key_in_two_or_three_pieces_is_masked(key: str, joined: str) -> None:
    mask, secret = Masker([Secret(key)]), secret_part(key)
    for place in range(len(secret)):
        assert not exposed(mask(f"bad: {key[:-place]}{joined}{key[-place:]}."), secret, 5)
        pieces = key[: place // 2 + 3], key[place // 2 + 3 : place + 6], key[place + 6 :]
        assert not exposed(mask(f"bad: {joined.join(pieces)}."), secret, 5)


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
def test_a_key_in_several_texts_is_masked_in_each(key: str) -> None:
    mask, secret = Masker([Secret(key)]), secret_part(key)
    for first in range(0, len(key), 3):
        for second in range(first, len(key), 3):
            texts = [f"a {key[second:]}", f"{key[:first]} b", f"c-{key[first:second]}", "nothing here"]
            masked = mask.together(texts)
            assert not any(exposed(text, secret, 5) for text in masked)
            assert masked[3] == "nothing here"


def test_the_texts_are_cut_each() -> None:
    assert Masker().together(["abcdef", "ab"], 4) == ["abc…", "ab"]
    assert Masker().together([]) == []


def nested(key: str) -> str:
    """JSON in JSON in JSON, as routers pass their upstream's errors on."""
    return json.dumps({"e": json.dumps({"e": json.dumps({"message": f"bad {key}"})})})


DISGUISES: dict[str, Callable[[str], str]] = {
    "braces": lambda key: "".join(f"\\u{{{ord(character):x}}}" for character in key),
    "braces, nested": lambda key: "".join(f"\\\\u{{{ord(character):06X}}}" for character in key),
    "decimal": lambda key: "".join(f"&#{ord(character):07};" for character in key),
    "decimal, escaped": lambda key: html.escape("".join(f"&#{ord(character)};" for character in key)),
    "hex": lambda key: "".join(f"&#x{ord(character):04X};" for character in key),
    "hex, in JSON": lambda key: "".join(f"\\u0026#x{ord(character):x};" for character in key),
    "long": lambda key: "".join(f"\\U{ord(character):08x}" for character in key),
    "octal": lambda key: "".join(f"\\{ord(character):03o}" for character in key),
    "percent": lambda key: "".join(f"%{ord(character):{'Xx'[index % 2]}}" for index, character in enumerate(key)),
    "percent, in JSON": lambda key: urllib.parse.quote("".join(f"\\u{ord(character):04x}" for character in key)),
    "half": lambda key: "".join(
        character if index % 2 else f"&#{ord(character)};" for index, character in enumerate(key)
    ),
    "nested": nested,
    "bytes in a list": lambda key: repr([("authorization", f"Bearer {key}".encode())]),
    "bytes in JSON": lambda key: json.dumps({"headers": repr({b"x-key": key.encode()})}),
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64 of JSON": lambda key: base64.b64encode(json.dumps({"key": key}).encode()).decode(),
    "base64, percent": lambda key: urllib.parse.quote(base64.b64encode(key.encode()).decode(), safe=""),
    "basic": lambda key: "Basic " + base64.b64encode(f"user:{key}".encode()).decode(),
    "basic, key first": lambda key: base64.b64encode(f"{key}:".encode()).decode(),
    "base64, end": lambda key: base64.b64encode(key.encode()).decode()[8:],
    "hexadecimal, middle": lambda key: key.encode().hex()[8:-4],
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES.keys())
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
def test_a_key_in_disguise_is_masked(key: str, disguise: Callable[[str], str]) -> None:
    masked = Masker([Secret(key)])(f"before: {disguise(key)} (after)")
    assert "…" in masked or "[masked]" in masked
    assert not exposed(masked, secret_part(key), 5)
    assert masked.endswith(" (after)")


DUMMIES = [
    "dummy-key",
    "not-needed",
    "sk-no-key-required",
    "lm-studio",
    "LM Studio",
    "no_key_needed",
    "your-api-key-here",
    "placeholder",
    "sk-test-key",
    "none",
    "sk-1234",
]
PROSE_OF_DUMMIES = (
    "LM Studio (lm-studio) says: a key is not needed. With a dummy key, or sk-no-key-required, no_key_needed is a "
    "placeholder; your-api-key-here is an example. An sk-test-key is none."
)


@pytest.mark.parametrize("key", DUMMIES)
def test_a_dummy_key_is_masked_in_header_positions_alone(key: str) -> None:
    mask = Masker([Secret(key)])
    assert is_dummy(key)
    assert mask(PROSE_OF_DUMMIES) == PROSE_OF_DUMMIES
    assert mask.together([PROSE_OF_DUMMIES]) == [PROSE_OF_DUMMIES]
    if " " not in key:
        assert key not in mask(f"Authorization: Bearer {key}")
        assert key not in mask(f"x-api-key: {key}")
        assert key not in mask(f"{{'api_key': '{key}'}}")


@pytest.mark.parametrize("key", ["swordfish", "12345678", "aaaaaaaa", "dummy-key-7", "--------", *KEYS.values()])
def test_any_other_key_of_eight_characters_is_no_dummy(key: str) -> None:
    assert not is_dummy(key)
    assert key not in Masker([Secret(key)])(f"see {key} there")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (KEYS["unknown prefix"], "deepseek-chat and deepseek-reasoner of api.deepseek.com"),
        ("alltkn-live-" + PART, "the alltkn-live-status page of alltkn-live-eu"),
        ("correct-horse-battery-staple", "the horse and its battery are correct; a staple diet"),
        ("acme-production-access-2024", "the production access of acme; production-grade, 2024-11-22"),
        ("swordfish-and-chips", "sword and fish; chips"),
        (KEYS["hex"], "3fa85f64-5717-4562-b3fc-2c963f66afa6 commit 9fceb02d0ae598e95dc970b74767f19372d61af8"),
        (KEYS["hex"], "4bf92f3577b34da6a3ce929d0e0e4736, 0a1b2c3, e8f9 and c6d7"),
        (KEYS["project"], "sk-proj-… and sk-proj-, req_011CSHoEeqs5C35K2UUqR7Fy, aB3dE5f, …tU8v"),
        (KEYS["sixteen"], "gpt-4o-2024-08-06 aB3d then {\"n\": 1e5, \"x\": [0.25]} %2F &amp; \\u00fc &#228;"),
        ("sk-model", "the model of another model; sk-mode"),
        ("sk-deepseek", "deepseek-chat is the model"),
        ("sk-ab1cd", "ab1cd, sk-ab1"),
        (KEYS["letters"], "kqzv of the plain text, wmxj"),
    ],
)
def test_text_that_only_resembles_a_key_stays(key: str, text: str) -> None:
    assert Masker([Secret(key)])(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (KEYS["project"], "sk-proj-…tU8v"),
        (f"[{KEYS['project']}]", "[sk-proj-…tU8v]"),
        (f"{KEYS['project']}/models", "sk-proj-…tU8v/models"),
        (f"{KEYS['project'][:20]}...", "sk-proj-…"),
        (f"...{KEYS['project'][-12:]}.", "...[masked]."),
        ("sk-proj-…tU8v", "sk-proj-…tU8v"),
        (f"{KEYS['project'][:16]}-x", "sk-proj-…-x"),
        (f"{KEYS['project'][:17]}-x y", "sk-proj-… y"),
    ],
)
def test_the_form_of_the_masks(text: str, masked: str) -> None:
    assert Masker([Secret(KEYS["project"])])(text) == masked


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.text("abc123", min_size=8, max_size=24), st.lists(st.text("abc123 ;[]masked…", max_size=30), max_size=4))
def test_masking_pieces_twice_changes_nothing(key: str, texts: list[str]) -> None:
    mask = Masker([Secret(key)])
    once = mask.together(texts)
    assert mask.together(once) == once


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["wrong key, see https://h.example/a; ", "aB3d", f"{KEYS['project'][:20]} ", "%61"])
def test_the_work_grows_as_the_text_does(piece: str) -> None:
    mask = Masker([Secret(KEYS["project"])])

    def cost(size: int) -> float:
        text = piece * (size // len(piece))
        started = time.process_time()
        mask(text, 600)
        return time.process_time() - started

    # Four times the text takes four times as long, and a quadratic step sixteen times, on any machine.
    assert cost(1 << 22) < 10 * cost(1 << 20)


SEPARATED = {
    **{name: name.join for name in (".", "-", "_", ",", ", ", '", "', "**", "+", ":", "\u3164", "\u2800", "\u180b")},
    "struck through": "\u0336".join,
    "in threes": lambda key: ", ".join(key[place : place + 3] for place in range(0, len(key), 3)),
    "codes": lambda key: json.dumps({"type": "Buffer", "data": list(key.encode())}),
    "hexadecimal codes": lambda key: ", ".join(f"0x{code:02x}" for code in key.encode()),
    "hex with colons": lambda key: key.encode().hex(":"),
    "quoted-printable": lambda key: "".join(f"={code:02X}" for code in key.encode()),
    "full-width": lambda key: "".join(chr(ord(letter) + 0xFEE0) for letter in key),
}


@pytest.mark.parametrize("form", SEPARATED.values(), ids=SEPARATED.keys())
@pytest.mark.parametrize("key", [*KEYS.values(), "hunter22", "correct-horse-battery-staple"])
def test_a_key_is_masked_whatever_stands_between_its_characters(key: str, form: Callable[[str], str]) -> None:
    written = form(key)
    masked = Masker([Secret(key)])(f"(before) {written} (after)")
    assert masked.startswith("(before) ")
    assert masked.endswith(" (after)")
    assert written not in masked
    solid = "".join(filter(str.isalnum, masked.lower()))
    assert "".join(filter(str.isalnum, secret_part(key).lower())) not in solid


def test_a_key_that_repeats_itself_is_masked_in_pieces() -> None:
    key = "0a1b2c3d4e5f6071" * 2
    texts = ["bad 0a1b2c3", "d4e5f60", "710a1b2", "c3d4e5f", "6071"]
    assert not [piece for piece in ("b2c3", "d4e5", "10a1") if piece in "".join(Masker([Secret(key)]).together(texts))]


@pytest.mark.parametrize(
    "prose",
    [
        "The correct horse is a battery of staples",
        "def hunter(): return 22",
        "rows [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] and 2026-04-01 12:00:30",
        "550e8400-e29b-41d4-a716-446655440000",
        "a hunter, 2 or 2.5 km away",
    ],
)
def test_what_only_resembles_a_key_stays(prose: str) -> None:
    keys = [*KEYS.values(), "hunter22", "correct-horse-battery-staple"]
    assert Masker(map(Secret, keys))(prose) == prose
