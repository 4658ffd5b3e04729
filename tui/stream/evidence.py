"""Evidence: what a decoder has seen of a reply and the verdict rests on. It holds counts and marks, never the text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.stream.provider_error import ProviderError

HEAD_LIMIT = 1024
"""Bytes of a body kept in case it is no reply; more than the record shows, since it is masked before it is cut."""


@dataclass(slots=True)
class Evidence:
    """What one response body has shown so far."""

    events: int = 0
    """Events with data; comments and empty events are keep-alives."""
    keepalives: int = 0
    keepalives_before_text: int = 0
    deltas: int = 0
    """Pieces of visible text: the estimate of tokens where no usage came."""
    text_chars: int = 0
    reasoning_chars: int = 0
    thought_chars: int = 0
    """Of a `<think>` block at the start of the text, its tags included, and of what may still become one; they are
    among `text_chars`."""
    thought_deltas: int = 0
    """Pieces that were of nothing else, among `deltas`."""
    refusal_chars: int = 0
    tool_names: dict[int, str] = field(default_factory=dict)
    tool_chars: int = 0
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_reasoning: int | None = None
    model: str | None = None
    finish_reason: str | None = None
    done: bool = False
    """`[DONE]` was seen."""
    error: ProviderError | None = None
    error_headers: Mapping[str, str] = field(default_factory=dict)
    """Of the upstream's refusal, where a router sends them inside its own error."""
    doubt: ProviderError | None = None
    """The last message that may have been an error, or only the state of things."""
    doubted_at: int = 0
    """Characters of the reply when it came."""
    troubled: bool = False
    """Whether its words speak of trouble, or there are none."""
    malformed: int = 0
    malformed_bytes: int = 0
    tail_bytes: int = 0
    """Bytes of a torn last event."""
    oversize_line: int | None = None
    """Length of the line at which reading stopped, in bytes."""
    html: bool = False
    html_title: str | None = None
    head: bytes = b""
    sse_fields: bool = False
    bare_chunks: bool = False
    """JSON lines without `data:` carried the reply."""
    whole_object: bool = False
    """One chat.completion object carried the reply."""
    invalid_utf8: bool = False
    unpaired_surrogate: bool = False
    control_chars: bool = False
    content_after_finish: bool = False
    filter_categories: list[str] = field(default_factory=list)
    generation_ms: float | None = None
    """The server's own generation time, where it gives one."""

    @property
    def proven(self) -> bool:
        """Whether the server said that the reply is at its end."""
        return self.finish_reason is not None or self.done

    def count_damage(self, text: str) -> None:
        """An event that cannot be read: only its size is kept."""
        self.malformed += 1
        self.malformed_bytes += len(text.encode(errors="replace"))

    @property
    def settled(self) -> bool:
        """Whether nothing that may follow in the body is of interest."""
        return self.done or self.error is not None or self.oversize_line is not None

    @property
    def last_word(self) -> ProviderError | None:
        """The doubtful message, if nothing came of the reply after it: nor the end of one that had begun before it.

        `[DONE]` is such an end only behind a message that does not speak of trouble.
        """
        ended = self.finish_reason is not None or (self.done and not self.troubled)
        answered = self.characters > self.doubted_at or (ended and self.has_output)
        return None if answered else self.doubt

    @property
    def characters(self) -> int:
        """All that the model wrote, of any kind."""
        return self.text_chars + self.reasoning_chars + self.refusal_chars + self.tool_chars

    @property
    def has_text(self) -> bool:
        """Whether anything readable came; reasoning and a refusal count."""
        return bool(self.text_chars or self.reasoning_chars or self.refusal_chars)

    @property
    def has_output(self) -> bool:
        """Whether the model produced anything that a person was shown; after that nothing is retried unasked."""
        return self.has_text or bool(self.tool_names)
