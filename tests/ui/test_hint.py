"""The hints are at most six, of what can be done now, and fit the width."""

import pytest
from rich.cells import cell_len

from tui.text.language import LanguageCode, load_language
from tui.ui.hint import HINTED, MOST_HINTS, Situation, choose_hints, write_hints

ENGLISH = load_language("en")


@pytest.mark.parametrize(
    ("situation", "first", "absent"),
    [
        (Situation(), "send", "stop"),
        (Situation(practising=True), "send", "stop"),
        (Situation(empty=False), "send", "retry"),
        (Situation(empty=False, running=True), "stop", "send"),
        (Situation(empty=False, running=True, queued=True), "take_back", "stop"),
        (Situation(empty=False, broken=True, retryable=True), "retry", "continue"),
        (Situation(empty=False, broken=True), "why", "retry"),
        (Situation(empty=False, broken=True, continuable=True), "continue", "retry"),
        (Situation(empty=False, typed=True, editing="prompt"), "branch", "send"),
        (Situation(empty=False, typed=True, editing="reply"), "keep", "models"),
        (Situation("log"), "log.prompt", "log.copy"),
        (Situation("log", deleted=True), "log.restore", "log.copy"),
        (Situation("log", empty=False), "log.step", "log.stop"),
        (Situation("log", empty=False, running=True), "log.step", "log.retry"),
        (Situation("log", empty=False, broken=True, continuable=True), "log.step", "log.stop"),
        (Situation("log", empty=False, broken=True), "log.step", "log.retry"),
        (Situation("log", empty=False, on_prompt=True), "log.step", "log.branches"),
        (Situation("columns", empty=False), "compare.column", "compare.stop"),
        (Situation("columns", empty=False, running=True), "compare.column", "send"),
        (Situation(empty=False, comparing=True), "send", "read"),
        (Situation(empty=False, comparing=True, broken=True, retryable=True), "retry", "doctor"),
        (Situation(empty=False, comparing=True, running=True), "stop", "read"),
        (Situation("other"), "keys", "send"),
    ],
)
def test_the_hints_are_of_what_can_be_done_now(situation: Situation, first: str, absent: str) -> None:
    names = choose_hints(situation)
    assert names[0] == first
    assert absent not in names
    assert names[-1] == "keys"
    assert len(names) <= MOST_HINTS
    assert set(names) <= HINTED.keys()
    for language in (ENGLISH, load_language("zh")):
        for width in range(10, 100):
            line = write_hints(names, {}, language, width)
            assert cell_len(line) <= width
            assert "F1" in line


@pytest.mark.parametrize(
    ("situation", "line"),
    [
        (
            Situation(empty=False, broken=True, retryable=True, continuable=True, typed=True),
            "Enter send · F8 retry · shift+F8 continue · ctrl+j new line · ctrl+g why · F1 keys",
        ),
        (
            Situation(empty=False, typed=True, editing="prompt", broken=True, retryable=True),
            "Enter send as a branch · Esc back to your draft · ctrl+j new line · F1 keys",
        ),
        (
            Situation("log", empty=False, on_prompt=True, several=True),
            "j k messages · e edit · [ ] branches · d delete · Esc back · F1 keys",
        ),
        (
            Situation("log", empty=False, several=True),
            "j k messages · y copy · r retry · [ ] other replies · Esc back · F1 keys",
        ),
    ],
)
def test_a_draft_an_edit_and_the_message_at_the_cursor_have_hints_of_their_own(situation: Situation, line: str) -> None:
    assert write_hints(choose_hints(situation), {}, ENGLISH, 100) == line


def test_the_keys_are_those_of_the_person() -> None:
    line = write_hints(("send", "log.step", "keys"), {"prompt.send": "f10,enter", "log.next": "down"}, ENGLISH, 80)
    assert line == "F10 send · ↓ k messages · F1 keys"


@pytest.mark.parametrize("code", ["en", "zh"])
def test_no_overlay_names_more_than_six_keys(code: LanguageCode) -> None:
    catalogue = load_language(code).catalogue
    lines = {
        f"{table}.{name}": text
        for table in catalogue.names
        if table.startswith("ui.")
        for name, text in catalogue.table(table).items()
        if name.endswith("keys") or name == "how"
    }
    lines["record"] = " · ".join(lines.pop(f"ui.records_screen.{name}_keys") for name in ("wire", "record"))
    assert len(lines) > 12
    assert [name for name, text in lines.items() if text.count(" · ") >= MOST_HINTS] == []
