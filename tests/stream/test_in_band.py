"""What in an answer of 200 is an error, and what only looks like one."""

from typing import Any

import pytest

from tests.stream.listener import ask
from tests.stream.peer import End, Peer, answer
from tests.stream.wire import DONE, delta, error, event, finish, http, stream, text
from tui.stream.client import Client
from tui.stream.dialects.in_band import Weight, weigh
from tui.stream.outcome import NoticeCode, Outcome

STATES: dict[str, dict[str, Any]] = {
    "code 0": {"code": 0, "message": "ok"},
    "code 200": {"code": 200, "msg": "success"},
    "code 200 and other words": {"code": "200", "message": "your request is being processed"},
    "code ok": {"code": "ok", "message": "ok"},
    "code 1 and success": {"code": 1, "msg": "success"},
    "a status": {"type": "status", "message": "queued"},
    "success": {"success": True, "message": "connected to node 7"},
    "a queue": {"detail": "queue position 3"},
    "a queue in parts": {"detail": {"position": 3}},
    "a status word that nobody knows": {"status": "thinking", "message": "about reeds"},
    "an empty error": {"error": {"message": None, "code": None}},
    "an error of success": {"error": {"message": "", "code": 0, "type": ""}},
    "error false": {"error": False, "message": "warming up"},
    "error null in words": {"error": "null"},
    "error ok": {"error": "ok"},
    "error 0": {"error": "0"},
    "error false in words": {"error": "false"},
    "error success": {"error": "success"},
    "an error of nothing": {"error": [None]},
    "no error": {"error": {"code": 0, "message": "no error"}},
    "an error of 200": {"error": {"code": 200, "message": "Request successful"}},
    "an error of success in words": {"error": {"code": "0", "message": "Success."}},
    "errors of nothing": {"errors": [{}]},
    "MiniMax's success": {"base_resp": {"status_code": "0", "status_msg": "success"}},
    "MiniMax's 200": {"base_resp": {"status_code": 200, "status_msg": "success"}},
    "a failover": {"type": "failover", "message": "switched to node 2"},
    "status no_error": {"status": "no_error", "message": "about reeds"},
    "code NO_ERROR": {"code": "NO_ERROR", "message": "fine"},
    "a count of errors": {"type": "error_count", "message": "0"},
}
FAILURES: dict[str, tuple[dict[str, Any], str]] = {
    "detail": ({"detail": "Not authenticated"}, "Not authenticated"),
    "message": ({"message": "Upstream is gone"}, "Upstream is gone"),
    "a code": ({"code": 50001, "message": "no such channel"}, "no such channel"),
    "a code in words": ({"code": "Throttling", "message": "slow down"}, "slow down"),
    "Anthropic's": ({"type": "error", "error": {"type": "api_error", "message": "no"}}, "no"),
    "flat": ({"type": "error", "message": "no"}, "no"),
    "by its type in capitals": ({"type": "InternalServerError", "message": "no"}, "no"),
    "code 0 and words against it": ({"error": {"code": 0, "message": "upstream failed"}}, "upstream failed"),
    "MiniMax's": ({"base_resp": {"status_code": 1004, "status_msg": "no"}}, "no"),
    "by its type": ({"type": "invalid_request_error", "message": "no"}, "no"),
    "success false": ({"success": False, "message": "no"}, "no"),
    "status failed": ({"status": "failed", "message": "no"}, "no"),
    "an error beside empty choices": ({"choices": [], **error("no", code="502")}, "no"),
}
SURE = FAILURES.keys() - {"detail", "message"}
SAID = "Among the reeds."
GOOD = (text("Among "), text("the reeds."), finish("stop"), DONE)


@pytest.mark.parametrize("name", STATES)
async def test_a_state_of_things_is_no_error(name: str, client: Client) -> None:
    state = event(STATES[name])
    places = [(*GOOD[:place], state, *GOOD[place:]) for place in range(len(GOOD))]
    async with Peer(*(answer(stream(*events)) for events in places)) as peer:
        heard = [await ask(client, peer.url) for _ in places]
    assert {(one.outcome, one.text) for one in heard} == {(Outcome.COMPLETE, SAID)}
    assert [one.record.error for one in heard] == [None] * len(places)


@pytest.mark.parametrize(
    "empty",
    [None, {}, "", False, {"message": None, "code": None}, {"message": "", "type": "None", "code": "0"}],
    ids=str,
)
async def test_an_empty_error_beside_choices_is_none(empty: object, client: Client) -> None:
    events = [event({**delta(words), "error": empty}) for words in ("Among ", "the reeds.")]
    async with Peer(answer(stream(*events, finish("stop"), DONE))) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.text, heard.record.error) == (Outcome.COMPLETE, SAID, None)


@pytest.mark.parametrize("name", FAILURES)
async def test_an_error_that_is_all_that_comes_is_one(name: str, client: Client) -> None:
    value, message = FAILURES[name]
    answers = [stream(event(value)), stream(event(value), DONE), http(200, value)]
    async with Peer(*map(answer, answers)) as peer:
        heard = [await ask(client, peer.url) for _ in answers]
    for one in heard:
        assert one.outcome is Outcome.IN_BAND_ERROR
        assert (one.record.error or {})["message"] == message
        assert NoticeCode.MISSING_FINISH not in one.codes


@pytest.mark.parametrize("name", FAILURES)
async def test_an_error_after_some_text_is_one_if_nothing_follows_it(name: str, client: Client) -> None:
    value, message = FAILURES[name]
    endings = [stream(text("Among "), event(value)), stream(text("Among "), event(value), DONE)]
    async with Peer(*map(answer, endings)) as peer:
        heard = [await ask(client, peer.url) for _ in endings]
    for one in heard:
        assert (one.outcome, one.text) == (Outcome.IN_BAND_ERROR, "Among ")
        assert (one.record.error or {})["message"] == message


async def test_a_finish_without_a_reply_does_not_unsay_an_error(client: Client) -> None:
    """So gateways end what their upstream refused."""
    async with Peer(answer(stream(event({"detail": "Not authenticated"}), finish("stop"), DONE))) as peer:
        heard = await ask(client, peer.url)
    assert heard.outcome is Outcome.IN_BAND_ERROR
    assert (heard.record.error or {})["message"] == "Not authenticated"


async def test_the_last_state_before_a_cut_is_told_and_is_not_blamed(client: Client) -> None:
    queue = [event({"detail": f"queue position {place}"}) for place in (3, 2)]
    cut = stream(*queue).removesuffix(b"0\r\n\r\n")
    async with Peer(answer(cut, end=End.FIN)) as peer:
        heard = await ask(client, peer.url)
    assert heard.outcome is Outcome.TRUNCATED_BODY
    assert (heard.record.error or {})["message"] == "queue position 2"


def test_only_sure_errors_are_called_so_at_once() -> None:
    assert {name for name, (value, _) in FAILURES.items() if weigh(value) is Weight.ERROR} == SURE
    assert Weight.ERROR not in [weigh(value) for value in STATES.values()]


@pytest.mark.parametrize(
    "nothing",
    [
        b"error: null\n\n",
        b"error: {}\n\n",
        b'error: {"code":0}\n\n',
        b"event: error\ndata: null\n\n",
        b"event: error\ndata: {}\n\n",
        b"event: error\ndata:\n\n",
        b'event: error\ndata: {"error": {}}\n\n',
    ],
)
async def test_what_is_called_an_error_and_says_nothing_cuts_no_reply_off(nothing: bytes, client: Client) -> None:
    places = [(*GOOD[:place], nothing, *GOOD[place:]) for place in range(len(GOOD))]
    async with Peer(*(answer(stream(*events)) for events in places)) as peer:
        heard = [await ask(client, peer.url) for _ in places]
    assert {(one.outcome, one.text) for one in heard} == {(Outcome.COMPLETE, SAID)}


async def test_a_word_about_the_end_before_the_end_mark_is_no_error(client: Client) -> None:
    said = (*GOOD[:2], event({"message": "generation finished in 2.1 s"}), DONE)
    async with Peer(answer(stream(*said))) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.text, heard.record.error) == (Outcome.COMPLETE, SAID, None)


@pytest.mark.parametrize("doubt_first", [True, False])
async def test_a_sure_error_stands_whatever_is_said_beside_it(doubt_first: bool, client: Client) -> None:
    said = [event({"detail": "queue position 3"}), event({"code": 50001, "message": "no such channel"})]
    async with Peer(answer(stream(*(said if doubt_first else reversed(said))))) as peer:
        heard = await ask(client, peer.url)
    assert heard.outcome is Outcome.IN_BAND_ERROR
    assert (heard.record.error or {})["message"] == "no such channel"
