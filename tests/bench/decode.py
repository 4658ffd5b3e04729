"""Events a second from bytes to text deltas, JSON included: `python -m tests.bench.decode` (needs the extra `bench`).

Ours is `OpenAIStreamDecoder`. Beside it, fed with the same bytes in the same run: httpx-sse with json, and the openai
package's decoder with json. Times are CPU seconds of the process; machines are noisy, so read the ratios.
"""

import codecs
import json
import time
from collections.abc import Callable, Iterator

from httpx_sse._decoders import SSEDecoder as HttpxSSEDecoder
from httpx_sse._decoders import SSELineDecoder
from openai._streaming import SSEDecoder as OpenAISSEDecoder

from tui.stream.dialects.openai import OpenAIStreamDecoder
from tui.stream.events import TextDelta

READ = 16 * 1024
ROUNDS = 5
WORDS = ("The", " quick", " brown", " fox", " jumps,", " over\n", "流式", " **bold**", " `code`", "🙂")


def make_stream(size: int, long_line: int = 0) -> bytes:
    """A stream of about `size` bytes as OpenAI sends it, with one line of `long_line` bytes in the middle."""
    events = []
    total = 0
    while total < size:
        event = _event(WORDS[len(events) % len(WORDS)])
        events.append(event)
        total += len(event)
    if long_line:
        events.insert(len(events) // 2, _event("x" * (long_line - len(_event("")))))
    return b"".join([*events, b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'])


def _event(text: str) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "logprobs": None, "finish_reason": None}
    head = {"id": "chatcmpl-abc123", "object": "chat.completion.chunk", "created": 1700000000, "model": "some-model"}
    return b"data: " + json.dumps({**head, "choices": [choice]}, ensure_ascii=False).encode() + b"\n\n"


def reads(data: bytes) -> Iterator[bytes]:
    return (data[start : start + READ] for start in range(0, len(data), READ))


def decode_ours(data: bytes) -> str:
    decoder = OpenAIStreamDecoder()
    return "".join(event.text for read in reads(data) for event in decoder.feed(read) if type(event) is TextDelta)


def decode_httpx_sse(data: bytes) -> str:
    text, lines, events = codecs.getincrementaldecoder("utf-8")(), SSELineDecoder(), HttpxSSEDecoder()
    out = []
    for read in reads(data):
        for line in lines.decode(text.decode(read)):
            event = events.decode(line.rstrip("\n"))
            if event is not None and event.data != "[DONE]":
                out.append(json.loads(event.data)["choices"][0]["delta"].get("content") or "")
    return "".join(out)


def decode_openai(data: bytes) -> str:
    out = []
    for event in OpenAISSEDecoder().iter_bytes(reads(data)):
        if event.data.startswith("[DONE]"):
            break
        out.append(event.json()["choices"][0]["delta"].get("content") or "")
    return "".join(out)


def seconds(decode: Callable[[bytes], str], data: bytes) -> float:
    """CPU seconds of one pass."""
    start = time.process_time()
    decode(data)
    return time.process_time() - start


def main() -> None:
    """Print the comparison, then how our own rate holds from 1 MB to 64 MB with a line of 8 MB."""
    rivals = {"httpx-sse + json": decode_httpx_sse, "openai + json": decode_openai}
    data = make_stream(4_000_000)
    events = data.count(b"\n\n")
    assert decode_ours(data) == decode_httpx_sse(data) == decode_openai(data), "all read the same text"
    passes = [{name: seconds(decode, data) for name, decode in {"ours": decode_ours, **rivals}.items()}
              for _ in range(ROUNDS)]  # fmt: skip
    for name in ("ours", *rivals):
        rate = events / sorted(each[name] for each in passes)[ROUNDS // 2]
        ratio = sorted(each[name] / each["ours"] for each in passes)[ROUNDS // 2]
        print(f"{name:18} {rate:10,.0f} events/s   ours is {ratio:.2f} times as fast   (budget: 1.00 or more)")
    small = make_stream(1_000_000)
    base = min(seconds(decode_ours, small) for _ in range(ROUNDS)) / len(small)
    for megabytes, line in ((4, 0), (16, 0), (64, 0), (64, 8_000_000)):
        data = make_stream(megabytes * 1_000_000, line)
        cost = min(seconds(decode_ours, data) for _ in range(2)) / len(data)
        extra = " with a line of 8 MB" if line else ""
        print(f"{megabytes:3} MB{extra}: {cost / base:.2f} times the CPU per byte of 1 MB   (flat: about 1)")


if __name__ == "__main__":
    main()
