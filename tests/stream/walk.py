"""Walk: a whole diagnosis of a route, against a server that answers each kind of request by a script of its own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.stream.clock import moved_loop, turns
from tests.stream.listener import KEY, KEY_NAME, MODEL, route
from tests.stream.peer import Script, Visit, answer
from tests.stream.wire import DONE, END, chunk, event, finish, http, opening, text
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.probe.diagnosis import Diagnosis, Patient
from tui.stream.probe.finding import Finding, Report
from tui.stream.probe.witness import Witness
from tui.stream.record import Record
from tui.stream.trace import Clock

LISTED = {"object": "list", "data": [{"id": "egret-2"}, {"id": MODEL}]}
SAID = "the heron said so"
PLAIN = {"choices": [{"message": {"content": SAID}, "finish_reason": "stop"}], "usage": {"completion_tokens": 5}}
WORDS = [text(f"{SAID} {number}, ") for number in range(10)]
STREAM = opening() + b"".join(map(chunk, WORDS)) + chunk(finish("stop") + DONE) + END


@dataclass(slots=True)
class Nest:
    """A provider. A script that is missing answers as it should be."""

    models: Script = field(default=answer(http(200, LISTED)))
    plain: Script = field(default=answer(http(200, PLAIN)))
    stream: Script | None = None

    async def __call__(self, visit: Visit) -> None:
        if visit.head.startswith(b"GET"):
            await self.models(visit)
        elif not asked(visit)["stream"]:
            await self.plain(visit)
        elif self.stream is not None:
            await self.stream(visit)
        else:
            await speak(visit)


async def speak(visit: Visit) -> None:
    """A whole stream, one event at a time on a clock that goes on: nothing of it is held back."""
    visit.send(opening())
    for word in (*WORDS, finish("stop") + DONE):
        visit.send(chunk(word))
        await turns()
        moved_loop().advance(0.1)
    visit.send(END)


def asked(visit: Visit) -> dict[str, Any]:
    """The body of a request."""
    body: dict[str, Any] = json.loads(visit.body)
    return body


@dataclass(slots=True)
class Walked:
    """What a diagnosis left behind."""

    report: Report
    records: list[Record]

    def __getitem__(self, name: str) -> Finding:
        return next(finding for finding in self.report.findings if finding.name == name)

    @property
    def results(self) -> dict[str, str]:
        """The numbered steps."""
        return {finding.name: finding.result for finding in self.report.findings if finding.n}

    @property
    def culprit(self) -> tuple[str, str | None]:
        """The step to blame, and for what."""
        found = self.report.culprit
        assert found is not None
        return found.name, found.outcome.value if found.outcome else None


async def walk(
    base_url: str, *, model: str | None = MODEL, environ: Mapping[str, str] | None = None, **options: Any
) -> Walked:
    """Walk to the end; no secret and no word of the reply is in what is said."""
    environ = {KEY_NAME: KEY} if environ is None else environ
    witness, records = Witness(), list[Record]()
    async with Client(environ, Masker(), retries=0, transport=witness) as client:
        clock = Clock(monotonic=moved_loop().time)
        patient = Patient(route(base_url, **options), model, environ)
        diagnosis = Diagnosis(patient, client, witness, records.append, clock)
        found = [finding async for finding in diagnosis.findings()]
    assert list(diagnosis.report.findings) == found
    kept = json.dumps([record.as_json() for record in records], ensure_ascii=False)
    said = kept + " ".join(f"{finding.evidence} {finding.values}" for finding in found)
    assert not [secret for secret in (KEY, KEY[9:], SAID, "Count from", "Reply with") if secret in said]
    assert {record.request_type for record in records} <= {"probe"}
    return Walked(diagnosis.report, records)


def usage(tokens_in: int, tokens_out: int) -> bytes:
    """The last event of a server that counts."""
    return event({"choices": [], "usage": {"prompt_tokens": tokens_in, "completion_tokens": tokens_out}})
