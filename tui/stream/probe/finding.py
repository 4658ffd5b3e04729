"""Finding: what one step of a diagnosis showed; and the report that all of them make.

Evidence is one line of facts, in English as the lines of a record are, and masked: never a key, a prompt or a reply.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

from tui.stream.outcome import NoticeCode, Outcome

Result = Literal["ok", "warn", "failed", "skipped"]
Step = Literal[
    "configuration", "key", "dns", "tcp", "tls", "models", "plain request", "stream", "timing", "cancel",
    "proxy", "headers", "terminal",
]  # fmt: skip
Culprit: TypeAlias = Outcome | NoticeCode

NUMBERS: Final[Mapping[Step, int]] = {
    "configuration": 1,
    "key": 2,
    "dns": 3,
    "tcp": 4,
    "tls": 5,
    "models": 6,
    "plain request": 7,
    "stream": 8,
    "timing": 9,
    "cancel": 10,
}
"""The steps in their order; a finding about the surroundings has the number 0."""
FIRST_EXIT = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    name: Step
    result: Result
    evidence: str = ""
    outcome: Culprit | None = None
    """What is to blame, of the outcomes and notices of a reply."""
    ms: int | None = None
    """How long the step took."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What the sentence of the outcome names."""

    @property
    def n(self) -> int:
        """The step's number, 0 for a finding about the surroundings."""
        return NUMBERS.get(self.name, 0)


@dataclass(frozen=True, slots=True)
class Spending:
    """What a diagnosis cost."""

    requests: int = 0
    """Chat requests; the list of models costs nothing."""
    tokens: int = 0
    """In and out."""
    estimated: bool = False
    """Whether some of them were counted here, since the server gave no count."""

    def plus(self, tokens: int, *, estimated: bool) -> "Spending":
        """This and one more request."""
        return Spending(self.requests + 1, self.tokens + tokens, self.estimated or estimated)


@dataclass(frozen=True, slots=True)
class Report:
    """All findings about one route."""

    provider: str
    model: str | None
    findings: tuple[Finding, ...]
    spending: Spending = Spending()

    def with_finding(self, finding: Finding) -> "Report":
        """This and one more."""
        return replace(self, findings=(*self.findings, finding))

    @property
    def failed(self) -> Finding | None:
        """The first step that failed."""
        return next((finding for finding in self.findings if finding.result == "failed"), None)

    @property
    def reservation(self) -> Finding | None:
        """The first numbered step with something to say against the route, where none failed."""
        return next((finding for finding in self.findings if finding.n and finding.result == "warn"), None)

    @property
    def culprit(self) -> Finding | None:
        """What the verdict is about; None if all is well.

        A plain request that breaks in its body cannot tell how: there the stream's failure is the exact one.
        """
        failed = self.failed
        if failed is not None and failed.name == "plain request":
            stream = next((finding for finding in self.findings if finding.name == "stream"), failed)
            return stream if stream.result == "failed" and stream.outcome != failed.outcome else failed
        return failed or self.reservation

    @property
    def outcome(self) -> Culprit | None:
        """What the failure is called; without one an outcome that is held against the route, but never a notice."""
        blamed = self.culprit.outcome if self.culprit else Outcome.COMPLETE
        return blamed if self.failed is not None or isinstance(blamed, Outcome) else Outcome.COMPLETE

    @property
    def gate(self) -> str | None:
        """Who stands before the server and asks for a password of its own; masked."""
        asked = (finding.values.get("gate") for finding in self.findings if finding.name == "headers")
        return next((str(gate) for gate in asked if gate), None)

    @property
    def exit_code(self) -> int:
        """0, or 10 and the number of the first step that failed."""
        return 0 if self.failed is None else FIRST_EXIT + self.failed.n


def join_facts(*facts: str | None) -> str:
    """The facts that there are, on one line."""
    return " · ".join(fact for fact in facts if fact)
