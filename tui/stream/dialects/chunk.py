"""ChunkReader: what one `chat.completion.chunk` says, in any provider's variation of it.

The error comes before `choices`, since providers send errors inside a 200 stream. Variations are named where they are
read; an unknown field is never a failure.
"""

from typing import Any

from tui.stream.dialects.in_band import Weight, is_no_error, speaks_of_trouble, weigh
from tui.stream.events import ReasoningDelta, RefusalDelta, StreamEvent, TextDelta, ToolCallDelta, UsageReport
from tui.stream.evidence import Evidence
from tui.stream.provider_error import ErrorClass, ProviderError, find_error
from tui.stream.retry_hint import find_error_headers
from tui.text.sanitise import holds_controls

_LARGEST = 2**53
"""JSON can hold any number; from here on it is no count, and a float cannot take it."""
_NAME_LIMIT = 200
"""Characters of a tool's name that are of interest; some servers repeat it with every piece of its arguments."""
_MOST_CALLS = 256
"""Tool calls of one reply; what comes beyond is dropped, since each is kept to its end."""
_MOST_CATEGORIES = 32
_NO_REASON = frozenset({"", "null", "none"})


class ChunkReader:
    """Reads chunks in order; keeps the evidence and joins surrogate halves that were cut apart between two deltas."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._halves: dict[type[TextDelta | ReasoningDelta | RefusalDelta], str] = {}
        self._usage_came = False

    def take(self, value: Any, out: list[StreamEvent], *, bare: bool = False) -> None:
        """Append what this chunk says to `out`; `bare` tells that no `data:` stood before it."""
        evidence = self._evidence
        if isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    self.take(item, out, bare=bare)
            return
        if not isinstance(value, dict):
            return
        if "error" in value or "choices" not in value:
            self._weigh(value)
        if evidence.model is None and isinstance(model := value.get("model"), str) and model:
            evidence.model = model
        choices = value.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict):
                if "error" in choice and weigh({"error": choice["error"]}) is Weight.ERROR:
                    self._note_error({"choices": [choice]})
                if choice.get("index") in (0, None, "0"):
                    self._take_choice(choice, out, bare=bare)
        if "usage" in value or "x_groq" in value:
            self._take_usage(value, out)
        if isinstance(timings := value.get("timings"), dict):
            self._take_timings(timings, out)

    def _weigh(self, value: dict[str, Any]) -> None:
        """Keep what is an error, and what may turn out to be one."""
        match weigh(value):
            case Weight.ERROR:
                self._note_error(value)
            case Weight.DOUBT:
                self._doubt(find_error(value))
            case Weight.NONE:
                pass

    def _note_error(self, value: dict[str, Any]) -> None:
        """Keep the first error."""
        if self._evidence.error is None:
            self._evidence.error = find_error(value)
            self._evidence.error_headers = find_error_headers(value)

    def _doubt(self, error: ProviderError | None) -> None:
        evidence = self._evidence
        evidence.doubt, evidence.doubted_at = error, evidence.characters
        evidence.troubled = error is not None and (not error.message or speaks_of_trouble(error.message))

    def take_error(self, value: Any, *, named: bool = False) -> None:
        """Something that was called an error, by a field's name or by an event's (`named`).

        An error that says nothing is none, unless it is an event and nothing follows it.
        """
        if is_no_error(value):
            if named:
                self._doubt(ProviderError(ErrorClass.SERVER, ""))
        elif self._evidence.error is None:
            wrapped = value if isinstance(value, dict) and "error" in value else {"error": value}
            self._evidence.error = find_error(wrapped) or ProviderError(ErrorClass.SERVER, "")

    def take_torn_error(self) -> None:
        """Something that was called an error and did not come whole: that there was one is all that is certain."""
        if self._evidence.error is None:
            self._evidence.error = ProviderError(ErrorClass.SERVER, "")

    def end(self, out: list[StreamEvent]) -> None:
        """Give out what waited for its other half."""
        for kind in tuple(self._halves):
            self._evidence.unpaired_surrogate = True
            self._halves.pop(kind)
            self._count(kind, 1)
            out.append(kind("\ufffd"))

    def _take_choice(self, choice: dict[str, Any], out: list[StreamEvent], *, bare: bool) -> None:
        evidence = self._evidence
        delta, message = choice.get("delta"), choice.get("message")
        if isinstance(message, dict) and not isinstance(delta, dict):
            evidence.whole_object = True
        elif bare:
            evidence.bare_chunks = True
        source = delta if isinstance(delta, dict) and delta else None
        if source is None and isinstance(message, dict) and not evidence.text_chars:
            source = message  # some relays repeat the whole text in `message` beside each delta: then the delta wins
        if source is not None:
            self._take_delta(source, out)
        elif isinstance(text := choice.get("text"), str):
            self._give(TextDelta, text, out)  # the legacy completions shape
        if "content_filter_results" in choice:
            self._take_filter(choice)
        reason = choice.get("finish_reason") or choice.get("finishReason")
        if reason is not None and isinstance(reason, str) and reason.lower() not in _NO_REASON:
            evidence.finish_reason = reason

    def _take_delta(self, delta: dict[str, Any], out: list[StreamEvent]) -> None:
        if len(delta) == 1 and isinstance(content := delta.get("content"), str):
            self._give(TextDelta, content, out)  # nearly every chunk of nearly every server
            return
        reasoning = delta.get("reasoning_content") or delta.get("reasoning") or delta.get("thinking")
        if not reasoning and isinstance(details := delta.get("reasoning_details"), list):
            reasoning = "".join(str(part.get("text") or "") for part in details if isinstance(part, dict))
        if isinstance(reasoning, str):
            self._give(ReasoningDelta, reasoning, out)
        self._take_content(delta.get("content"), out)
        if isinstance(refusal := delta.get("refusal"), str):
            self._give(RefusalDelta, refusal, out)
        calls = delta.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            if isinstance(call, dict):
                self._take_tool_call(call, call.get("function"), out)
        if isinstance(function := delta.get("function_call"), dict):
            self._take_tool_call({}, function, out)

    def _take_content(self, content: Any, out: list[StreamEvent]) -> None:
        if isinstance(content, str):
            self._give(TextDelta, content, out)
        elif isinstance(content, list):  # Mistral: parts, some of them thinking
            for part in content:
                if not isinstance(part, dict):
                    continue
                if part.get("type") == "thinking":
                    self._give(ReasoningDelta, _joined(part.get("thinking")), out)
                elif isinstance(text := part.get("text"), str):
                    self._give(TextDelta, text, out)
        elif content is not None and not isinstance(content, dict):
            self._give(TextDelta, str(content), out)

    def _take_tool_call(self, call: dict[str, Any], function: Any, out: list[StreamEvent]) -> None:
        index = call.get("index")
        index = index if isinstance(index, int) else 0
        function = function if isinstance(function, dict) else {}
        name, arguments = function.get("name"), function.get("arguments")
        name = name if isinstance(name, str) else ""
        arguments = arguments if isinstance(arguments, str) else ""
        names = self._evidence.tool_names
        if index not in names and len(names) >= _MOST_CALLS:
            return
        if len(known := names.get(index, "")) < _NAME_LIMIT:
            names[index] = (known + name)[:_NAME_LIMIT]
        self._evidence.tool_chars += len(name) + len(arguments)
        identity = call.get("id")
        out.append(ToolCallDelta(index, identity if isinstance(identity, str) else None, name, arguments))

    def _take_usage(self, value: dict[str, Any], out: list[StreamEvent]) -> None:
        groq = value.get("x_groq")
        usage = value.get("usage") or (groq.get("usage") if isinstance(groq, dict) else None)
        if not isinstance(usage, dict):
            return
        evidence = self._evidence
        self._usage_came = True
        details = usage.get("completion_tokens_details")
        evidence.tokens_in = _count(usage.get("prompt_tokens"))
        evidence.tokens_out = _count(usage.get("completion_tokens"))
        evidence.tokens_reasoning = _count(details.get("reasoning_tokens")) if isinstance(details, dict) else None
        out.append(UsageReport(evidence.tokens_in, evidence.tokens_out, evidence.tokens_reasoning))

    def _take_timings(self, timings: dict[str, Any], out: list[StreamEvent]) -> None:
        """llama.cpp's clock and counts, sent with the finish reason though nobody asked; its usage says it better.

        `prompt_n` leaves out what was in its cache, so that it counts the prompt only together with `cache_n`.
        """
        evidence = self._evidence
        if isinstance(ms := timings.get("predicted_ms"), int | float) and ms < _LARGEST:
            evidence.generation_ms = float(ms)
        written = _count(timings.get("predicted_n"))
        if self._usage_came or evidence.finish_reason is None or written is None:
            return
        read, cached = _count(timings.get("prompt_n")), _count(timings.get("cache_n"))
        evidence.tokens_in = None if read is None or cached is None else read + cached
        evidence.tokens_out = written
        out.append(UsageReport(evidence.tokens_in, written))

    def _take_filter(self, choice: dict[str, Any]) -> None:
        """Azure's `content_filter_results`: the names of the categories that were filtered."""
        results = choice.get("content_filter_results")
        if isinstance(results, dict):
            known = self._evidence.filter_categories
            for name, result in results.items():
                if isinstance(result, dict) and result.get("filtered") and name not in known:
                    known += [name[:_NAME_LIMIT]] if len(known) < _MOST_CATEGORIES else []

    def _give(self, kind: type[TextDelta | ReasoningDelta | RefusalDelta], text: str, out: list[StreamEvent]) -> None:
        if not text:
            return
        evidence = self._evidence
        if not text.isascii() or self._halves:
            text = self._join_surrogates(kind, text)
            if not text:
                return
        if not (evidence.control_chars or text.isprintable()) and holds_controls(text):
            evidence.control_chars = True
        if evidence.finish_reason is not None:
            evidence.content_after_finish = True
        evidence.deltas += kind is not ReasoningDelta
        self._count(kind, len(text))
        out.append(kind(text))

    def _count(self, kind: type[TextDelta | ReasoningDelta | RefusalDelta], characters: int) -> None:
        evidence = self._evidence
        if kind is TextDelta:
            evidence.text_chars += characters
        elif kind is ReasoningDelta:
            evidence.reasoning_chars += characters
        else:
            evidence.refusal_chars += characters

    def _join_surrogates(self, kind: type[TextDelta | ReasoningDelta | RefusalDelta], text: str) -> str:
        r"""Join halves of a UTF-16 pair (JavaScript servers cut strings between them); a lone one becomes U+FFFD.

        `json.loads` lets a lone `\ud83d` through, and writing it to a terminal raises.
        """
        text = self._halves.pop(kind, "") + text
        try:
            text.encode()
        except UnicodeEncodeError:
            if "\ud800" <= text[-1] <= "\udbff":
                self._halves[kind] = text[-1]
                text = text[:-1]
            paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            if "\ufffd" in paired and paired.count("\ufffd") > text.count("\ufffd"):
                self._evidence.unpaired_surrogate = True
            return paired
        return text


def _joined(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(str(part.get("text") or "") for part in value if isinstance(part, dict))
    return ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST else None
