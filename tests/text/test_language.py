"""Every outcome and notice has its sentence in both languages, and no sentence shows a hole."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from string import Formatter
from typing import Any, get_args

import pytest

from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.record import make_record
from tui.stream.trace import StreamTrace
from tui.text.language import Language, LanguageCode, Values, choose_language, load_language

CODES: tuple[LanguageCode, ...] = get_args(LanguageCode)
RECORD_VALUES: Values = dict.fromkeys(make_record(StreamTrace(), Outcome.COMPLETE).values(), "heron")
MAY_BE_MISSING = {
    "message",
    "title",
    "content_type",
    "proxy",
    "location",
    "detail",
    "retry_after",
    "keepalives",
    "text",
}
NOTICE_VALUES: dict[str, Values] = {
    NoticeCode.WRONG_CONTENT_TYPE: {"value": "text/plain"},
    NoticeCode.COMPRESSED_STREAM: {"encoding": "gzip"},
    NoticeCode.SLOW_FIRST_TOKEN: {"seconds": 12},
    NoticeCode.MODEL_MISMATCH: {"asked": "heron-1", "got": "egret-2"},
    NoticeCode.UNKNOWN_FINISH_REASON: {"value": "tired"},
    NoticeCode.KEEPALIVE_GAP: {"count": 3},
    NoticeCode.DAMAGED_CHUNK: {"n": 2},
    NoticeCode.RETRYING: {"attempt": 2, "attempts": 3, "seconds": 4, "reason": "unavailable"},
    NoticeCode.FALLBACK: {"from": "nest/heron-1", "outcome": "stalled", "to": "nest/egret-2"},
    NoticeCode.SUSPENDED: {"seconds": 90},
    NoticeCode.BROUGHT_IN: {"program": "llm", "source": "01j"},
}
"""What the code gives with each notice that names something."""


@pytest.fixture(params=CODES)
def language(request: pytest.FixtureRequest) -> Language:
    return load_language(request.param)


def templates(node: Any) -> Iterator[str]:
    """Every text below a place in a catalogue."""
    if isinstance(node, str):
        yield node
    else:
        for part in node.values() if isinstance(node, dict) else node:
            yield from templates(part)


def names(node: Any) -> set[str]:
    """What the sentences below a place name."""
    return {name for text in templates(node) for _, name, _, _ in Formatter().parse(text) if name}


def holes(said: str) -> int:
    """How many question marks stand for a missing value: those that end no word."""
    return len(re.findall(r"(?<!\w)\?", said))


def test_there_is_a_sentence_for_every_outcome_and_notice_and_no_other(language: Language) -> None:
    named = {name.partition(".")[2] for name in language.catalogue.names if not name.startswith(("ui.", "phrase."))}
    assert named == {code.value for code in (*Outcome, *NoticeCode)}


@pytest.mark.parametrize("outcome", Outcome)
def test_with_its_values_an_outcome_shows_no_hole(outcome: Outcome, language: Language) -> None:
    texts = [language.outcome(outcome, RECORD_VALUES), *language.advice(outcome, RECORD_VALUES)]
    assert all(text and "{" not in text and holes(text) == 0 for text in texts)
    assert names(language.catalogue.table(f"outcome.{outcome}")) <= RECORD_VALUES.keys()


@pytest.mark.parametrize("outcome", Outcome)
def test_without_what_may_be_missing_an_outcome_shows_no_hole(outcome: Outcome, language: Language) -> None:
    entry = language.catalogue.table(f"outcome.{outcome}")
    for name in names(entry["sentence"]) | entry.get("with", {}).keys() | entry.get("without", {}).keys():
        for nothing in ({}, {name: None}):
            said = language.outcome(outcome, {**{k: v for k, v in RECORD_VALUES.items() if k != name}, **nothing})
            assert "{" not in said
            assert "None" not in said
            if name in MAY_BE_MISSING or name in entry.get("without", {}):
                assert holes(said) == 0


def test_a_proxy_that_gives_no_status_leaves_no_hole(language: Language) -> None:
    assert holes(language.outcome(Outcome.PROXY_REFUSED, {})) == 0
    assert "503" in language.outcome(Outcome.PROXY_REFUSED, {"status": 503})


def test_a_value_that_should_be_there_and_is_not_does_not_raise(language: Language) -> None:
    assert "?" in language.outcome(Outcome.IDLE_TIMEOUT, {})
    assert "60" in language.outcome(Outcome.IDLE_TIMEOUT, {"seconds": 60})


def test_variants_are_taken_by_what_is_there(language: Language) -> None:
    waited = {"seconds": 120, "keepalives": 0}
    assert "7" in language.outcome(Outcome.FIRST_BYTE_TIMEOUT, {**waited, "keepalives": 7})
    assert language.outcome(Outcome.FIRST_BYTE_TIMEOUT, waited) != language.outcome(
        Outcome.FIRST_BYTE_TIMEOUT, {**waited, "keepalives": 7}
    )
    reset = language.outcome(Outcome.CONNECTION_RESET, {"text": 0})
    assert reset != language.outcome(Outcome.CONNECTION_RESET, {"text": 5})


@pytest.mark.parametrize("place", ["key_variable", "key_file", "key_command"])
def test_the_advice_on_a_refused_key_names_where_it_came_from(place: str, language: Language) -> None:
    for outcome in (Outcome.NO_API_KEY, Outcome.BAD_API_KEY_TEXT, Outcome.INVALID_KEY):
        assert "HERON" in language.advice(outcome, {place: "HERON"})[0]


@pytest.mark.parametrize("code", NoticeCode)
def test_a_notice_names_what_the_code_gives_it(code: NoticeCode, language: Language) -> None:
    values = NOTICE_VALUES.get(code, {})
    assert names(language.catalogue.table(f"notice.{code}")) == set(values)
    said = language.notice(code, values)
    assert holes(said) == 0
    assert all(str(value) in said for value in values.values())
    assert language.notice(code, {})


def test_a_value_that_holds_braces_is_shown_as_it_is(language: Language) -> None:
    said = language.outcome(Outcome.BAD_REQUEST, {"status": 400, "message": "{oops} {0} {status.x}"})
    assert said.endswith("{oops} {0} {status.x}")


def same_shape(one: Any, other: Any, place: str) -> None:
    """Both languages have the same entries, as much advice, and name the same things."""
    assert type(one) is type(other), place
    if isinstance(one, dict):
        assert one.keys() == other.keys(), place
        for name in one:
            same_shape(one[name], other[name], f"{place}.{name}")
    elif isinstance(one, list):
        assert len(one) == len(other), place
    assert names(one) == names(other), place


@pytest.mark.parametrize("code", [code for code in CODES if code != "en"])
def test_a_language_has_the_shape_of_english(code: LanguageCode) -> None:
    english, other = load_language("en"), load_language(code)
    assert set(english.catalogue.names) == {name for name in other.catalogue.names if not name.startswith("phrase.")}
    for name in english.catalogue.names:
        same_shape(english.catalogue.table(name), other.catalogue.table(name), name)


@pytest.mark.parametrize("code", CODES)
def test_table_by_table_a_catalogue_is_the_whole_file(code: LanguageCode) -> None:
    text = files("tui.text").joinpath(f"{code}.toml").read_text(encoding="utf-8")
    catalogue = load_language(code).catalogue
    pieces: dict[str, Any] = {}
    for name in catalogue.names:
        *place, last = name.split(".")
        node = pieces
        for step in place:
            node = node.setdefault(step, {})
        node.setdefault(last, {}).update(catalogue.table(name))
    assert pieces == tomllib.loads(text)


def test_the_programs_own_sentences_are_found_by_name(language: Language) -> None:
    assert "nest" in language.say("headless.no_list", provider="nest", reason="no")
    with pytest.raises(KeyError):
        language.say("headless.no_such_sentence")


@pytest.mark.parametrize(
    ("wanted", "environ", "code"),
    [
        ("en", {"LANG": "zh_CN.UTF-8"}, "en"),
        ("zh", {}, "zh"),
        ("auto", {}, "en"),
        ("auto", {"LANG": "zh_CN.UTF-8"}, "zh"),
        ("auto", {"LANG": "ZH"}, "zh"),
        ("auto", {"LC_ALL": "C", "LC_MESSAGES": "zh_TW", "LANG": "zh_CN"}, "en"),
        ("auto", {"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "en_GB"}, "zh"),
        ("auto", {"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_choice_of_a_language(wanted: str, environ: dict[str, str], code: str) -> None:
    assert choose_language(wanted, environ) == code


def test_one_is_told_in_the_singular() -> None:
    sentences = [load_language("en").notice("damaged-chunk", {"n": number}) for number in (1, 2)]
    assert sentences == ["One chunk arrived damaged and was left out.", "2 chunks arrived damaged and were left out."]
