"""The filter that one types into: what matches, in which order, and at what cost."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.chat.catalogue import Model
from tui.chat.model_filter import ModelFilter, filter_models
from tui.settings.provider import Provider

LOCAL, REMOTE = Provider("local", "http://127.0.0.1:8080/v1"), Provider("remote", "https://host/v1")


def models(*names: str) -> list[Model]:
    return [Model(REMOTE, name) for name in names]


def ids(found: list[Model]) -> list[str]:
    return [model.id for model in found]


def test_an_empty_filter_is_the_catalogue_itself() -> None:
    every = models("b", "a", "c")
    assert filter_models(every, "") == every
    assert filter_models(every, " \t") == every


def test_every_word_has_to_match_in_any_order_and_case() -> None:
    every = models("deepseek-chat", "deepseek-coder", "Qwen3-Chat-8B", "llama-3")
    assert ids(filter_models(every, "CHAT")) == ["deepseek-chat", "Qwen3-Chat-8B"]
    assert ids(filter_models(every, "chat deep")) == ["deepseek-chat"]
    assert ids(filter_models(every, "chat llama")) == []


def test_the_provider_s_name_counts() -> None:
    every = [Model(LOCAL, "chat"), Model(REMOTE, "chat")]
    assert filter_models(every, "rem chat") == [Model(REMOTE, "chat")]


def test_letters_in_their_order_are_enough() -> None:
    every = models("gpt-4o-mini", "llama-4-scout", "mini-gpt")
    assert ids(filter_models(every, "g4m")) == ["gpt-4o-mini"]
    assert ids(filter_models(every, "zz")) == []


def test_the_tightest_match_comes_first_then_the_shorter_name_then_the_catalogue_s_order() -> None:
    spread, whole, longer, same = "q-w-e-n", "qwen", "qwen-max", "my-qwen3"
    assert ids(filter_models(models(spread, longer, whole), "qwen")) == [whole, longer, spread]
    assert ids(filter_models(models(longer, same), "qwen")) == [longer, same]
    assert ids(filter_models(models(same, longer), "qwen")) == [same, longer]
    # The letters a, b, c stand in the second name twice, the second time close together.
    assert ids(filter_models(models("a1b1c-zz", "a1111b1111c-a1bc"), "abc")) == ["a1111b1111c-a1bc", "a1b1c-zz"]


def test_a_word_that_begins_one_of_the_name_comes_before_one_inside() -> None:
    every = models("gemini", "o4-mini-high", "mini/gemini", "phi3")
    assert ids(filter_models(every, "mini")) == ["mini/gemini", "o4-mini-high", "gemini"]
    assert ids(filter_models(every, "3")) == ["phi3"]
    assert ids(filter_models(models("v14-large", "gpt4-turbo"), "4")) == ["gpt4-turbo", "v14-large"]
    assert ids(filter_models(models("v14-large", "gpt4-turbo"), "-")) == ["v14-large", "gpt4-turbo"]


def calls_of_filter(count: int, typed: str) -> int:
    """How many calls a filter makes: a measure of its work that knows nothing of the machine's speed."""
    every = models(*(f"org-{number % 7}/some-model-{number}-instruct" for number in range(count)))
    calls = 0

    def take(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(take)
    try:
        filter_models(every, typed)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("typed", ["m", "org ins 49", "omnt", "zzz"])
def test_ten_times_the_names_are_ten_times_the_work(typed: str) -> None:
    few, many = calls_of_filter(500, typed), calls_of_filter(5000, typed)
    assert few > 500
    assert many < 11 * few
    assert many < 5000 * 100, "per name it is a matter of a few calls"


NAMES = st.lists(st.text("abc-", min_size=1, max_size=8), max_size=12, unique=True)


@given(NAMES, st.text("abc- ", max_size=6))
def test_typing_letter_by_letter_finds_what_the_whole_finds(names: list[str], typed: str) -> None:
    every = models(*names)
    going_on = ModelFilter(every)
    for end in range(len(typed) + 1):
        assert going_on.filter(typed[:end])[0] == filter_models(every, typed[:end])


@given(NAMES, st.text("abc- ", max_size=6), st.integers(0, 5))
def test_the_best_few_are_the_first_of_all(names: list[str], typed: str, limit: int) -> None:
    every = models(*names)
    found = filter_models(every, typed)
    assert ModelFilter(every).filter(typed, limit) == (found[:limit], len(found))
