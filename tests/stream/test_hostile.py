"""Streams made to deceive: a key where none is looked for, hidden text, an end that never comes, endless work."""

import gzip
import json
import zlib

import pytest

from tests.stream.clock import MovedLoop, turns, until
from tests.stream.listener import KEY, Listener, ask, route
from tests.stream.peer import End, Peer, answer
from tests.stream.wire import DONE, END, chunk, error, event, finish, http, opening, page, stream, text
from tui.settings.provider import Timeouts
from tui.stream.client import Client
from tui.stream.dialects.openai import OpenAIStreamDecoder
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.provider_error import find_error
from tui.stream.sse import LINE_LIMIT

HELLO = text("Hello")
USAGE = event({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1}})


def holds_key(record: object) -> bool:
    return KEY[10:].lower() in json.dumps(record).lower()


async def test_a_key_in_the_address_is_masked(client: Client) -> None:
    async with Peer(answer(stream(HELLO, finish("stop"), DONE))) as peer:
        heard = await ask(client, f"{peer.url}/{KEY}")
    assert heard.outcome is Outcome.COMPLETE
    assert KEY.encode() in peer.visits[0].head.splitlines()[0]
    assert not holds_key(heard.record.as_json())


async def test_a_key_in_a_headers_name_is_masked(client: Client) -> None:
    async with Peer(answer(http(429, error("slow"), f"x-ratelimit-{KEY}: 5"))) as peer:
        heard = await ask(client, peer.url)
    assert heard.record.detail["limit_headers"]
    assert not holds_key(heard.record.as_json())


async def test_a_key_that_a_title_tears_apart_is_masked(client: Client) -> None:
    torn = page(f"refused {KEY[:20]}<wbr>{KEY[20:]}")
    async with Peer(answer(http(502, torn, content_type="text/html"))) as peer:
        heard = await ask(client, peer.url)
    assert "refused" in heard.record.detail["html_title"]
    assert KEY[20:] not in json.dumps(heard.record.as_json())


async def test_a_key_at_the_border_of_what_is_shown_is_masked_before_the_cut(client: Client) -> None:
    async with Peer(answer(http(200, f"garbage {'x' * 90} {KEY}"))) as peer:
        heard = await ask(client, peer.url)
    assert heard.outcome is Outcome.UNEXPECTED_BODY
    assert KEY[:14] not in heard.record.detail["body_head"]


@pytest.mark.parametrize(
    "lost",
    [b"a" + HELLO[2:], b" " + HELLO, b'{"choices":[{"delta":{"content":"B\n\n'],
    ids=["first byte lost", "indented", "torn and bare"],
)
async def test_text_that_was_not_read_is_told(lost: bytes, client: Client) -> None:
    async with Peer(answer(stream(text("A"), lost, text("C"), finish("stop"), DONE))) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.text, heard.record.detail["malformed_count"]) == (Outcome.MALFORMED_CHUNK, "AC", 1)


async def test_chunks_in_a_list_are_read(client: Client) -> None:
    listed = b"data: [" + HELLO.removeprefix(b"data: ").strip() + b"]\n\n"
    async with Peer(answer(stream(listed, finish("stop"), DONE))) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.text) == (Outcome.COMPLETE, "Hello")


@pytest.mark.parametrize(
    "body",
    [b'{\n "error": {\n  "message": "boom"\n }\n}\n\n', b'stray\n\n{\n "error": {\n  "message": "boom"\n }\n}\n\n'],
)
async def test_an_error_over_several_bare_lines_is_heard_whatever_follows(body: bytes, client: Client) -> None:
    async with Peer(answer(stream(HELLO, body, DONE))) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.text) == (Outcome.IN_BAND_ERROR, "Hello")
    assert heard.record.error is not None
    assert heard.record.error["message"] == "boom"


@pytest.mark.parametrize("data", ["[DONE]", ""])
async def test_an_event_named_error_is_one_whatever_it_holds(data: str, client: Client) -> None:
    async with Peer(answer(stream(HELLO, f"event: error\ndata: {data}\n\n".encode()))) as peer:
        heard = await ask(client, peer.url)
    assert heard.outcome is Outcome.IN_BAND_ERROR


async def test_json_behind_a_line_of_prose_is_read(client: Client) -> None:
    lines = b"Loading model\n" + b"\n".join(part.removeprefix(b"data: ").strip() for part in (HELLO, finish("stop")))
    async with Peer(answer(http(200, lines))) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.text) == (Outcome.COMPLETE, "Hello")


@pytest.mark.parametrize(
    "before",
    [b"<!-- x -->", b"<?xml version='1'?>\n", b"\xef\xbb\xbf", b" \r\n\t", b"\xef\xbb\xbf\n<!--\ndata: {}\n-->\n<?x?>"],
    ids=["a comment", "XML", "a mark", "blanks", "all of them"],
)
@pytest.mark.parametrize("content_type", ["text/html", "text/event-stream"])
async def test_a_page_is_one_whatever_stands_before_it(before: bytes, content_type: str, client: Client) -> None:
    sent = before + page("Sign in").encode()
    pieces = [sent[:1], sent[1:5], sent[5:]]
    async with Peer(answer(opening(content_type=content_type), *map(chunk, pieces), END)) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.record.detail) == (Outcome.HTML_PAGE, {"html_title": "Sign in"})


@pytest.mark.parametrize("body", [b"<!-- x", b"<?xml version='1.0'?><Error/>", b"<p>Hi</p>", b"<", b"<!-- x --> hello"])
async def test_what_begins_like_a_page_and_is_none(body: bytes, client: Client) -> None:
    async with Peer(answer(http(200, body))) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.record.detail["body_head"]) == (Outcome.UNEXPECTED_BODY, body.decode())


@pytest.mark.parametrize(
    ("events", "codes"),
    [
        ((HELLO, b"[DONE]\n"), [NoticeCode.MISSING_FINISH]),
        ((HELLO, b"[DONE]"), [NoticeCode.MISSING_FINISH]),
        ((HELLO, finish("stop"), b"[DONE]\n\n"), []),
        ((HELLO[6:], b"[DONE]\n"), [NoticeCode.MISSING_FINISH, NoticeCode.NDJSON]),
        ((HELLO, b"[DONE]\n\n", text("never read")), [NoticeCode.MISSING_FINISH]),
    ],
    ids=["a line", "torn", "after a finish", "among JSON lines", "with text behind it"],
)
async def test_an_end_mark_without_its_field_ends_a_reply(
    events: tuple[bytes, ...], codes: list[NoticeCode], client: Client
) -> None:
    kind = "application/x-ndjson" if NoticeCode.NDJSON in codes else "text/event-stream"
    async with Peer(answer(stream(*events, content_type=kind))) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.text, heard.codes) == (Outcome.COMPLETE, "Hello", codes)
    assert heard.record.done_seen


async def test_an_end_mark_by_itself_ends_nothing(client: Client) -> None:
    async with Peer(answer(http(200, b"[DONE]\n"))) as peer:
        heard = await ask(client, peer.url)
    assert heard.outcome is Outcome.UNEXPECTED_BODY


@pytest.mark.parametrize("form", ["[%s,\n%s]", "[\n%s,\n%s\n]\n", "[%s\n,\n%s\n]", "Loading...\nReady\n%s\n%s"])
async def test_chunks_in_a_list_over_lines_or_behind_prose_are_read(form: str, client: Client) -> None:
    body = form % tuple(part.decode().removeprefix("data: ").strip() for part in (HELLO, finish("stop")))
    async with Peer(answer(http(200, body, content_type="application/json"))) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.text, heard.codes) == (Outcome.COMPLETE, "Hello", [NoticeCode.NDJSON])


async def test_json_lines_behind_prose_are_shown_as_they_come(client: Client) -> None:
    lines = [b"Loading the model\n", HELLO[6:-1], text(" again")[6:-1]]
    async with Peer(answer(opening(), *map(chunk, lines), end=End.SILENCE)) as peer:
        listener = Listener(client, route(peer.url))
        await until(lambda: listener.said.text == "Hello again")
        peer.visits[0].close()
        heard = await listener.heard()
    assert heard.outcome is Outcome.TRUNCATED_BODY


WHOLE = gzip.compress(HELLO + finish("stop") + DONE)
BEGUN = zlib.compressobj(wbits=31)
FLUSHED = BEGUN.compress(HELLO * 5) + BEGUN.flush(zlib.Z_SYNC_FLUSH)


@pytest.mark.parametrize(
    ("packed", "outcome", "said"),
    [
        (WHOLE + b"\0" * 16, Outcome.COMPLETE, "Hello"),
        (WHOLE[:-8] + b"\1" * 8, Outcome.COMPLETE, "Hello"),
        (FLUSHED + b"\xff" * 50, Outcome.PREMATURE_EOF, "Hello" * 5),
    ],
    ids=["padding", "wrong sum", "damaged"],
)
async def test_no_text_before_a_damage_is_lost(packed: bytes, outcome: Outcome, said: str, client: Client) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n"
    async with Peer(answer(head.encode() + b"Content-Type: text/event-stream\r\n\r\n" + packed)) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.text) == (outcome, said)


async def test_usage_after_the_finish_does_not_keep_the_end_open(client: Client, clock: MovedLoop) -> None:
    async with Peer(answer(opening(), *map(chunk, (HELLO, finish("stop"))), end=End.SILENCE)) as peer:
        listener = Listener(client, route(peer.url, timeouts=Timeouts(linger=2)))
        await until(lambda: listener.trace.evidence.finish_reason)
        await turns()
        for _ in range(3):
            seen = listener.trace.bytes
            peer.visits[0].send(chunk(USAGE))
            await until(lambda seen=seen: listener.trace.bytes > seen)
            clock.advance(0.8)
            await turns()
        heard = await listener.heard()
    assert (heard.outcome, heard.codes) == (Outcome.COMPLETE, [NoticeCode.MISSING_DONE])


def test_the_data_of_one_event_is_bounded() -> None:
    decoder = OpenAIStreamDecoder()
    for _ in range(LINE_LIMIT // 4000 + 2):
        decoder.feed(b"data: " + b"x" * 4000 + b"\n")
    assert decoder.evidence.oversize_line is not None


def test_repeated_prefixes_and_names_cost_no_more_than_their_length() -> None:
    decoder = OpenAIStreamDecoder()
    decoder.feed(b"data: " * 200_000 + b"\n\n")
    call = {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"name": "n" * 50}}]}}]}
    decoder.feed(event(call) * 20_000)
    assert len(decoder.evidence.tool_names[0]) < 500
    assert decoder.evidence.tool_chars == 50 * 20_000


def test_an_error_that_nests_without_end_has_no_message() -> None:
    nested: object = "deep"
    for _ in range(900):
        nested = [nested]
    found = find_error({"error": {"message": nested}})
    assert found is not None
    assert "deep" not in found.message
