"""`Client.stream()` over several attempts, and where it sends a key and where it never shows one."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.stream.clock import MovedLoop, until
from tests.stream.listener import KEY, KEY_NAME, Listener, ask, check_discretion, route
from tests.stream.peer import End, Peer, answer
from tests.stream.wire import DONE, delta, error, event, finish, http, stream, text
from tui.settings.key_source import KeySource
from tui.settings.provider import NO_KEY
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.outcome import NoticeCode, Outcome

YES = stream(text("Yes."), finish("stop"), DONE)
NO_FIELD = http(400, error("Unrecognized request argument supplied: stream_options"))


async def test_a_connection_is_used_again_after_a_whole_reply(client: Client) -> None:
    async with Peer(answer(YES)) as peer:
        for _ in range(3):
            assert (await ask(client, peer.url)).text == "Yes."
    assert peer.connections == 1


async def test_a_stale_connection_is_replaced_at_once(patient: Client) -> None:
    async with Peer(answer(YES), answer(end=End.FIN), answer(YES)) as peer:
        await ask(patient, peer.url)
        heard = await ask(patient, peer.url)
    assert (heard.outcome, heard.text, peer.connections) == (Outcome.COMPLETE, "Yes.", 2)
    (notice,) = heard.notices
    assert notice.code is NoticeCode.RETRYING
    assert notice.values == {"attempt": 2, "attempts": 3, "seconds": 0, "reason": "no-response"}
    assert notice.record is not None
    assert notice.record.detail == {"reused_connection": True}


async def test_without_retries_a_stale_connection_is_an_ending(client: Client) -> None:
    async with Peer(answer(YES), answer(end=End.FIN)) as peer:
        await ask(client, peer.url)
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.codes) == (Outcome.NO_RESPONSE, [])


@pytest.mark.parametrize(
    "refusal",
    [
        http(503, error("Loading"), "Retry-After: 121"),
        http(429, error("Slow down"), "x-should-retry: false"),
        http(429, error("no more", code="insufficient_quota")),
        http(400, error("no")),
    ],
)
async def test_what_is_not_tried_again(refusal: bytes, patient: Client) -> None:
    async with Peer(answer(refusal)) as peer:
        heard = await ask(patient, peer.url)
    assert (len(peer.visits), heard.codes) == (1, [])


async def test_the_servers_wait_is_kept_to(patient: Client, clock: MovedLoop) -> None:
    async with Peer(answer(http(429, error("Please try again in 20s"))), answer(YES)) as peer:
        listener = Listener(patient, route(peer.url))
        await until(lambda: listener.trace.state == "retrying")
        assert listener.trace.retry_at == clock.time() + 20
        clock.advance(20)
        heard = await listener.heard()
    assert (heard.text, heard.notices[0].values["seconds"]) == ("Yes.", 20)


HIDDEN = {"provider_name": "Marsh", "headers": {"Retry-After": "45", "X-Upstream": "marsh"}}
SPENT = {"headers": {"X-RateLimit-Limit": "20", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "%d"}}


@pytest.mark.parametrize(
    ("refusal", "seconds", "said"),
    [
        (http(429, error("no"), "Retry-After: soon"), 30, None),
        (http(503, error("no"), "Retry-After: -5"), 30, None),
        (http(429, error("no"), "Retry-After: 100 s"), 100, 100.0),
        (http(429, error("no"), "Retry-After: 100;x"), 100, 100.0),
        (http(429, error("Please try again in 1m6s.")), 66, 66.0),
        (http(429, error("Please try again in 500ms.")), 0.5, 0.5),
        (http(429, error("no", metadata=HIDDEN)), 45, 45.0),
    ],
    ids=["soon", "negative", "a unit", "a parameter", "minutes in words", "milliseconds in words", "OpenRouter's"],
)
async def test_a_wait_that_is_oddly_given_is_kept_to(
    refusal: bytes, seconds: float, said: float | None, patient: Client, clock: MovedLoop
) -> None:
    async with Peer(answer(refusal), answer(YES)) as peer:
        listener = Listener(patient, route(peer.url))
        await until(lambda: listener.trace.state == "retrying")
        assert listener.trace.retry_at == clock.time() + seconds
        clock.advance(seconds)
        heard = await listener.heard()
    assert heard.text == "Yes."
    assert heard.notices[0].record is not None
    assert heard.notices[0].record.retry_after_s == said


@pytest.mark.parametrize("given", ["300 s", "1e6", "300;x", "6m0s"])
async def test_a_long_wait_is_none_that_passes_unasked_however_it_is_given(given: str, patient: Client) -> None:
    async with Peer(answer(http(429, error("no"), f"Retry-After: {given}"))) as peer:
        heard = await ask(patient, peer.url)
    assert (heard.outcome, len(peer.visits), heard.codes) == (Outcome.RATE_LIMITED, 1, [])
    assert (heard.record.retry_after_s or 0) >= 300


@pytest.mark.parametrize("in_band", [True, False])
async def test_a_limit_of_openrouters_upstream_is_read_out_of_its_error(in_band: bool, patient: Client) -> None:
    """It gives the moment in milliseconds since 1970."""
    reset = int((datetime.now(UTC) + timedelta(hours=2)).timestamp() * 1000)
    told = error("no", code=429, metadata=json.loads(json.dumps(SPENT) % reset))
    async with Peer(answer(stream(event(told)) if in_band else http(429, told))) as peer:
        heard = await ask(patient, peer.url)
    assert (heard.outcome, len(peer.visits)) == (Outcome.IN_BAND_ERROR if in_band else Outcome.RATE_LIMITED, 1)
    assert 7000 < (heard.record.retry_after_s or 0) <= 7200


async def test_nothing_is_tried_again_once_there_was_text(patient: Client) -> None:
    async with Peer(answer(stream(text("Yes"), event(error("overloaded"))))) as peer:
        heard = await ask(patient, peer.url)
    assert (heard.outcome, heard.text, len(peer.visits)) == (Outcome.IN_BAND_ERROR, "Yes", 1)


async def test_a_server_that_does_not_know_the_field_for_usage_is_asked_without_it(patient: Client) -> None:
    async with Peer(answer(NO_FIELD), answer(YES)) as peer:
        heard = await ask(patient, peer.url, usage="on")
    first, second = (json.loads(visit.body) for visit in peer.visits)
    assert first.pop("stream_options") == {"include_usage": True}
    assert list(second) == ["model", "stream", "messages"]
    assert first == second
    assert (heard.text, heard.codes, heard.notices[0].values["seconds"]) == ("Yes.", [NoticeCode.RETRYING], 0)


async def test_usage_is_not_asked_for_where_nobody_knows_whether_it_is_taken(client: Client) -> None:
    async with Peer(answer(YES)) as peer:
        await ask(client, peer.url)
        await ask(client, peer.url, origin="practice")
    assert [list(json.loads(visit.body))[3:] for visit in peer.visits] == [[], ["stream_options"]]


async def test_a_query_of_the_base_url_stays_behind_the_path(client: Client) -> None:
    async with Peer(answer(YES), answer(http(200, {"data": []}))) as peer:
        heard = await ask(client, f"{peer.url}/?api-version=2&x=%20")
        await client.list_models(route(f"{peer.url}?api-version=2"))
    chat, models = (visit.head.partition(b"\r\n")[0] for visit in peer.visits)
    assert chat == b"POST /v1/chat/completions?api-version=2&x=%20 HTTP/1.1"
    assert models == b"GET /v1/models?api-version=2 HTTP/1.1"
    assert heard.record.endpoint is not None
    assert heard.record.endpoint["path"] == "/v1/chat/completions"


@pytest.mark.parametrize(
    "pasted", ["models", "completions", "responses", "messages", "chat", "chat/completions", "models/?key=a"]
)
async def test_a_pasted_path_behind_the_version_is_taken_off(pasted: str, client: Client) -> None:
    async with Peer(answer(YES), answer(http(200, {"data": [{"id": "heron-1"}]}))) as peer:
        heard = await ask(client, f"{peer.url}/{pasted}")
        listing = await client.list_models(route(f"{peer.url}/{pasted}"))
    chat, models = (visit.head.split()[1].partition(b"?")[0] for visit in peer.visits)
    assert (chat, models) == (b"/v1/chat/completions", b"/v1/models")
    assert (heard.text, listing.models) == ("Yes.", ("heron-1",))


async def test_models_without_a_version_is_a_base_of_its_own(client: Client) -> None:
    """Azure's model inference has such a one: https://learn.microsoft.com/en-us/rest/api/aifoundry/modelinference/"""
    async with Peer(answer(YES)) as peer:
        await ask(client, peer.url.replace("/v1", "/models"))
    assert peer.visits[0].head.split()[1] == b"/models/chat/completions"


async def test_a_provider_without_a_key_gets_none(client: Client) -> None:
    async with Peer(answer(YES)) as peer:
        heard = await ask(client, peer.url, key=NO_KEY)
    assert peer.visits[0].header("Authorization") is None
    assert heard.record.key is None


async def test_a_key_is_sent_over_plain_http_only_where_that_was_allowed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Peer(answer(YES)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"127.0.0.1:{proxy.port}")
        for allowed in (False, True):
            heard = await ask(client, "http://provider.test/v1", allow_http=allowed)
        without = await ask(client, "http://provider.test/v1", key=NO_KEY)
    assert (heard.text, without.text) == ("Yes.", "Yes.")
    assert [visit.header("Authorization") for visit in proxy.visits] == [f"Bearer {KEY}", None]


async def test_a_key_is_kept_out_of_the_record_whatever_repeats_it() -> None:
    """Even one that looks like no key, and in every text of the server's that is recorded."""
    key = "among-the-reeds-of-1937"
    told = event({**delta("Yes."), "model": key}) + event(delta(finish=f"because {key}"))
    head = f"HTTP/1.1 200 OK\r\nServer: {key}\r\nx-request-id: {key}\r\nContent-Type: x/{key}\r\n\r\n"
    refusal = http(401, error(f"bad key {key}", type=key, code=key), f"cf-ray: {key}", f"x-ratelimit-key: {key}")
    async with Client({KEY_NAME: key}, Masker(), retries=0) as client:
        async with Peer(answer(head.encode() + told, end=End.FIN), answer(refusal)) as peer:
            for outcome in (Outcome.COMPLETE, Outcome.INVALID_KEY):
                heard = await ask(client, peer.url, owner=f"owner of {key}", support=key)
                assert heard.outcome is outcome
                assert key not in json.dumps(heard.record.as_json())
                assert not [notice for notice in heard.notices if key in str(notice.values)]
                check_discretion(heard.record, "Yes.")
    assert heard.record.key == "[masked]"


async def test_a_key_comes_from_a_file_or_a_command_too(client: Client, tmp_path: object) -> None:
    async with Peer(answer(YES)) as peer:
        heard = await ask(client, peer.url, key=KeySource("command", f"echo {KEY}"))
        gone = await ask(client, peer.url, key=KeySource("file", f"{tmp_path}/none"))
    assert heard.text == "Yes."
    assert peer.visits[0].header("Authorization") == f"Bearer {KEY}"
    assert gone.outcome is Outcome.NO_API_KEY


async def test_two_streams_at_once_do_not_meet(client: Client) -> None:
    async with Peer(answer(end=End.SILENCE), answer(YES)) as peer:
        first = Listener(client, route(peer.url))
        await peer.wait_visits(1)
        assert (await ask(client, peer.url)).text == "Yes."
        peer.visits[0].send(YES.replace(b"Yes.", b"No!!"))
        assert (await first.heard()).text == "No!!"
