"""Parameters: what may be set, what is sent, and which setting wins."""

import tomllib
from typing import Any

import pytest

from tui.settings.parameters import ParameterError, Parameters, read_parameters

FULL = Parameters("Be brief.", 0.2, 0.9, 100, 7, ("END", "STOP"), "low", {"top_k": 40, "logit_bias": {"50256": -100}})
BODY = {
    "temperature": 0.2,
    "top_p": 0.9,
    "max_tokens": 100,
    "seed": 7,
    "stop": ["END", "STOP"],
    "reasoning_effort": "low",
    "top_k": 40,
    "logit_bias": {"50256": -100},
}


def test_only_what_is_set_is_sent() -> None:
    assert FULL.body() == BODY
    assert Parameters().body() == {}
    assert Parameters(temperature=0.0, seed=0).body() == {"temperature": 0.0, "seed": 0}


def test_a_table_is_read_back() -> None:
    assert read_parameters(FULL.as_table()) == FULL
    assert read_parameters({}) == Parameters()
    assert read_parameters({"stop": "END"}).stop == ("END",)


def test_mine_stand_over_the_other_s_and_extra_is_joined() -> None:
    mine = Parameters(temperature=0.0, extra={"top_k": 1})
    assert mine.over(FULL).body() == {**BODY, "temperature": 0.0, "top_k": 1}
    assert mine.over(FULL).system == "Be brief."
    assert mine.over(Parameters()) == mine
    assert Parameters().over(FULL) == FULL


def test_they_are_true_when_any_is_set() -> None:
    assert not Parameters()
    assert Parameters(temperature=0.0)
    assert Parameters(extra={"a": False})


def test_what_the_status_bar_shows() -> None:
    assert Parameters().shown() == ""
    assert Parameters(temperature=0.2, stop=("END",), extra={"top_k": 40}).shown() == (
        "temperature 0.2, stop ['END'], top_k 40"
    )
    assert Parameters(system="secret plan").shown() == "system"
    assert Parameters(extra={"a": "x" * 99}).shown() == "a " + "x" * 23 + "…"


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("temprature = 1", "temprature is not a known parameter"),
        ("temperature = 3", "temperature must be a number from 0 to 2"),
        ("temperature = nan", "temperature must be a number from 0 to 2"),
        ("temperature = true", "temperature must be a number from 0 to 2"),
        ('top_p = "1"', "top_p must be a number from 0 to 1"),
        ("max_tokens = 0", "max_tokens must be a whole number, at least 1"),
        ("max_tokens = 1.5", "max_tokens must be a whole number, at least 1"),
        ("seed = 0.5", "seed must be a whole number"),
        ("stop = [1]", "stop must be a text or a list of texts"),
        ('stop = ["a", ""]', "stop must be a text or a list of texts"),
        ('effort = ""', "effort must be a text in quotation marks"),
        ("system = 5", "system must be a text in quotation marks"),
        ("extra = 5", "extra must be a table"),
        ("extra = { stream = false }", "extra.stream is set by weir itself"),
        ("extra = { messages = [] }", "extra.messages is set by weir itself"),
        ("extra = { when = 2026-11-22 }", "extra.when cannot be written as JSON"),
        ("extra = { deep = [{ x = inf }] }", "extra.deep cannot be written as JSON"),
    ],
)
def test_what_cannot_be_sent_is_named(toml: str, said: str) -> None:
    with pytest.raises(ParameterError) as refused:
        read_parameters(tomllib.loads(toml))
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("value", [Parameters(), FULL])
def test_they_can_be_hashed_with_the_provider_that_holds_them(value: Any) -> None:
    assert hash(value) == hash(read_parameters(value.as_table()))
