"""Parameters: what is asked of a model beside the messages, from the config, the flags and the conversation.

Only what somebody set is sent, since some servers answer 422 to a field that they do not know. The names of the fields
are those of the OpenAI chat-completions API.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, time
from math import isfinite
from typing import Any

RESERVED = ("model", "messages", "stream")
"""Fields of the body that `extra` may not set: they are what a request is made of."""
_SHOWN_TEXT = 24
"""Characters of one value in the status bar."""


class ParameterError(ValueError):
    """A parameter that cannot be sent; `what` goes on behind its name."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name} {what}")
        self.name = name
        self.what = what


@dataclass(frozen=True, slots=True)
class Parameters:
    """Each is None, or empty, where nobody set it."""

    system: str | None = None
    """The system prompt, sent where the conversation has none of its own."""
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    """Texts at which the model stops."""
    effort: str | None = None
    """How long a reasoning model thinks: low, medium, high, or a provider's own word."""
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Any other field of the body."""

    def __bool__(self) -> bool:
        return any(getattr(self, name) not in (None, (), {}) for name in PARAMETER_NAMES)

    def over(self, other: "Parameters") -> "Parameters":
        """These, and where one is not set the other's; of `extra` field by field."""
        mine = {name: getattr(self, name) for name in PARAMETER_NAMES if getattr(self, name) not in (None, (), {})}
        theirs = {name: getattr(other, name) for name in PARAMETER_NAMES}
        return Parameters(**{**theirs, **mine, "extra": {**other.extra, **self.extra}})

    def body(self) -> dict[str, Any]:
        """The fields of the request's body, the set ones only."""
        named = {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            "seed": self.seed,
            "stop": list(self.stop) or None,
            "reasoning_effort": self.effort,
        }
        return {**{name: value for name, value in named.items() if value is not None}, **self.extra}

    def shown(self) -> str:
        """What is set, for one line: `temperature 0.2, top_k 40`; of the system prompt only that there is one."""
        values = {name: getattr(self, name) for name in PARAMETER_NAMES if name not in ("system", "extra")}
        chosen = {name: value for name, value in values.items() if value not in (None, ())}
        parts = [*(["system"] if self.system else []), *(f"{name} {_short(value)}" for name, value in chosen.items())]
        return ", ".join((*parts, *(f"{name} {_short(value)}" for name, value in self.extra.items())))

    def as_table(self) -> dict[str, Any]:
        """The set ones as a TOML table, which `read_parameters` reads back."""
        table = {name: getattr(self, name) for name in PARAMETER_NAMES if getattr(self, name) not in (None, (), {})}
        if self.stop:
            table["stop"] = list(self.stop)
        return table


PARAMETER_NAMES = tuple(item.name for item in fields(Parameters))


def read_parameters(table: Mapping[str, Any]) -> Parameters:
    """The parameters of a TOML table; raises ParameterError for the first that cannot be sent."""
    unknown = next((name for name in table if name not in PARAMETER_NAMES), None)
    if unknown is not None:
        known = ", ".join(PARAMETER_NAMES[:-1])
        raise ParameterError(unknown, f"is not a known parameter; known: {known}; any other field goes into extra")
    return Parameters(
        _text(table, "system"),
        _number(table, "temperature", 0, 2),
        _number(table, "top_p", 0, 1),
        _whole(table, "max_tokens", 1),
        _whole(table, "seed", -(2**63)),
        _texts(table, "stop"),
        _text(table, "effort"),
        _extra(table.get("extra", {})),
    )


def _text(table: Mapping[str, Any], name: str) -> str | None:
    value = table.get(name)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise ParameterError(name, "must be a text in quotation marks, not an empty one")
    return value


def _number(table: Mapping[str, Any], name: str, least: float, most: float) -> float | None:
    value = table.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ParameterError(name, f"must be a number from {least} to {most}")
    return value


def _whole(table: Mapping[str, Any], name: str, least: int) -> int | None:
    value = table.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**63:
        raise ParameterError(name, "must be a whole number" + (f", at least {least}" if least > 0 else ""))
    return value


def _texts(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = table.get(name, [])
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) and text for text in texts):
        raise ParameterError(name, 'must be a text or a list of texts such as ["END"]')
    return tuple(texts)


def _extra(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ParameterError("extra", "must be a table such as { top_k = 40 }")
    if taken := next((name for name in RESERVED if name in value), None):
        raise ParameterError(f"extra.{taken}", "is set by weir itself")
    for name, item in value.items():
        if not _is_json(item):
            raise ParameterError(f"extra.{name}", "cannot be written as JSON: no dates, no infinite numbers")
    return value


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_json, value.values()))
    if isinstance(value, list):
        return all(map(_is_json, value))
    return not isinstance(value, date | time) and (not isinstance(value, float) or isfinite(value))


def _short(value: Any) -> str:
    text = " ".join(str(list(value) if isinstance(value, tuple) else value).split())
    return text if len(text) <= _SHOWN_TEXT else text[: _SHOWN_TEXT - 1] + "…"
