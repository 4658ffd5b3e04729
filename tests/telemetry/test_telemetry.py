"""The thread that exports: without the extra it says so once, and whoever hands a record over never waits."""

import sys
from pathlib import Path

import pytest

from tests.command import Command
from tests.stream.clock import until
from tui.practice import PracticeServer
from tui.settings.config import ConfigError, read_config
from tui.settings.secrets import Masker
from tui.stream.outcome import Outcome
from tui.stream.record import make_record
from tui.stream.trace import StreamTrace
from tui.telemetry.telemetry import Telemetry

WITHOUT = "raise ImportError('not here')\n"


@pytest.fixture
def no_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra `otel` were not installed."""
    loaded = [name for name in sys.modules if name.partition(".")[0] == "opentelemetry"]
    for name in (*loaded, "tui.telemetry.collector"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)


@pytest.mark.usefixtures("no_sdk")
async def test_a_missing_package_is_said_once() -> None:
    told: list[tuple[str, str, str]] = []
    telemetry = Telemetry("http://127.0.0.1:4318", {}, Masker(), lambda *trouble: told.append(trouble))
    for _ in range(3):
        telemetry.take(make_record(StreamTrace(), Outcome.COMPLETE))
    await until(lambda: told)
    telemetry.close(60)
    assert told == [("otel-missing", "http://127.0.0.1:4318", "opentelemetry-sdk")]


def test_what_was_never_used_closes_at_once() -> None:
    Telemetry(None, {}, Masker(), lambda *trouble: pytest.fail(str(trouble))).close(60)


@pytest.mark.parametrize(
    ("text", "on", "endpoint"),
    [
        ("", False, None),
        ("[otel]\nenabled = true\n", True, None),
        ('[otel]\nendpoint = "http://127.0.0.1:4318"\n', True, "http://127.0.0.1:4318"),
        ('[otel]\nenabled = false\nendpoint = "http://127.0.0.1:4318"\n', False, "http://127.0.0.1:4318"),
    ],
)
def test_it_is_off_unless_it_is_asked_for(tmp_path: Path, text: str, on: bool, endpoint: str | None) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    config = read_config(path)
    assert (config.otel, config.otel_endpoint) == (on, endpoint)


def test_what_it_cannot_mean_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for line, key in (('endpoint = "localhost:4318"', "endpoint"), ("flush = 61", "flush"), ("flash = 1", "flash")):
        path.write_text(f"[otel]\n{line}\n")
        with pytest.raises(ConfigError, match=rf"otel\.{key} "):
            read_config(path)


@pytest.mark.slow
async def test_a_reply_does_not_need_it(tmp_path: Path) -> None:
    """The whole way, in an environment in which the package cannot be imported."""
    weir = Command(tmp_path)
    weir.paths.config.mkdir(parents=True)
    weir.paths.config_file.write_text("[otel]\nenabled = true\n", encoding="utf-8")
    hidden = tmp_path / "hidden" / "opentelemetry"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text(WITHOUT)
    async with PracticeServer(token_delay=0) as practice:
        ran = await weir.run(
            "ask", "--base-url", practice.base_url, "-m", "chinese", "Hello", environ={"PYTHONPATH": str(hidden.parent)}
        )
    assert (ran.code, len(ran.text) > 20) == (0, True)
    assert "pip install 'weir-chat[otel]'" in ran.complaint
    assert len(ran.complaint.splitlines()) == 1
