"""The pure parts of the diagnosis: certificates, the judgement of times, proxies and the terminal."""

import ssl
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.stream.peer import CERTIFICATE
from tui.settings.secrets import Masker
from tui.settings.terminal import read_locale, read_terminal
from tui.settings.terminal_survey import TerminalSurvey
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.probe.certificate import Certificate, read_certificate
from tui.stream.probe.finding import Finding, Report
from tui.stream.probe.judgement import judge_cancel, judge_timing
from tui.stream.probe.question import Answered
from tui.stream.probe.surroundings import find_middleboxes, find_proxies
from tui.stream.probe.terminal import judge_terminal
from tui.stream.record import Circumstances, make_record
from tui.stream.trace import StreamTrace
from tui.stream.transport import Link

DER = ssl.PEM_cert_to_DER_cert(
    CERTIFICATE.read_text()[CERTIFICATE.read_text().index("-----BEGIN CERTIFICATE") :].partition("-----END CERT")[0]
    + "-----END CERTIFICATE-----\n"
)
UTF8 = {"TERM": "xterm-256color", "LANG": "en_GB.UTF-8"}


def test_a_certificate_is_read() -> None:
    issuer, names = "weir test certificate (weir tests)", ("127.0.0.1", "provider.test")
    assert read_certificate(DER) == Certificate(issuer, names, datetime(2120, 1, 1, tzinfo=UTC))


def test_a_torn_certificate_is_none() -> None:
    whole = read_certificate(DER)
    assert {read_certificate(DER[:length]) for length in range(len(DER))} <= {None, whole}
    assert read_certificate(b"") is read_certificate(b"heron") is None


def test_any_byte_of_a_certificate_may_be_wrong() -> None:
    for at in range(len(DER)):
        spoilt = bytes([*DER[:at], DER[at] ^ 0xFF, *DER[at + 1 :]])
        assert isinstance(read_certificate(spoilt), Certificate | None)


def timed(
    *notices: NoticeCode,
    bursts: int = 5,
    window: float = 2.0,
    events: int = 40,
    paused: float = 0.4,
    **evidence: Any,
) -> Answered:
    trace = StreamTrace(paused=paused)
    trace.started, trace.first_byte, trace.last_byte, trace.ended = 0.0, 0.25, 0.25 + window, 0.25 + window
    trace.bursts, trace.evidence.events, trace.max_gap = bursts, events, 0.125
    for name, value in evidence.items():
        setattr(trace.evidence, name, value)
    record = make_record(trace, Outcome.COMPLETE)
    return Answered(Outcome.COMPLETE, record, trace, {code: {"seconds": 30, "count": 3} for code in notices})


@pytest.mark.parametrize(
    ("answered", "result", "said"),
    [
        (timed(), "ok", "40 events over 2.00 s in 5 bursts · first byte after 0.25 s · longest gap 0.12 s"),
        (timed(bursts=1), "ok", "40 events over 2.00 s · first byte"),
        (timed(bursts=1, window=0.1), "ok", "too fast to tell"),
        (timed(bursts=1, window=0.1, generation_ms=100.0), "ok", "the server wrote for 0.10 s"),
        (timed(events=7), "skipped", "too few events"),
        (timed(bursts=8, window=4.0, paused=3.9), "failed", "in 8 bursts"),
        (timed(bursts=8, window=4.0, paused=2.0), "ok", "in 8 bursts"),
        (timed(bursts=9, window=4.0, paused=3.9), "ok", "in 9 bursts"),
        (timed(NoticeCode.SLOW_FIRST_TOKEN), "warn", "40 events"),
        (timed(NoticeCode.KEEPALIVE_GAP, keepalives=3), "warn", "3 keep-alives"),
        (timed(NoticeCode.BUFFERING_SUSPECTED, events=7, tokens_reasoning=9), "failed", "9 reasoning tokens"),
    ],
)
def test_the_times_of_a_stream(answered: Answered, result: str, said: str) -> None:
    finding = judge_timing(answered)
    assert (finding.result, said in finding.evidence) == (result, True)


def test_the_exit_code_is_that_of_the_first_failure() -> None:
    fine, odd = Finding("dns", "ok"), Finding("models", "warn", outcome=Outcome.NOT_FOUND)
    first, second = Finding("stream", "failed", outcome=Outcome.DEADLINE), Finding("cancel", "failed")
    around = Finding("terminal", "warn")
    assert Report("nest", None, (fine, odd, first, second)).exit_code == 18
    assert Report("nest", None, (fine, odd, around)).exit_code == Report("nest", None, (fine, around)).exit_code == 0
    assert Report("nest", None, (fine, odd)).outcome is Outcome.NOT_FOUND
    assert Report("nest", None, (fine, around)).outcome is Outcome.COMPLETE


def test_proxies_are_named_without_their_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"HTTPS_PROXY": "http://heron:reeds@proxy.test:3128", "NO_PROXY": "localhost"}
    link = Link(environ["HTTPS_PROXY"])
    taken = find_proxies(environ, link, "https://nest.test/v1", Masker())
    assert taken.result == "warn"
    assert taken.evidence.startswith("this route goes through http://[masked]@proxy.test:3128")
    assert "NO_PROXY=localhost" in taken.evidence
    assert "reeds" not in taken.evidence
    passed = find_proxies(environ, Link(), "http://127.0.0.1:8080/v1", Masker())
    assert (passed.result, "loopback never takes one" in passed.evidence) == ("ok", True)
    assert find_proxies({}, Link(), "https://nest.test/v1", Masker()).evidence == "none"


@pytest.mark.parametrize(
    ("headers", "result", "said"),
    [
        ({"server": "llama.cpp", "x-accel-buffering": "no"}, "ok", "server: llama.cpp · x-accel-buffering: no"),
        ({"date": "today"}, "ok", "no server named"),
        ({}, "skipped", "no answer came"),
        ({"server": "cloudflare", "cf-ray": "8a1b-FRA"}, "warn", "server: cloudflare · cf-ray: 8a1b-FRA"),
        ({"content-encoding": "gzip"}, "warn", "content-encoding: gzip"),
        ({"content-encoding": "identity"}, "ok", "no server named"),
    ],
)
def test_middleboxes(headers: dict[str, str], result: str, said: str) -> None:
    finding = find_middleboxes(headers, Masker())
    assert (finding.n, finding.result, finding.evidence) == (0, result, said)


def survey(environ: dict[str, str], **answers: Any) -> TerminalSurvey:
    seen = {"interactive": True, "locale": read_locale(environ), **answers}
    return TerminalSurvey(environ.get("TERM", ""), read_terminal(environ), **seen)


@pytest.mark.parametrize(
    ("seen", "result", "said"),
    [
        (survey(UTF8, wide_cells=2), "ok", "256 colours · locale en_GB.UTF-8 · a Chinese character takes 2"),
        (survey(UTF8, wide_cells=1), "warn", "it should take 2"),
        (survey(UTF8), "ok", "the width of a Chinese character was not measured"),
        (survey({"TERM": "xterm"}), "warn", "the locale is not UTF-8"),
        (survey({**UTF8, "TERM": "dumb"}), "warn", "use --plain"),
        (survey({**UTF8, "SSH_TTY": "/dev/pts/0"}), "ok", "SSH"),
        (survey({**UTF8, "TMUX": "x"}, tmux_clipboard="external", tmux_escape_ms=10), "ok", "set-clipboard external"),
        (survey({**UTF8, "TMUX": "x"}, tmux_clipboard="off"), "warn", "set -s set-clipboard"),
        (survey({**UTF8, "TMUX": "x"}, tmux_escape_ms=500), "warn", "escape-time 500 ms · "),
    ],
)
def test_the_terminal(seen: TerminalSurvey, result: str, said: str) -> None:
    finding = judge_terminal(seen)
    assert (finding.n, finding.result, said in finding.evidence) == (0, result, True)


def test_what_became_of_a_stopped_stream() -> None:
    answered = timed(events=1)
    record = make_record(answered.trace, Outcome.CANCELLED, Circumstances(detail={"cancel_latency_ms": 0.5}))
    stopped = Answered(Outcome.CANCELLED, record, answered.trace, {})
    broken = Answered(Outcome.RATE_LIMITED, record, answered.trace, {})
    closed, left_open = judge_cancel(stopped, closed=True), judge_cancel(stopped, closed=False)
    assert (closed.result, closed.evidence) == ("ok", "stopped after 1 event, 0 bytes · connection closed in 0.5 ms")
    assert (left_open.result, "stayed open" in left_open.evidence) == ("failed", True)
    assert judge_cancel(None, closed=False).result == "skipped"
    assert (judge_cancel(broken, closed=True).result, judge_cancel(broken, closed=True).outcome) == (
        "failed", Outcome.RATE_LIMITED,
    )  # fmt: skip
