"""A llama model of about 1 MB, made on the spot, that recites a text: `python -m tests.real.tiny_model KIND FILE`.

The model is a first-order Markov chain. Token i is the i-th unit vector, all weights of its one layer are zero, so the
vector of the last token passes through unchanged, and the output matrix turns it into log P(next | last). The text is
cut into pieces that each occur once; the chain is then a line, and every reply is the text, word for word.
Format: GGUF 3, architecture `llama`, with a SentencePiece vocabulary (llama.cpp, `gguf-py`).
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from gguf import GGUFWriter

Kind = Literal["tiny", "think", "endless"]
"""The reply ends; it ends and has reasoning before it; it begins again for ever."""

REPLY = """\
# Reading a gauge

A **weir** holds the river back a little, so that its height tells how much *water* passes. Note three things:

1. the level at the staff, in `millimetres`;
2. the time between two readings;
3. whatever blocks the crest: leaves, ice, one stubborn branch.

```python
def flow(head: float) -> float:
    return 1.84 * WIDTH * head**1.5
```

| month | flow, m³/s | remark |
|-------|-----------:|:-------|
| March | 12.7       | thaw   |
| July  | 0.9        | drought |

水位升高，流量随之增加。请记录每次读数！ Très bien 🙂 — done.
"""
THOUGHT = "First recall why anyone measures streams, then answer with short steps"

_BEGIN, _END, _UNKNOWN, _ASK = "<s>", "</s>", "<unk>", "<|ask|>"
_OPEN, _CLOSE = "<think>", "</think>"
# Far more than any server is given: a stream that has gone as far as this is cut off, endless or not.
_CONTEXT = 1 << 30
_HEAD = 32
_WIDTH_STEP = 32
_FEED_FORWARD = 32
# The natural logarithm of what is left for the pieces that do not come next: not one in a reply at any temperature.
_NEVER = -60.0

_TEMPLATE = (
    "{% for message in messages %}[{{ message.role }}]"
    "{% if message.role == 'assistant' and message.reasoning_content %}"
    "<think>{{ message.reasoning_content }}</think>{% endif %}"
    "{{ message.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|ask|>{% endif %}"
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokens of a model and the walk that it takes through them."""

    tokens: list[str]
    types: list[int]
    """One of GGUF's token types for each token: 1 normal, 2 unknown, 3 control, 5 unused, 6 byte."""
    walk: list[int]
    """Token numbers, from the one that ends a prompt to the last of the reply."""

    def followers(self, endless: bool) -> dict[int, int]:
        """The token after each; what is not on the walk begins the reply, and an endless walk goes round."""
        start = self.walk[1]
        after = dict.fromkeys(range(len(self.tokens)), start)
        after.update(zip(self.walk, self.walk[1:], strict=False))
        after[self.walk[-1]] = start if endless else self.tokens.index(_END)
        return after


def cut(text: str, taken: set[str]) -> list[str]:
    """Cut `text` into words with the blanks before them, Chinese characters and emoji, each piece only once.

    A piece that is in `taken` already is joined with what follows; the pieces are added to `taken`.
    """
    pieces: list[str] = []
    piece = ""
    for part in re.findall(r"\s*[\u3000-\u9fff\uff00-\uffef]|\s*[^\s\u3000-\u9fff\uff00-\uffef]+|\s+", text):
        piece += part
        if piece not in taken:
            taken.add(piece)
            pieces.append(piece)
            piece = ""
    if piece:
        pieces[-1] += piece
    return pieces


def build_vocabulary(kind: Kind) -> Vocabulary:
    byte_tokens = [f"<0x{number:02X}>" for number in range(256)]
    tokens = [_UNKNOWN, _BEGIN, _END, _ASK, *byte_tokens]
    types = [2, 3, 3, 3, *[6] * 256]
    taken = set(tokens)
    pieces = [_ASK]
    if kind == "think":
        pieces += [_OPEN, *cut(THOUGHT, taken), _CLOSE]
    pieces += cut(REPLY, taken)
    steps: list[str] = []
    for piece in pieces:
        emoji = piece.strip()
        if emoji and ord(emoji[0]) > 0xFFFF:
            # As in real vocabularies: one character comes as several tokens, each a byte of its UTF-8.
            steps += [byte_tokens[byte] for byte in piece.encode()]
        else:
            steps.append(piece.replace(" ", "\u2581"))
    if len(set(steps)) != len(steps):
        raise ValueError("a token occurs twice: the reply would loop or skip")
    fresh = [step for step in steps if step not in tokens]
    tokens += fresh
    types += [1] * len(fresh)
    unused = -len(tokens) % _WIDTH_STEP
    tokens += [f"<unused{number}>" for number in range(unused)]
    types += [5] * unused
    numbers = {token: number for number, token in enumerate(tokens)}
    return Vocabulary(tokens, types, [numbers[step] for step in steps])


def write_model(kind: Kind, path: Path) -> None:
    """Write the model file; `endless` goes on for ever where the server shifts its context."""
    # Only this function needs the extra `real`, and it runs in a child process.
    import gguf

    vocabulary = build_vocabulary(kind)
    writer = gguf.GGUFWriter(path, "llama")
    _describe(writer, vocabulary)
    _add_weights(writer, vocabulary, endless=kind == "endless")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _describe(writer: "GGUFWriter", vocabulary: Vocabulary) -> None:
    width = len(vocabulary.tokens)
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(width)
    writer.add_block_count(1)
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(1)
    writer.add_head_count_kv(1)
    writer.add_key_length(_HEAD)
    writer.add_value_length(_HEAD)
    writer.add_rope_dimension_count(_HEAD)
    writer.add_layer_norm_rms_eps(1e-9)
    writer.add_vocab_size(width)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_scores([-float(number) for number in range(width)])
    writer.add_token_types(vocabulary.types)
    writer.add_unk_token_id(vocabulary.tokens.index(_UNKNOWN))
    writer.add_bos_token_id(vocabulary.tokens.index(_BEGIN))
    writer.add_eos_token_id(vocabulary.tokens.index(_END))
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(_TEMPLATE)


def _add_weights(writer: "GGUFWriter", vocabulary: Vocabulary, *, endless: bool) -> None:
    import numpy

    width = len(vocabulary.tokens)
    output = numpy.full((width, width), _NEVER, numpy.float32)
    for last, following in vocabulary.followers(endless).items():
        output[following, last] = 0.0
    # The normalisation before the output makes a unit vector sqrt(width) long.
    output /= numpy.float32(width**0.5)
    writer.add_tensor("token_embd.weight", numpy.eye(width, dtype=numpy.float16))
    writer.add_tensor("output_norm.weight", numpy.ones(width, numpy.float32))
    writer.add_tensor("output.weight", output.astype(numpy.float16))
    shapes = {
        "attn_q": (_HEAD, width),
        "attn_k": (_HEAD, width),
        "attn_v": (_HEAD, width),
        "attn_output": (width, _HEAD),
        "ffn_gate": (_FEED_FORWARD, width),
        "ffn_up": (_FEED_FORWARD, width),
        "ffn_down": (width, _FEED_FORWARD),
    }
    for name, shape in shapes.items():
        writer.add_tensor(f"blk.0.{name}.weight", numpy.zeros(shape, numpy.float16))
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", numpy.ones(width, numpy.float32))


if __name__ == "__main__":
    match sys.argv[1:]:
        case [("tiny" | "think" | "endless") as chosen, target]:
            write_model(chosen, Path(target))
        case _:
            sys.exit("usage: tiny_model tiny|think|endless FILE")
