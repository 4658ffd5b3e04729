"""The words of a diagnosis: the verdict names the one who is to blame, and the whole can be pasted."""

import pytest

from tui.chat.checkup_text import advise, conclude, find_next_step, write_report
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.probe.diagnosis import NEEDS
from tui.stream.probe.finding import NUMBERS, Finding, Report, Spending
from tui.text.language import Language, load_language

ENGLISH = load_language("en")
GATE = Finding("headers", "warn", "server: nginx", values={"gate": "Basic realm=reeds"})
REFUSED = Finding("models", "failed", "status 401", Outcome.INVALID_KEY, values={"status": 401})
UNLISTED = Finding("models", "warn", "1 listed", Outcome.MODEL_NOT_FOUND, values={"model": "heron-1"})
NO_LIST = Finding("models", "warn", "no list", Outcome.NOT_FOUND, values={"status": 404})
LUMPS = Finding("timing", "failed", "8 bursts", NoticeCode.BUFFERING_SUSPECTED, values={"bursts": 8})
EXPIRED = Finding("tls", "failed", "expired", Outcome.TLS_CERTIFICATE, values={"detail": "late", "fault": "expired"})
PLAIN = Finding("plain request", "failed", "no JSON", Outcome.UNEXPECTED_BODY)
TORN = Finding("stream", "failed", "a hole", Outcome.PREMATURE_EOF)
ONE_LUMP = Finding("timing", "failed", "one", NoticeCode.BUFFERING_SUSPECTED, values={"bursts": None})


@pytest.mark.parametrize(
    ("findings", "verdict", "next_step"),
    [
        ((), "The stream works: nothing", "Nothing"),
        ((REFUSED,), "Step 6, models: The API key was not accepted (401).", "Check the key"),
        ((REFUSED, GATE), "asks for a password of its own (Basic realm=reeds)", "whoever runs that gate"),
        ((UNLISTED,), "with a reservation: heron-1 is not in the provider's list, but it is answered.", "with -m"),
        ((NO_LIST,), "with a reservation: The server keeps no list", "cannot be chosen from a list"),
        ((LUMPS,), "came in 8 lumps", "Switch buffering off"),
        ((EXPIRED,), "was not accepted: late.", "has to renew"),
        ((PLAIN, TORN), "Step 7, plain request, failed; step 8, stream, shows how: ", "compare with the server"),
        ((ONE_LUMP,), "came in one burst", "Switch buffering off"),
    ],
)
def test_the_verdict_names_the_culprit(findings: tuple[Finding, ...], verdict: str, next_step: str) -> None:
    report = Report("nest", "heron-1", findings)
    assert verdict in conclude(report, ENGLISH)
    assert next_step in advise(report, ENGLISH)


def test_in_chinese_a_step_that_is_needed_and_the_colours_are_named_so() -> None:
    chinese = load_language("zh")
    for needed in {need for needs in NEEDS.values() for need in needs}:
        name = chinese.say(f"doctor.steps.{needed.replace(' ', '_')}")
        assert chinese.phrase(f"needs: {needed}") == f"需要先通过：{name}"
    assert [chinese.phrase(f"{count} colours") for count in ("all", "no", "256")] == ["全部颜色", "无颜色", "256 色"]


@pytest.mark.parametrize("language", [ENGLISH, load_language("zh")])
def test_a_report_is_text_to_paste(language: Language) -> None:
    finding = Finding("dns", "ok", "nest.test is \x1b[31m10.0.0.1", ms=12)
    text = write_report(Report("nest", "heron-1", (finding,), Spending(3, 93, estimated=True)), language)
    assert text.splitlines()[0] == "nest/heron-1"
    assert "0.01 s  nest.test is ␛[31m10.0.0.1" in text
    assert "93" in text


def test_the_step_under_way_is_the_first_that_has_not_ended() -> None:
    assert find_next_step(Report("nest", None, ())) == "configuration"
    assert find_next_step(Report("nest", None, (Finding("configuration", "ok"),))) == "key"
    assert find_next_step(Report("nest", None, tuple(Finding(name, "ok") for name in NUMBERS))) is None
