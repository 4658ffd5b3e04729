"""The handoff sheet: everything that a team needs, no secret, and what is missing by its name."""

from pathlib import Path

from tests.command import KEY, MASKED
from tui.chat.handoff import NEEDED, Places, Sheet, make_sheet, write_sheet
from tui.settings.key_source import KeySource
from tui.settings.provider import Provider, Timeouts
from tui.settings.rollback import KeptTable
from tui.settings.secrets import Masker
from tui.text.language import load_language

KEPT = KeptTable('[providers.nest]\nbase_url = "https://old.test/v1"\n', "2026-11-22T18:00:00Z", good=True)
NEST = Provider(
    "nest",
    "https://nest.test/v1",
    key=KeySource("env", "HERON_API_KEY"),
    environment="live",
    owner="platform team",
    support="#llm-support",
    expected_volume="2000 requests a day",
    key_set_in=f"vault llm/nest, not {KEY}",
    fallback=("marsh/egret-2",),
    timeouts=Timeouts(idle=7),
)


def sheet_of(provider: Provider, rollback: KeptTable | None = None) -> Sheet:
    places = Places(Path("/home/x/config.toml"), Path("/home/x/records.jsonl"))
    return make_sheet(provider, places, "heron-1", rollback, {"HERON_API_KEY": KEY}, Masker())


def test_a_whole_sheet() -> None:
    sheet = sheet_of(NEST, KEPT)
    text = "\n".join(write_sheet(sheet, load_language("en")))
    for said in ("live", "platform team", "HERON_API_KEY", "vault llm/nest", "2000 requests a day", "marsh/egret-2",
                 "#llm-support", "idle 7 s", "2, before any text", "/home/x/records.jsonl",
                 "weir doctor --provider nest -m heron-1", "last good table",
                 'base_url = "https://old.test/v1"'):  # fmt: skip
        assert said in text
    assert sheet.missing == ()
    assert (MASKED in text, KEY in text, KEY in str(sheet.as_json())) == (True, False, False)


def test_what_is_missing_is_named() -> None:
    sheet = sheet_of(Provider("nest", "https://nest.test/v1", key=KeySource("command", "pass show heron")))
    lines = write_sheet(sheet, load_language("zh"))
    assert sheet.missing == NEEDED
    assert all(name in lines[-1] for name in NEEDED)
    assert sheet.key_here is None, "a command is not run for a sheet"


def test_a_route_without_a_key_needs_no_place_for_it() -> None:
    assert "key_set_in" not in sheet_of(Provider("nest", "http://127.0.0.1:1/v1")).missing
