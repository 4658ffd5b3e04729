"""The staged diagnosis: each way to break a route has its step and its culprit, and what needs it is skipped."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.stream.clock import MovedLoop, turns, until
from tests.stream.listener import KEY, KEY_NAME, MODEL
from tests.stream.peer import CERTIFICATE, End, Peer, Script, answer
from tests.stream.walk import LISTED, PLAIN, STREAM, WORDS, Nest, asked, usage, walk
from tests.stream.wire import DONE, END, chunk, error, event, finish, http, opening, page, text
from tui.stream.probe.certificate import Certificate

ELSEWHERE = "http://192.0.2.1:8080/v1"
NAMED = "https://provider.test/v1"
STEPS = ["configuration", "key", "dns", "tcp", "tls", "models", "plain request", "stream", "timing", "cancel"]


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port on which nothing listens; it is held, so that nobody else comes to listen there."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


async def test_a_good_route_is_walked_to_its_end() -> None:
    async with Peer(Nest()) as peer:
        walked = await walk(peer.url)
        await until(lambda: peer.connections_left == peer.connections)
        requests = [(visit.head.split()[0], asked(visit) if visit.body else None) for visit in peer.visits]
    assert walked.results == {**dict.fromkeys(STEPS, "ok"), "tls": "skipped"}
    assert [finding.n for finding in walked.report.findings] == [*range(1, 11), 0, 0]
    assert (walked.report.exit_code, walked.report.culprit, walked.report.outcome) == (0, None, "complete")
    assert [method for method, _ in requests] == [b"GET", b"POST", b"POST", b"POST"]
    assert [body and (body["stream"], body["max_tokens"]) for _, body in requests] == [
        None, (False, 8), (True, 48), (True, 48),
    ]  # fmt: skip
    assert [record.outcome for record in walked.records] == ["complete", "complete", "cancelled"]


async def test_a_stopped_stream_closes_its_connection_and_has_its_figures() -> None:
    async with Peer(Nest()) as peer:
        walked = await walk(peer.url)
    stopped = walked.records[-1]
    assert "connection closed" in walked["cancel"].evidence
    assert (stopped.status, stopped.events > 0, stopped.bytes > 0) == (200, True, True)
    assert stopped.detail["cancel_latency_ms"] is not None


async def test_the_key_is_told_by_its_source_and_its_mask() -> None:
    async with Peer(Nest()) as peer:
        walked = await walk(peer.url, owner="the marsh team")
        assert all(visit.header("authorization") == f"Bearer {KEY}" for visit in peer.visits)
    assert walked["key"].evidence == f"from: environment variable {KEY_NAME} · sk-…{KEY[-4:]} · owner the marsh team"


@dataclass(frozen=True, slots=True)
class Case:
    """A server, and what is to blame. Steps before `step` are not held against it."""

    nest: Nest
    step: str
    outcome: str
    exit: int
    said: str = ""
    """What the evidence holds."""
    options: dict[str, Any] = field(default_factory=dict)


def streamed(*pieces: bytes, end: End = End.KEEP) -> Nest:
    return Nest(stream=answer(*pieces, end=end))


def refused(status: int, body: Any = b"", *headers: str) -> Script:
    return answer(http(status, body, *headers))


UNKNOWN = error(f"The model `{MODEL}` does not exist.", code="model_not_found")
HELD = http(200, b"".join([*WORDS, finish("stop"), DONE]), content_type="text/event-stream")
WRONG_KEY = refused(401, error(f"Incorrect API key provided: {KEY}.", code="invalid_api_key"))
PORTAL = answer(http(200, page("Sign in"), content_type="text/html"))

CASES = {
    "a wrong key": Case(Nest(models=WRONG_KEY), "models", "invalid-key", 16, "status 401"),
    "a wrong key that may list": Case(Nest(plain=WRONG_KEY), "plain request", "invalid-key", 17, "sk-…"),
    "a wrong model": Case(
        Nest(answer(http(200, {"data": [{"id": "heron-2"}]})), refused(404, UNKNOWN)),
        "plain request", "model-not-found", 17,
    ),
    "a model that is not listed, and answers": Case(
        Nest(answer(http(200, {"data": [{"id": "heron-2"}]}))), "models", "model-not-found", 0, "nearest: heron-2"
    ),
    "a portal": Case(Nest(PORTAL, PORTAL), "plain request", "html-page", 17),
    "a gateway without a server": Case(
        Nest(refused(502), refused(502, page("502 Bad Gateway"))), "plain request", "bad-gateway", 17
    ),
    "a redirect": Case(
        Nest(refused(301), refused(301, b"", "Location: https://nest.test/")), "plain request", "redirected", 17
    ),
    "no balance": Case(Nest(models=refused(402)), "models", "payment-required", 16),
    "no list and no model named": Case(Nest(models=refused(404)), "models", "not-found", 16, options={"model": None}),
    "an empty list and no model named": Case(
        Nest(models=answer(http(200, {"data": []}))), "models", "model-not-found", 16, options={"model": None}
    ),
    "JSON in spite of stream=true": Case(
        streamed(http(200, PLAIN)), "stream", "not-streamed", 18, "application/json"
    ),
    "a clean cut": Case(
        streamed(opening() + chunk(WORDS[0]) + END), "stream", "premature-eof", 18, "no finish reason · no [DONE]"
    ),
    "a cut": Case(
        streamed(opening() + chunk(WORDS[0]), end=End.FIN), "stream", "truncated-body", 18, "1 data line, "
    ),
    "an error in the stream": Case(
        streamed(opening() + chunk(event(error("out of reeds"))) + END), "stream", "in-band-error", 18, "out of reeds"
    ),
    "a damaged event": Case(
        streamed(opening() + chunk(b"data: {torn\n\n") + chunk(WORDS[0] + finish("stop") + DONE) + END),
        "stream", "malformed-chunk", 18,
    ),
    "nothing to show": Case(streamed(opening() + chunk(finish("stop") + DONE) + END), "stream", "empty-reply", 18),
    "a filter": Case(
        streamed(opening() + chunk(WORDS[0] + finish("content_filter") + DONE) + END), "stream", "content-filter", 0
    ),
    "a stream that somebody had as a whole": Case(streamed(HELD), "timing", "buffering-suspected", 19, "11 events"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
async def test_the_right_one_is_to_blame(name: str) -> None:
    case = CASES[name]
    async with Peer(case.nest) as peer:
        walked = await walk(peer.url, **case.options)
    report = walked.report
    # A list that was not to be had is held against a route only as long as the chat that follows works.
    blamed = report.failed or report.culprit
    assert blamed is not None
    assert (blamed.name, blamed.outcome, report.outcome) == (case.step, case.outcome, case.outcome)
    assert report.exit_code == case.exit
    assert case.said in walked[case.step].evidence
    after = STEPS[STEPS.index("stream" if case.step == "timing" else case.step) + 1 :]
    if case.exit and case.step != "timing":
        assert {walked.results[step] for step in after} == {"skipped"}


NOTICED = {
    "missing-done": streamed(opening() + chunk(b"".join(WORDS) + finish("stop")) + END),
    "missing-finish": streamed(opening() + chunk(b"".join(WORDS) + DONE) + END),
    "wrong-content-type": streamed(STREAM.replace(b"text/event-stream", b"text/plain")),
    "model-mismatch": streamed(
        opening() + chunk(event({"model": "egret-2", "choices": []})) + STREAM[len(opening()) :]
    ),
}


@pytest.mark.parametrize("code", NOTICED)
async def test_what_is_only_odd_is_a_reservation(code: str) -> None:
    async with Peer(NOTICED[code]) as peer:
        walked = await walk(peer.url)
    assert (walked.culprit, walked["stream"].result) == (("stream", code), "warn")
    assert (walked.report.exit_code, walked.report.outcome) == (0, "complete")


async def test_a_list_that_is_not_to_be_had_is_no_failure_of_the_chat() -> None:
    async with Peer(Nest(models=refused(500))) as peer:
        walked = await walk(peer.url)
    assert (walked.culprit, walked.report.exit_code) == (("models", "server-error"), 0)
    assert walked["stream"].result == "ok"


@pytest.mark.parametrize("listed", [MODEL, f"models/{MODEL}", f"{MODEL}:latest"])
async def test_a_model_is_found_in_the_list_by_its_short_name(listed: str) -> None:
    async with Peer(Nest(models=answer(http(200, {"data": [{"id": listed}]})))) as peer:
        walked = await walk(peer.url)
    assert walked["models"].result == "ok"


async def test_without_a_model_the_first_that_is_listed_is_asked() -> None:
    async with Peer(Nest()) as peer:
        walked = await walk(peer.url, model=None)
        assert {asked(visit)["model"] for visit in peer.visits if visit.body} == {"egret-2"}
    assert walked.report.model == "egret-2"


async def test_a_closed_port(closed_port: int) -> None:
    walked = await walk(f"http://127.0.0.1:{closed_port}/v1")
    assert (walked.culprit, walked.report.exit_code) == (("tcp", "connect-refused"), 14)
    assert "ECONNREFUSED" in walked["tcp"].evidence
    assert walked["tcp"].values["port"] == closed_port
    assert {walked.results[step] for step in STEPS[4:]} == {"skipped"}


async def test_a_host_that_never_answers(clock: MovedLoop) -> None:
    clock.network["192.0.2.1"] = None
    walking = asyncio.create_task(walk(ELSEWHERE, allow_http=True, model=MODEL))
    while not walking.done():
        clock.advance(0.5)
        await asyncio.sleep(0)
    walked = await walking
    assert (walked.culprit, walked.report.exit_code) == (("dns", "dns-failure"), 13)


async def test_a_name_that_nobody_knows(clock: MovedLoop) -> None:
    clock.network["provider.test"] = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    walked = await walk(NAMED)
    assert (walked.culprit, walked.report.exit_code) == (("dns", "dns-failure"), 13)
    assert walked["dns"].evidence == "provider.test · Name or service not known"
    assert walked["key"].result == "ok"


@pytest.mark.parametrize(
    ("environ", "outcome"), [({}, "no-api-key"), ({KEY_NAME: KEY[:7] + "\uff10" + KEY[7:]}, "bad-api-key-text")]
)
async def test_a_key_that_cannot_be_sent_stops_the_requests_and_not_the_rest(
    environ: dict[str, str], outcome: str
) -> None:
    async with Peer(Nest()) as peer:
        walked = await walk(peer.url, environ=environ)
        assert peer.visits == []
    assert (walked.culprit, walked.report.exit_code) == (("key", outcome), 12)
    assert KEY_NAME in walked["key"].evidence
    assert [walked.results[step] for step in ("dns", "tcp", "models", "stream")] == ["ok", "ok", "skipped", "skipped"]


async def test_a_key_is_not_shown_to_the_network(clock: MovedLoop) -> None:
    clock.network["192.0.2.1"] = OSError(101, "Network is unreachable")
    walked = await walk(ELSEWHERE)
    assert walked["key"].outcome == "insecure-url"
    assert walked.report.exit_code == 12


@pytest.mark.parametrize("url", ["nest.test/v1", "http://heron:reeds@127.0.0.1:9/v1"])
async def test_no_address(url: str) -> None:
    walked = await walk(url)
    assert (walked.culprit, walked.report.exit_code) == (("configuration", "bad-url"), 11)
    assert "reeds" not in walked["configuration"].evidence
    assert {walked.results[step] for step in STEPS[1:]} == {"skipped"}


async def test_a_certificate_that_nobody_trusts_is_shown_all_the_same() -> None:
    async with Peer(Nest(), tls=True) as peer:
        walked = await walk(peer.url)
        assert peer.visits == []
    assert (walked.culprit, walked.report.exit_code) == (("tls", "tls-certificate"), 15)
    assert walked["tcp"].result == "ok"
    about = "issuer weir test certificate (weir tests) · for 127.0.0.1, provider.test · expires 2120-01-01"
    assert walked["tls"].evidence == f"self-signed certificate · {about}"
    assert walked["tls"].values["fault"] == "self_signed"


async def test_a_certificate_that_nobody_trusts_and_for_another_name() -> None:
    async with Peer(Nest(), tls=True) as peer:
        walked = await walk(peer.url.replace("127.0.0.1", "127.1"))
    assert walked["tls"].values["fault"] == "self_signed_mismatch"


@pytest.mark.parametrize(("host", "fits"), [("Lab.Test", True), ("a.lab.test", True), ("b.a.lab.test", False)])
def test_the_names_of_a_certificate(host: str, fits: bool) -> None:
    certificate = Certificate("nobody", ("lab.test", "*.lab.test"), datetime(2120, 1, 1, tzinfo=UTC))
    assert certificate.fits(host) is fits


async def test_a_certificate_that_is_trusted() -> None:
    async with Peer(Nest(), tls=True) as peer:
        walked = await walk(peer.url, ca_file=str(CERTIFICATE))
    assert walked.results == dict.fromkeys(STEPS, "ok")
    assert walked["tls"].evidence.startswith("TLSv1.3 · issuer weir test certificate")


async def test_a_certificate_for_another_name() -> None:
    async with Peer(Nest(), tls=True) as peer:
        walked = await walk(peer.url.replace("127.0.0.1", "127.1"), ca_file=str(CERTIFICATE))
    assert walked["tls"].values["fault"] == "mismatch"
    assert walked.culprit == ("tls", "tls-certificate")
    assert "not valid for '127.1'" in walked["tls"].evidence
    assert "for 127.0.0.1, provider.test" in walked["tls"].evidence


async def test_a_plain_port_for_https() -> None:
    async def complain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(http(400))
        writer.close()

    async with await asyncio.start_server(complain, "127.0.0.1", 0) as server:
        walked = await walk(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    assert (walked.culprit, walked.report.exit_code) == (("tls", "tls-handshake"), 15)
    assert walked["tcp"].result == "ok"


async def test_a_port_that_is_silent_about_tls(clock: MovedLoop) -> None:
    async with Peer(Nest()) as peer:
        walking = asyncio.create_task(walk(peer.url.replace("http:", "https:")))
        await until(lambda: peer.connections)
        await turns(100)
        clock.advance(5)
        walked = await walking
    assert (walked.culprit, walked.report.exit_code) == (("tls", "connect-timeout"), 15)


async def test_a_file_of_certificates_that_is_none(tmp_path: Any) -> None:
    walked = await walk("https://127.0.0.1:9/v1", ca_file=str(tmp_path / "none.pem"))
    assert (walked.culprit, walked.report.exit_code) == (("tls", "tls-certificate"), 15)
    assert "none.pem" in walked["tls"].evidence


async def test_a_proxy_that_is_not_there(closed_port: int) -> None:
    walked = await walk(ELSEWHERE, allow_http=True, proxy=f"http://heron:reeds@127.0.0.1:{closed_port}")
    assert (walked.culprit, walked.report.exit_code) == (("tcp", "proxy-unreachable"), 14)
    assert walked["tcp"].evidence == f"proxy 127.0.0.1 port {closed_port} · ECONNREFUSED"
    assert walked["proxy"].result == "warn"
    assert "reeds" not in f"{walked.report}"


@pytest.mark.parametrize(("status", "outcome"), [(407, "proxy-auth"), (503, "proxy-refused")])
async def test_a_proxy_that_refuses(status: int, outcome: str) -> None:
    async with Peer(refused(status)) as peer:
        walked = await walk(NAMED, proxy=f"http://127.0.0.1:{peer.port}")
        assert [visit.head.split()[0] for visit in peer.visits] == [b"CONNECT"]
    assert (walked.culprit, walked.report.exit_code) == (("tcp", outcome), 14)
    assert str(status) in walked["tcp"].evidence


async def test_a_proxy_in_force_is_told_of_and_is_no_failure() -> None:
    async with Peer(Nest()) as peer:
        walked = await walk("http://provider.test/v1", allow_http=True, proxy=f"http://127.0.0.1:{peer.port}")
    assert walked.report.exit_code == 0
    assert walked["proxy"].evidence == f"this route goes through http://127.0.0.1:{peer.port}"
    assert walked["tcp"].evidence.startswith("proxy 127.0.0.1")


async def test_headers_name_who_stands_in_the_way() -> None:
    marked = http(200, LISTED, "Via: 1.1 weir (heron)", "Server: nginx/1.22.1", "WWW-Authenticate: Basic realm=gate")
    async with Peer(Nest(models=answer(marked))) as peer:
        walked = await walk(peer.url)
    assert walked["headers"].result == "warn"
    assert walked["headers"].evidence.startswith("server: nginx/1.22.1 · via: 1.1 weir (heron)")
    assert "Basic realm=gate" in walked["headers"].evidence
    assert walked.report.exit_code == 0


@pytest.mark.parametrize(
    ("complaint", "before", "after"),
    [
        ("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.", "max_tokens", "max_completion_tokens"),
        ("Unknown field: stream_options", "stream_options", None),
    ],
)
async def test_a_field_that_the_server_minds_is_left_out(complaint: str, before: str, after: str | None) -> None:
    nest = Nest()

    async def mind(visit: Any) -> None:
        if visit.body and before in asked(visit):
            visit.send(http(400, error(complaint)))
        else:
            await nest(visit)

    async with Peer(mind) as peer:
        walked = await walk(peer.url, usage="on")
        last = asked(peer.visits[-1])
    assert (walked.report.culprit, before in last) == (None, False)
    assert after is None or after in last


async def test_what_it_cost_is_counted_by_the_server_or_guessed_here() -> None:
    told = dict(PLAIN, usage={"prompt_tokens": 9, "completion_tokens": 4})
    counted = opening() + b"".join(map(chunk, WORDS)) + chunk(finish("stop") + usage(20, 30) + DONE) + END
    async with Peer(Nest(plain=answer(http(200, told)), stream=answer(counted))) as peer:
        walked = await walk(peer.url)
    assert walked.report.spending.requests == 3
    assert walked.report.spending.tokens > 9 + 4 + 20 + 30
    assert walked.report.spending.estimated
    assert "usage 20 in, 30 out" in walked["stream"].evidence


async def test_a_refused_request_costs_nothing() -> None:
    async with Peer(Nest(plain=refused(429))) as peer:
        walked = await walk(peer.url)
    spending = walked.report.spending
    assert (spending.requests, spending.tokens, spending.estimated) == (1, 0, False)


async def test_a_short_reply_says_nothing_of_time() -> None:
    short = answer(opening() + chunk(text("the heron said so") + finish("stop") + DONE) + END)
    async with Peer(Nest(stream=short)) as peer:
        walked = await walk(peer.url)
    assert walked["timing"].result == "skipped"
    assert "too few events" in walked["timing"].evidence


async def test_a_key_in_a_header_is_not_repeated() -> None:
    portal = answer(http(200, page("Sign in"), f"Via: {KEY}", content_type=f"text/{KEY}"))
    async with Peer(Nest(portal, portal)) as peer:
        walked = await walk(peer.url, model=None)
    assert walked.culprit == ("models", "unexpected-body")
    assert "sk-…" in f"{walked['models'].values}"
    assert "via: sk-…" in walked["headers"].evidence
