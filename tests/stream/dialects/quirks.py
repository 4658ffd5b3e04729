"""Quirks: what servers of the OpenAI dialect send, each a whole body and what it says."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.stream.wire import DONE, delta, error, event, finish, page, text

STOP = finish("stop")


@dataclass(frozen=True, slots=True)
class Quirk:
    """A body, and what it says."""

    body: bytes
    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    evidence: dict[str, object] = field(default_factory=dict)
    error: str | None = None
    """The message of the error in it."""


def azure(**choice: object) -> bytes:
    return event({"choices": [{"index": 0, "finish_reason": None, **choice}]})


MESSAGE = {"message": {"role": "assistant", "content": "Among the reeds."}, "finish_reason": "stop"}
WHOLE = {"object": "chat.completion", "model": "heron-1", "choices": [MESSAGE], "usage": {"prompt_tokens": 3}}
ENDED = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
OVER = "the request exceeds the available context size"

QUIRKS = {
    "plain": Quirk(text("a") + text("b") + STOP + DONE, "ab", evidence={"finish_reason": "stop", "done": True}),
    "no blank lines": Quirk(
        (text("a") + text("b") + STOP + DONE).replace(b"\n\n", b"\n"), "ab", evidence={"done": True}
    ),
    "CR LF": Quirk((text("a") + text("b") + STOP + DONE).replace(b"\n", b"\r\n"), "ab", evidence={"done": True}),
    "no space after data:": Quirk(text("a").replace(b": ", b":", 1) + b"data:[DONE]\n\n", "a", evidence={"done": True}),
    "DONE without data:": Quirk(text("a") + b"[DONE]\n\n", "a", evidence={"done": True, "malformed": 0}),
    "DONE without data:, at the end": Quirk(text("a") + b"[DONE]", "a", evidence={"done": True, "tail_bytes": 0}),
    "a queue's position": Quirk(event({"detail": "position 3"}) + text("a"), "a", evidence={"last_word": None}),
    "chunks in a list over lines": Quirk(
        b"[" + text("a")[6:-2] + b",\n" + text("b")[6:-2] + b"]", "ab", evidence={"bare_chunks": True, "malformed": 0}
    ),
    "prose before JSON lines": Quirk(
        b"Loading\n" + text("a")[6:-1] + text("b")[6:-1], "ab", evidence={"bare_chunks": True, "malformed": 0}
    ),
    "a page behind a comment": Quirk(
        b" <!-- <title>no</title>\ndata: {}\n--> " + page("Sign in").encode(), evidence={"html_title": "Sign in"}
    ),
    "no newline at the end": Quirk(text("a") + STOP + b"data: [DONE]", "a", evidence={"done": True, "tail_bytes": 0}),
    "the last event is whole but unended": Quirk(text("a") + text("b").rstrip(), "ab", evidence={"tail_bytes": 0}),
    "bad bytes before DONE in one read": Quirk(
        text("a").replace(b'"a"', b'"\xff"') + DONE, "\ufffd", evidence={"invalid_utf8": True, "done": True}
    ),
    "the last event is torn": Quirk(text("a") + text("b")[:-20], "a", evidence={"tail_bytes": len(text("b")) - 20}),
    "torn inside a character": Quirk(
        text("a") + b'data: {"choices":[{"delta":{"content":"\xe4\xb8',
        "a",
        evidence={"invalid_utf8": False, "malformed": 0},
    ),
    "DONE with spaces": Quirk(text("a") + b"data:   [DONE]  \n\n", "a", evidence={"done": True}),
    "DONE in quotes": Quirk(text("a") + b'data: "[DONE]"\n\n', "a", evidence={"done": True}),
    "nothing after DONE counts": Quirk(text("a") + DONE + text("b"), "a", evidence={"done": True}),
    "OpenRouter's comments": Quirk(
        b": OPENROUTER PROCESSING\n\n" + text("a") + b": OPENROUTER PROCESSING\n\n" + STOP,
        "a",
        evidence={"keepalives": 2, "keepalives_before_text": 1, "events": 2},
    ),
    "OpenRouter's error beside a finish reason": Quirk(
        text("a") + event({**error("upstream died", code=502), **delta(finish="error")}),
        "a",
        error="upstream died",
        evidence={"finish_reason": "error"},
    ),
    "an error with empty choices": Quirk(event({**error("no"), "choices": []}), error="no"),
    "an error inside a choice": Quirk(azure(error={"message": "no"}), error="no"),
    "empty errors are none": Quirk(
        event({**delta("a"), "error": None}) + event({**delta("b"), "error": {}}) + event({**delta("c"), "error": ""}),
        "abc",
    ),
    "DeepSeek's blank lines before JSON": Quirk(
        b"\n\n\n" + json.dumps(WHOLE).encode(), "Among the reeds.", evidence={"whole_object": True, "tokens_in": 3}
    ),
    "DeepSeek's reasoning": Quirk(event(delta(reasoning_content="hm", content=None)) + text("a"), "a", "hm"),
    "Azure's filter chunks": Quirk(
        event({"choices": [], "prompt_filter_results": []})
        + azure(delta={"content": "a"})
        + azure(content_filter_results={})
        + azure(delta=None)
        + azure(delta={}, finish_reason="content_filter"),
        "a",
    ),
    "OpenAI's null usage": Quirk(event({**delta("a"), "usage": None, "obfuscation": "xyz"}), "a"),
    "OpenAI's refusal": Quirk(event(delta(refusal="I won't.", content=None)) + STOP, refusal="I won't."),
    "an event named error": Quirk(
        b"event: error\n" + event({"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}}),
        error="Busy",
    ),
    "an event named error with plain text": Quirk(b"event: error\ndata: it broke\n\n", error="it broke"),
    "an event named error at the torn end": Quirk(b"event: error\ndata: it broke", error="it broke"),
    "a torn error": Quirk(
        text("a") + b'event: error\ndata: {"error":{"mess', "a", error="", evidence={"tail_bytes": 15}
    ),
    "a torn field named error": Quirk(text("a") + b'error: {"mess', "a", error="", evidence={"tail_bytes": 6}),
    "an event of another name": Quirk(b"event: message\n" + text("a"), "a", evidence={"events": 1}),
    "llama.cpp's field named error": Quirk(
        text("a") + b'error: {"code":400,"message":"' + OVER.encode() + b'","type":"exceed_context_size_error"}\n\n',
        "a",
        error=OVER,
    ),
    "a field named error at the end": Quirk(text("a") + b'error: {"code":500,"message":"died"}', "a", error="died"),
    "a bare error line among events": Quirk(text("a") + b'{"error":{"message":"died"}}\n', "a", error="died"),
    "a bare error at the end": Quirk(text("a") + b'{"error":{"message":"died"}}', "a", error="died"),
    "a pretty error": Quirk(json.dumps(error("died"), indent=2).encode(), error="died"),
    "an error as a bare string": Quirk(event({"error": "died"}), error="died"),
    "Gemini's errors in a list": Quirk(event([error("no", code=400)]), error="no"),
    "Gemini's camel case": Quirk(
        azure(delta={"content": "a"}, finishReason="STOP"), "a", evidence={"finish_reason": "STOP"}
    ),
    "Groq's usage": Quirk(
        event({"choices": [], "x_groq": {"usage": {"prompt_tokens": 2, "completion_tokens": 5}}}),
        evidence={"tokens_in": 2, "tokens_out": 5},
    ),
    "Mistral's parts": Quirk(
        event(
            delta(
                content=[
                    {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                    {"type": "text", "text": "a"},
                    {"type": "reference", "reference_ids": [1]},
                ]
            )
        ),
        "a",
        "hm",
    ),
    "vLLM's last text with its finish": Quirk(
        event(delta("a", finish="stop")), "a", evidence={"finish_reason": "stop"}
    ),
    "vLLM's reasoning": Quirk(event(delta(reasoning="hm")), "", "hm"),
    "vLLM's flat error": Quirk(event({"object": "error", "message": "no", "code": 400}), error="no"),
    "vLLM's usage in every chunk": Quirk(
        event({**delta("a"), "usage": {"completion_tokens": 1}})
        + event({**delta("b"), "usage": {"completion_tokens": 2}}),
        "ab",
        evidence={"tokens_out": 2},
    ),
    "OpenRouter's reasoning, once": Quirk(
        event(delta(reasoning="hm", reasoning_details=[{"type": "reasoning.text", "text": "hm"}])), "", "hm"
    ),
    "reasoning details alone": Quirk(event(delta(reasoning_details=[{"text": "h"}, {"text": "m"}])), "", "hm"),
    "Ollama's empty finish reason": Quirk(
        event(delta("a", finish="")) + event(delta("b", finish="null")), "ab", evidence={"finish_reason": None}
    ),
    "Ollama's own lines": Quirk(b'{"error":"model runner has died"}\n', error="model runner has died"),
    "JSON lines": Quirk(
        json.dumps(delta("a")).encode() + b"\n" + json.dumps(delta("b", finish="stop")).encode() + b"\n",
        "ab",
        evidence={"bare_chunks": True, "sse_fields": False},
    ),
    "a broken one among JSON lines": Quirk(
        json.dumps(delta("a")).encode() + b'\n{"choi\n' + json.dumps(delta("b", finish="stop")).encode(),
        "ab",
        evidence={"bare_chunks": True, "malformed": 1, "malformed_bytes": 6, "events": 3, "finish_reason": "stop"},
    ),
    "one JSON object": Quirk(json.dumps(WHOLE).encode() + b"\n", "Among the reeds.", evidence={"whole_object": True}),
    "one pretty JSON object": Quirk(
        json.dumps(WHOLE, indent=2).encode(), "Among the reeds.", evidence={"whole_object": True}
    ),
    "one JSON object as an event": Quirk(event(WHOLE) + DONE, "Among the reeds.", evidence={"whole_object": True}),
    "Perplexity's message beside the delta": Quirk(
        azure(delta={"content": "a"}, message={"content": "a"})
        + azure(delta={"content": "b"}, message={"content": "ab"}),
        "ab",
        evidence={"whole_object": False},
    ),
    "Perplexity's message without a delta at the end": Quirk(
        azure(delta={"content": "ab"}) + azure(delta={}, message={"content": "ab"}, finish_reason="stop"), "ab"
    ),
    "the legacy shape": Quirk(azure(text="a") + azure(text="b", finish_reason="stop"), "ab"),
    "a second choice": Quirk(azure(index=1, delta={"content": "x"}) + azure(delta={"content": "a"}), "a"),
    "one-api's error": Quirk(event({"code": 1301, "message": "敏感内容", "request_id": "r"}), error="敏感内容"),
    "MiniMax's error": Quirk(event({"base_resp": {"status_code": 1008, "status_msg": "余额不足"}}), error="余额不足"),
    "a comment sent again as data": Quirk(
        b"data: : OPENROUTER PROCESSING\n\n" + text("a"), "a", evidence={"keepalives": 1}
    ),
    "data: data:": Quirk(b"data: " + text("a") + b"data: data: [DONE]\n\n", "a", evidence={"done": True}),
    "an id on each event": Quirk(
        b"id: 1\n" + text("a") + b"id: 2\n: ping\n\n" + text("b"), "ab", evidence={"events": 2}
    ),
    "keep-alive words": Quirk(
        b"data:\n\ndata: [PING]\n\ndata: keep-alive\n\n: c\n\n" + text("a"),
        "a",
        evidence={"keepalives": 4, "malformed": 0},
    ),
    "glued JSON": Quirk(
        b"data: " + json.dumps(delta("a")).encode() + b" ,\t" + json.dumps(delta("b")).encode() + b"\n\n",
        "ab",
        evidence={"events": 1, "malformed": 0},
    ),
    "JSON over several data lines": Quirk(
        b"data: " + json.dumps(delta("a"), indent=1).encode().replace(b"\n", b"\ndata: ") + b"\n\n",
        "a",
        evidence={"events": 1, "malformed": 0},
    ),
    "two events in one block, the first broken": Quirk(
        b"data: {broken\n" + text("a"), "a", evidence={"malformed": 1, "malformed_bytes": 7}
    ),
    "DONE in the block of a broken event": Quirk(b"data: {broken\n" + DONE, evidence={"done": True, "malformed": 1}),
    "a broken event where no blank lines are": Quirk(
        (b"data: {broken\n" + text("a") + STOP + DONE).replace(b"\n\n", b"\n"),
        "a",
        evidence={"done": True, "malformed": 1},
    ),
    "a broken event": Quirk(text("a") + b"data: {broken\n\n" + text("b"), "ab", evidence={"malformed": 1, "events": 3}),
    "nesting beyond reason": Quirk(text("a") + b"data: " + b"[" * 3000 + b"\n\n", "a", evidence={"malformed": 1}),
    "values that are no chunks": Quirk(b'data: null\n\ndata: 7\n\ndata: []\n\ndata: "x"\n\n' + text("a"), "a"),
    "raw control characters in JSON": Quirk(text("a\tb").replace(b"\\t", b"\t"), "a\tb"),
    "surrogate halves": Quirk(
        text("a\ud83d") + text("\ude42b") + text("\ud83d\ude42"),
        "a\U0001f642b\U0001f642",
        evidence={"unpaired_surrogate": False, "text_chars": 4},
    ),
    "halves with another kind between": Quirk(
        text("\ud83d") + event(delta(reasoning="hm")) + text("\ude42"),
        "\U0001f642",
        "hm",
        evidence={"unpaired_surrogate": False},
    ),
    "lone halves": Quirk(
        text("a\ud83d") + text("b\ude42") + text("c\ud83d"),
        "a\ufffdb\ufffdc\ufffd",
        evidence={"unpaired_surrogate": True, "text_chars": 6},
    ),
    "a replacement character of the server's": Quirk(
        text("a\ufffd"), "a\ufffd", evidence={"unpaired_surrogate": False}
    ),
    "a number as content": Quirk(event(delta(content=7)), "7"),
    "text after the finish": Quirk(STOP + text("a"), "a", evidence={"content_after_finish": True}),
    "a web page": Quirk(b"\n " + page("Sign in").encode(), evidence={"html": True, "html_title": "Sign in"}),
    "a BOM": Quirk(b"\xef\xbb\xbf" + text("a"), "a", evidence={"malformed": 0}),
    "llama.cpp's timings": Quirk(
        event({**delta("a"), "timings": {"predicted_ms": 12.5}}), "a", evidence={"generation_ms": 12.5}
    ),
    "llama.cpp's counts without a usage": Quirk(
        text("a") + event({**ENDED, "timings": {"predicted_n": 3, "prompt_n": 4, "cache_n": 2}}),
        "a",
        evidence={"tokens_in": 6, "tokens_out": 3},
    ),
    "llama.cpp's counts without its cache": Quirk(
        text("a") + event({**ENDED, "timings": {"predicted_n": 3, "prompt_n": 4}}),
        "a",
        evidence={"tokens_in": None, "tokens_out": 3},
    ),
    "llama.cpp's usage beside its counts": Quirk(
        event({"choices": [], "usage": {"prompt_tokens": 8, "completion_tokens": 9}, "timings": {"predicted_n": 3}}),
        evidence={"tokens_in": 8, "tokens_out": 9},
    ),
    "think tags stay": Quirk(text("<think>hm</think>a"), "<think>hm</think>a"),
}

CHOICE: dict[str, Any] = {
    "index": 0,
    "delta": {
        "content": [{"type": "text", "text": "a"}, {"type": "thinking", "thinking": [{"text": "b"}]}],
        "reasoning_content": "c",
        "reasoning": "d",
        "thinking": "e",
        "reasoning_details": [{"text": "f"}],
        "refusal": "g",
        "tool_calls": [{"index": 0, "id": "h", "function": {"name": "i", "arguments": "j"}}],
        "function_call": {"name": "k", "arguments": "l"},
    },
    "message": {"content": "m"},
    "text": "n",
    "finish_reason": "stop",
    "finishReason": "STOP",
    "content_filter_results": {"hate": {"filtered": True}},
    "error": {"message": "o"},
}
FULL: dict[str, Any] = {
    "model": "heron-1",
    "object": "error",
    "choices": [CHOICE],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "completion_tokens_details": {"reasoning_tokens": 1}},
    "x_groq": {"usage": {"prompt_tokens": 1}},
    "timings": {"predicted_ms": 1.5, "predicted_n": 1, "prompt_n": 1, "cache_n": 1},
    "error": {
        "message": "try again in 3s",
        "type": "t",
        "code": 429,
        "status": "s",
        "metadata": {"provider_name": "p"},
        "details": [{"retryDelay": "34s"}],
    },
    "error_type": "t",
    "errors": [{"code": 1, "message": "m"}],
    "detail": [{"loc": ["body", "x"], "msg": "m"}],
    "base_resp": {"status_code": 1, "status_msg": "m"},
    "message": "m",
    "msg": "m",
    "code": 1,
    "type": "error",
}
"""A chunk with every field that is ever looked at."""
ODD: list[Any] = [
    *(None, True, 0, -1, 1.5, 10**400, float("nan"), float("inf")),
    *("", "x", "\ud83d", "[{", '{"error":{"error":{}}}', "try again in " + "9" * 400 + "s", "9" * 400 + "s"),
    *([], [None], [[]], ["x", 1], [{}], [{"text": 1}], {}, {"message": None}, {"message": {"message": 1}}, {"x": {}}),
]
"""What nobody should send in a place where something else is meant."""
