"""What an error repeats of the conversation is not in its record; what it says beside that is."""

import dataclasses
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chat.sample import make_sample_record
from tui.stream.echo import PICTURED, REPLIED, SAID, forget_reply, hide_echo, hide_images
from tui.stream.outcome import Outcome

PROMPT = (
    'The lighthouse keeper said: "Never\ttrust a parrot"\nand closed the door behind him'
    " — 灯塔看守人从不相信鹦鹉说的任何话，一句也不。"
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"Invalid prompt: {PROMPT}", f"Invalid prompt: {SAID}"),
        (f"Invalid prompt: {PROMPT[:40]}… was refused", f"Invalid prompt: {SAID}… was refused"),
        (f"input={json.dumps(PROMPT)}", f'input="{SAID}"'),
        (f"input={json.dumps(PROMPT, ensure_ascii=False)}, try again", f'input="{SAID}", try again'),
        (f"{PROMPT[20:60]} | {PROMPT[:30]}", f"{SAID} | {SAID}"),
        (f"flagged: {PROMPT.upper()}", f"flagged: {SAID}"),
        ("The lighthouse is closed", "The lighthouse is closed"),
        ("Rate limit reached", "Rate limit reached"),
        ("", ""),
    ],
)
def test_runs_of_a_message_are_hidden(text: str, left: str) -> None:
    assert hide_echo(text, ["be brief", PROMPT]) == left


def test_a_short_message_is_hidden_where_it_stands_alone() -> None:
    assert hide_echo('bad prompt "my plan": my planet', ["my plan"]) == f'bad prompt "{SAID}": my planet'
    assert hide_echo("Flagged: MY PLAN", ["my plan"]) == f"Flagged: {SAID}"
    assert hide_echo("hi, this is an error", ["hi", " "]) == "hi, this is an error"


@pytest.mark.slow
@settings(max_examples=30)
@given(st.randoms(use_true_random=False), st.integers(0, 300), st.integers(24, 200), st.text("ab c", max_size=40))
def test_no_run_of_24_characters_is_left(dice: random.Random, start: int, length: int, around: str) -> None:
    prompt = "".join(dice.choices("abcdefghijklmnop \n", k=600))
    hidden = hide_echo(f"{around}{prompt[start : start + length]}{around}", [prompt])
    assert not any(prompt[at : at + 24] in hidden for at in range(len(prompt) - 24))


def test_a_long_conversation_costs_little_and_only_its_end_is_looked_at() -> None:
    long = "x" * 5_000_000
    assert hide_echo("y" * 100_000, [long, PROMPT]) == "y" * 100_000
    assert hide_echo(PROMPT, [PROMPT, long]) == PROMPT


def test_of_a_long_message_both_ends_are_looked_at() -> None:
    assert hide_echo(PROMPT, [PROMPT + "x" * 1_000_000]) == SAID
    assert hide_echo(PROMPT, ["x" * 1_000_000 + PROMPT]) == SAID


def test_of_an_image_no_byte_is_left() -> None:
    url = "data:image/png;base64,iVBORw0KGgo/+A=="
    assert hide_images(f'bad image_url "{url}" here') == f'bad image_url "data:image/png;base64,{PICTURED}" here'
    assert hide_images("needs ;base64, and more") == "needs ;base64, and more"


def test_what_an_error_repeats_of_the_reply_is_hidden_too() -> None:
    record = make_sample_record(Outcome.IN_BAND_ERROR)
    assert forget_reply(record, [PROMPT]) is record
    error = {"class": "server", "type": None, "code": "server", "message": f"lost after {PROMPT}"}
    told = forget_reply(dataclasses.replace(record, error=error), ["", PROMPT, "server"]).error
    assert told == {"class": "server", "type": None, "code": REPLIED, "message": f"lost after {REPLIED}"}
    plain = dataclasses.replace(record, error={"class": "server", "message": "overloaded"})
    assert forget_reply(plain, [PROMPT]) is plain
