"""Needle: one spelling of a known key, and the search for it, for runs of it and for its scattered pieces.

A key is looked for whole, and every run of it that gives it away: 8 characters in a row, from its start, middle or end.
A key that is made of words would mask prose at that length, so of such a one a run is sure from 12 characters on, or
from 9 at its start. Pieces of 4 characters count once they make up most of the key together, as when a server splits it
over the items of a list. Public prefixes, known ones and names such as "acme-live-", are no part of any run.

It is looked for as it stands, with escapes resolved, in lists of numbers, and with all left out that is no letter or
digit, since anything may be put between two characters; there only 12 in a row are sure.

The search is linear: fixed blocks of the key are found by `str.find`, and at each only a set of runs is asked.
"""

import base64
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui.settings.mask import MASKED, public_prefix
from tui.settings.spelling import View, plain_view, read_codes, squeeze, unescape

SHORTEST_KNOWN = 8
"""A key of this length or more is masked wherever it stands; a shorter one, such as "none", is a word as well."""

_SURE = 8
_SURE_WORDS = 12
_SURE_START = 9
_PIECE = 4
_BY_CHANCE = 2
_FEWEST_PIECES = 8
_LONGEST_PIECED = 8192
"""Characters of a text in which pieces are looked for; a longer one holds some of any key by chance."""

_NAME = re.compile(r"(?=[a-z_.-]{8})(?:[a-z]{4,16}[-_.]){1,3}(?=[!-~]{12})")
"""A maker's own prefix; one shorter than a run takes no prose along."""
_NO_WORD = re.compile(r"[b-df-hj-np-tv-xz]{4}|[a-z]{14}", re.IGNORECASE)
_SWITCH = re.compile(r"(?<=[A-Za-z])[0-9]|(?<=[0-9])[A-Za-z]|(?<=[a-z])[A-Z]")
_TO_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_TO_LOWER |= {code + 0xFEE0: chr(code).lower() for code in range(ord("!"), ord("~") + 1)}
"""Unlike `str.lower` this keeps the length of every text; full-width letters are the same letters."""

_TOKEN_END = re.compile(r"[A-Za-z0-9_.~+/=-]*")
_DUMMY_WORDS = {
    "a", "ai", "an", "any", "anything", "api", "apikey", "bar", "baz", "change", "changeme", "cpp", "default", "demo",
    "dummy", "empty", "example", "fake", "foo", "here", "ignore", "ignored", "insert", "is", "key", "koboldcpp",
    "litellm", "llama", "llamacpp", "lm", "lmstudio", "local", "localai", "localhost", "me", "mock", "my", "na",
    "needed", "no", "none", "not", "notneeded", "null", "ollama", "openai", "or", "placeholder", "please", "put",
    "replace", "replaceme", "required", "sample", "sglang", "sk", "some", "string", "studio", "test", "testing",
    "token", "unused", "use", "vllm", "xxx", "xxxx", "xxxxxxxx", "your",
}
"""What a key is made of that only fills the field of a server without keys."""

_ViewName: TypeAlias = Literal["exact", "folded", "unescaped", "squeezed", "codes"]
_Find: TypeAlias = tuple[int, int, int, str]
"""Start, end, length when it is the whole key else 0, and the mask."""


@dataclass(frozen=True, slots=True, eq=False)
class Needle:
    """One spelling of one known key."""

    text: str
    secret: int
    """Where the secret part begins, behind the public prefix."""
    view: _ViewName
    mask: str
    prefix: str
    """The public prefix as a mask shows it."""
    width: int
    """Characters of a run that give the key away."""
    runs: frozenset[str]
    blocks: tuple[str, ...]
    """Parts of the key side by side; every run holds one of them whole."""
    start: str
    """The public prefix and so much of the key that it gives the key away, words or not."""
    pieces: Mapping[str, int]
    """Each stretch of 4 characters and where it begins in the secret part; empty where pieces say nothing."""
    enough: int
    """Characters of the secret part that pieces must make up together."""


def is_dummy(key: str) -> bool:
    """Whether a key only fills a field that a server ignores: too short, or made of words such as "dummy-key"."""
    if len(key) < SHORTEST_KNOWN:
        return True
    words = {word for word in re.split(r"[ _.-]+", key.lower()) if word}
    return bool(words) and words <= _DUMMY_WORDS


def make_needles(key: str, mask: str) -> Iterator[Needle]:
    """Every spelling of a key in which it is looked for; `mask` replaces the whole key."""
    lead = len(public_prefix(key))
    if not lead and (name := _NAME.match(key)) and not _is_wordy(key[name.end() :]):
        lead = name.end()
    wordy = _is_wordy(key[lead:])

    def needle(text: str, secret: int, view: _ViewName, scale: float = 1) -> Needle:
        return _make_needle(text, min(secret, len(text)), view, mask, public_prefix(key), wordy, scale)

    yield needle(key.translate(_TO_LOWER), lead, "exact")
    for spelled in {key, _octets(key).decode("latin-1")}:
        folded = unescape(spelled).text.translate(_TO_LOWER)
        if len(folded) >= SHORTEST_KNOWN:
            yield needle(folded, lead, "folded")
            yield needle(folded, lead, "codes")
    yield needle(_octets(key).hex(), 2 * lead, "folded", 2)
    yield needle(_octets(key).hex(), 2 * lead, "squeezed", 2)
    public, solid = (squeeze(plain_view(part.translate(_TO_LOWER))).text for part in (key[:lead], key[lead:]))
    if len(solid) >= SHORTEST_KNOWN:
        yield needle(public + solid, len(public), "squeezed")
    # What stands before the key, as in "user:key", shifts its bits by one or two octets; only the characters that
    # hold nothing but bits of the key are looked for.
    for shift, first in ((0, 0), (1, 2), (2, 3)):
        octets = bytes(shift) + _octets(key)
        last = len(octets) * 8 // 6
        secret = -(-(shift + lead) * 8 // 6) - first
        for encoded in {base64.standard_b64encode(octets), base64.urlsafe_b64encode(octets)}:
            yield needle(encoded.decode()[first:last], secret, "unescaped", 4 / 3)


def _make_needle(text: str, secret: int, view: _ViewName, mask: str, prefix: str, wordy: bool, scale: float) -> Needle:
    part = text[secret:]
    length = round(len(part) / scale)
    # Of a short key half gives too much away.
    sure = _SURE_WORDS if wordy else max(5, min(_SURE, (length + 1) // 2))
    # Behind a public prefix the rest may be as common as in "sk-model": then only the whole key counts.
    divisible = length >= (_SURE_WORDS if wordy else _SURE)
    if view == "squeezed":
        # The words of a text, run together, hold more by chance than they do apart.
        divisible, sure = divisible and not wordy, _SURE_WORDS
    width = round(sure * scale) if divisible else len(text) + 1
    block = (width + 1) // 2
    count = len(part) - _PIECE + 1
    pieces = {part[place : place + _PIECE]: place for place in range(count)}
    covered = {place + step for place in pieces.values() for step in range(_PIECE)}
    # A key that repeats itself has fewer pieces; of one that has hardly any, each is too common.
    pieced = divisible and view == "folded" and scale == 1 and len(pieces) >= min(count, _FEWEST_PIECES)
    return Needle(
        text,
        secret,
        view,
        mask,
        prefix,
        width,
        frozenset(part[place : place + width] for place in range(len(part) - width + 1)),
        tuple({part[place : place + block] for place in range(0, len(part) - block + 1, block)}),
        text if view == "squeezed" else text[: secret + round(_SURE_START * scale)],
        pieces if pieced else {},
        len(part) if wordy else -(-3 * len(covered) // 4),
    )


def _is_wordy(secret: str) -> bool:
    """Whether a key is made of words: mostly letters, pronounceable, apart, and with few changes of kind."""
    letters = sum(character.isalpha() for character in secret)
    return 2 * letters > len(secret) and not _NO_WORD.search(secret) and len(_SWITCH.findall(secret)) <= 2


def _octets(text: str) -> bytes:
    """UTF-8, lone surrogates included: the environment gives one for each undecodable byte (PEP 383)."""
    return text.encode("utf-8", "surrogatepass")


def find_scattered(texts: Iterable[str], needles: Iterable[Needle]) -> set[Needle]:
    """The spellings of which pieces in these texts make up most of the secret part together."""
    return _scattered([_folded(unescape(text)).text for text in texts], needles)


def _scattered(texts: Collection[str], needles: Iterable[Needle]) -> set[Needle]:
    if sum(map(len, texts)) > _LONGEST_PIECED:
        return set()
    scattered = set()
    for needle in needles:
        found: set[int] = set()
        for piece, place in needle.pieces.items():
            if any(piece in text for text in texts):
                found.update(range(place, place + _PIECE))
        if needle.pieces and len(found) >= needle.enough:
            scattered.add(needle)
    return scattered


def mask_known(text: str, needles: Collection[Needle], scattered: Collection[Needle] = ()) -> str:
    """The text without the known keys and their runs, and without the pieces of those that are `scattered`."""
    unescaped = unescape(text)
    folded = _folded(unescaped)
    views = {
        "exact": _folded(plain_view(text)),
        "folded": folded,
        "unescaped": unescaped,
        "squeezed": squeeze(folded),
        "codes": _folded(read_codes(text)),
    }
    scattered = _scattered([folded.text], needles).union(scattered)
    finds: list[_Find] = []
    for needle in needles:
        if needle.view != "squeezed":
            finds += _find(text, views[needle.view], needle)
    apart = [needle for needle in needles if needle.view == "squeezed"]
    if squeezed := [find for needle in apart for find in _find(text, views["squeezed"], needle)]:
        finds += _beyond(text, squeezed, finds)
    for needle in scattered:
        finds += _find_pieces(folded, needle)
    return _replace(text, sorted(finds))


def _beyond(text: str, squeezed: Iterable[_Find], finds: Iterable[_Find]) -> Iterator[_Find]:
    """The finds that take in more than the others do: the next word may begin as the key goes on, by chance."""
    spans = list(_merge(sorted((start, end) for start, end, _, _ in finds)))
    ends = [end for _, end in spans]
    for find in squeezed:
        first, last = find[:2]
        left = sum(map(str.isalnum, text[first:last]))
        place = bisect_right(ends, first)
        while left > _BY_CHANCE and place < len(spans) and spans[place][0] < last:
            start, end = spans[place]
            left -= sum(map(str.isalnum, text[max(start, first) : min(end, last)]))
            place += 1
        if left > _BY_CHANCE:
            yield find


def _folded(view: View) -> View:
    """The view in lower case, with nothing in the place of masks: a key such as "unmasked" is not found in one."""
    text = view.text.translate(_TO_LOWER).replace(MASKED, "\0" * len(MASKED))
    return View(text, view.starts, view.ends)


def _replace(text: str, finds: list[_Find]) -> str:
    """Each find, or heap of finds that overlap, replaced by the mask of the longest whole key in it."""
    pieces: list[str] = []
    done = 0
    index = 0
    while index < len(finds):
        start, end, whole, mask = finds[index]
        while (index := index + 1) < len(finds) and finds[index][0] < end:
            end = max(end, finds[index][1])
            whole, mask = max((whole, mask), finds[index][2:])
        pieces += [text[done:start], mask]
        done = end
    return "".join(pieces) + text[done:]


def _find(text: str, view: View, needle: Needle) -> Iterator[_Find]:
    """Every place where the key or a run of it stands."""
    length, public = len(needle.text), needle.text[: needle.secret]
    wholes = list(_places(view.text, needle.text))
    for place in wholes:
        yield view.starts[place], view.ends[place + length - 1], length, needle.mask
    for first, last in _spans(view.text, needle):
        start, end, mask = view.starts[first], view.ends[last - 1], MASKED
        nearest = bisect_right(wholes, first - length)
        if nearest < len(wholes) and wholes[nearest] < last:
            # Where all between is left out, the next word may begin as a key that repeats itself goes on.
            if needle.view != "squeezed" or last - first - length > _BY_CHANCE:
                yield start, end, 0, mask
            continue
        if begins := view.text.startswith(needle.start, first):
            # The rest of the word goes too: it may be another secret that begins alike, as web tokens do.
            rest = _TOKEN_END.match(text, end)
            end = rest.end() if rest else end
        elif needle.prefix and first >= needle.secret and view.text.startswith(public, first - needle.secret):
            start, begins = view.starts[first - needle.secret], True
        if begins and needle.prefix:
            mask = f"{needle.prefix}…"
        yield start, end, 0, mask


def _spans(text: str, needle: Needle) -> Iterator[tuple[int, int]]:
    """Start and end of the stretches of a text that runs of the key cover, in order."""
    runs, width = needle.runs, needle.width
    block = (width + 1) // 2
    places: set[int] = set()
    for part in needle.blocks:
        for hit in _places(text, part):
            places.update(
                place for place in range(max(0, hit - width + block), hit + 1) if text[place : place + width] in runs
            )
    found = [(place, place + width) for place in places]
    found += [(place, place + len(needle.start)) for place in _places(text, needle.start)]
    yield from _merge(sorted(found))


def _merge(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans in order, those joined that overlap."""
    first = last = -1
    for start, end in spans:
        if start >= last:
            if last >= 0:
                yield first, last
            first = start
        last = max(last, end)
    if last >= 0:
        yield first, last


def _find_pieces(view: View, needle: Needle) -> Iterator[_Find]:
    spans = [(place, place + _PIECE) for piece in needle.pieces for place in _places(view.text, piece)]
    for first, last in _merge(sorted(spans)):
        yield view.starts[first], view.ends[last - 1], 0, MASKED


def _places(text: str, part: str) -> Iterator[int]:
    """Every index at which the part stands, overlapping ones too."""
    place = text.find(part) if part else -1
    while place >= 0:
        yield place
        place = text.find(part, place + 1)
