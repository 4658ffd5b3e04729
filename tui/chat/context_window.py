"""Context window: how full a model's context is with what is sent next, and which of the oldest turns to leave out.

Tokens are the provider's count of the last request plus an estimate of what was added since; where nobody has counted,
all of it is an estimate. UTF-8 has about four bytes for each token, in English as in Chinese.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate

from tui.chat.attachment import Attachment, make_message, write_block
from tui.chat.conversation import Conversation, Reply, Trim, Turn
from tui.chat.figures import Count, make_figures
from tui.settings.parameters import Parameters
from tui.stream.outcome import Outcome
from tui.stream.record import Record

BYTES_A_TOKEN = 4
MESSAGE_TOKENS = 4
"""What a message takes beside its text: its role and its limits."""
PIXELS_A_TOKEN = 750
MOST_IMAGE_TOKENS = 1600
"""As Anthropic counts images; the others' counts are of the same order. An image of unknown size counts as the most."""
NEARLY = 0.9
"""From this share of the window on it is nearly full."""
_ROOM = 0.75
"""The share of the window that is filled again when the oldest turns are left out; the rest is for what follows."""
_LEAST_SHARE = 0.25
"""Whatever an answer may take, so much of the window is for what is sent."""
_WINDOW = re.compile(
    r"context[ _](?:length|size|window)(?:\s+(?:is|of|only)|\s*[:=(])*\s*([\d,]+)"
    r"|([\d,]+)\s+(?:tokens?\s+)?maximum",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?:requested|resulted in|request has|contains|request \(|too long:)\s*([\d,]+)\s+(?:input\s+)?tokens",
    re.IGNORECASE,
)
"""Both numbers as providers word them: OpenAI, llama.cpp, vLLM, Anthropic, Mistral."""
_TOO_LONG = Outcome.CONTEXT_TOO_LONG.value


@dataclass(frozen=True, slots=True)
class ContextUse:
    """How much of a model's context is taken."""

    count: Count
    """By what was said so far; 0 in an empty conversation."""
    window: int
    """Tokens of all that is sent and of the answer."""
    pending: int = 0
    """An estimate of what is typed and not sent."""
    reserved: int = 0
    """What the answer may take, where that is set."""

    @property
    def percent(self) -> int:
        """Of the window, without what is pending and reserved."""
        return round(100 * self.count.tokens / self.window)

    @property
    def is_nearly_full(self) -> bool:
        """Whether the next request, and the answer to it, come near the end of the window."""
        return self.count.tokens + self.pending + self.reserved >= NEARLY * self.window


@dataclass(frozen=True, slots=True)
class TrimPlan:
    """Which of the turns that are sent to leave out."""

    trim: Trim
    count: int
    """How many, the oldest first."""


class ContextGauge:
    """Measures, and remembers what it knows of replies that have ended: it is asked several times a second."""

    def __init__(self) -> None:
        self._counted: dict[str, Count | None] = {}
        self._estimated: dict[str, int] = {}

    def measure(self, conversation: Conversation, model: str, system: str | None = None) -> Count:
        """What a conversation takes of the context of a model, `provider/id`, with its next prompt."""
        tokens, since, cut = 0, _find_change(conversation), conversation.cut
        for turn in reversed(conversation.turns):
            if turn.id == cut:
                break
            if (count := self._count(turn.reply, since)) is not None:
                other = f"{turn.reply.provider}/{turn.reply.model}" != model
                return Count(tokens + count.tokens, tokens > 0 or count.estimated or other)
            tokens += self._estimate(turn)
        return Count(tokens + estimate_tokens(system or ""), estimated=True) if tokens else Count(0)

    def _count(self, reply: Reply, since: datetime | None) -> Count | None:
        """What was counted of a request and its answer; None where that was not, or of more than is sent now."""
        if reply.outcome is None or (since is not None and not _is_since(reply.record, since)):
            return None
        if reply.id not in self._counted:
            figures = make_figures(reply)
            self._counted[reply.id] = _join(figures.tokens_in, figures.text)
        return self._counted[reply.id]

    def _estimate(self, turn: Turn) -> int:
        reply = turn.reply
        if reply.outcome is None:
            text = make_figures(reply).text
            return _estimate_prompt(turn) + (text.tokens if text is not None else 0)
        if reply.id not in self._estimated:
            self._estimated[reply.id] = estimate_turn(turn) if reply.context else 0
        return self._estimated[reply.id]


def is_too_long(reply: Reply) -> bool:
    """Whether it ended since more was sent than the model's context takes, be it told inside the stream."""
    if reply.outcome is not Outcome.IN_BAND_ERROR:
        return reply.outcome is Outcome.CONTEXT_TOO_LONG  # without a look at the record, which may not be decoded yet
    return reply.record is not None and (reply.record.error or {}).get("class") == _TOO_LONG


def plan_trim(
    conversation: Conversation,
    prompt: Turn | None,
    window: int | None,
    parameters: Parameters,
    record: Record | None = None,
) -> TrimPlan | None:
    """Leave out as many of the oldest turns as it takes; None where there is none. The system prompt always stays.

    `prompt` is the turn whose request was too long, with its `record`; None: the next one is to have room. Without a
    known window half of the turns go.
    """
    earlier = conversation.sent(before=prompt)
    if not earlier:
        return None
    sizes = [estimate_turn(turn) for turn in earlier]
    own = (_estimate_prompt(prompt) if prompt is not None else 0) + estimate_tokens(parameters.system or "")
    asked, limit = _read_error(record)
    room = _room(limit or window, parameters.max_tokens or 0)
    scale = max(1.0, asked / (own + sum(sizes))) if asked else 1.0
    count = (len(earlier) + 1) // 2 if room is None else _count_over(sizes, room / scale - own)
    return TrimPlan(Trim(earlier[count - 1].id, datetime.now(UTC)), count)


def undo_trim(conversation: Conversation) -> Trim | None:
    """What has all turns sent again; None where all are."""
    return Trim(None, datetime.now(UTC)) if conversation.cut is not None else None


def estimate_turn(turn: Turn) -> int:
    """The tokens of a prompt and of what is sent back of its reply."""
    return _estimate_prompt(turn) + estimate_tokens(turn.reply.context)


def _estimate_prompt(turn: Turn) -> int:
    """The tokens of a prompt and of what goes with it."""
    images = sum(_estimate_image(each) for each in turn.attachments if each.is_image)
    return estimate_tokens(make_message(turn.prompt, turn.attachments).text) + images


def estimate_attachment(attachment: Attachment) -> int:
    """The tokens that a file adds to its prompt."""
    if attachment.is_image:
        return _estimate_image(attachment)
    return len(write_block(attachment).encode(errors="replace")) // BYTES_A_TOKEN


def _estimate_image(image: Attachment) -> int:
    width, height = image.pixels or (MOST_IMAGE_TOKENS, PIXELS_A_TOKEN)
    return min(MOST_IMAGE_TOKENS, max(1, width * height // PIXELS_A_TOKEN))


def estimate_tokens(text: str) -> int:
    """The tokens of one message; none of an empty one."""
    return MESSAGE_TOKENS + len(text.encode(errors="replace")) // BYTES_A_TOKEN if text else 0


def _join(sent: int | None, text: Count | None) -> Count | None:
    """What was sent and what came of it, unless one of the two is not known."""
    return Count(sent + text.tokens, text.estimated) if sent is not None and text is not None else None


def _room(window: int | None, reserved: int) -> float | None:
    """Tokens for what is sent; None where the window is not known."""
    return None if window is None else max(_LEAST_SHARE * window, _ROOM * window - reserved)


def _count_over(sizes: Sequence[int], room: float) -> int:
    """How many of the first are too much; at least one, since all of them were."""
    total = sum(sizes)
    left = (total - gone for gone in accumulate(sizes[:-1], initial=0))
    return max(1, next((count for count, rest in enumerate(left) if rest <= room), len(sizes)))


def _read_error(record: Record | None) -> tuple[int | None, int | None]:
    """How many tokens were asked for and how many the model takes, as far as the provider's message says it."""
    message = str((record.error or {}).get("message") or "") if record is not None else ""
    asked, window = _ASKED.search(message), _WINDOW.search(message)
    return _number(asked[1] if asked else None), _number((window[1] or window[2]) if window else None)


def _number(digits: str | None) -> int | None:
    plain = (digits or "").replace(",", "")
    return int(plain) or None if plain.isdecimal() and len(plain) < 10 else None


def _find_change(conversation: Conversation) -> datetime | None:
    """When turns were left out of what is sent for the last time, be it that one was deleted; None: never."""
    moments = [turn.deleted for turn in conversation.tree.turns if turn.deleted is not None]
    return max(moments if conversation.trim is None else [*moments, conversation.trim.since], default=None)


def _is_since(record: Record | None, moment: datetime) -> bool:
    """Whether a request went out after that moment; what cannot be told is taken for before."""
    try:
        return record is not None and datetime.fromisoformat(record.time) >= moment
    except (ValueError, TypeError):
        return False
