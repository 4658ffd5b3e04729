"""Diagnosis: the steps in their order, each asked of the real route; one that needs a failed one is skipped."""

import difflib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from tui.settings.provider import Provider
from tui.settings.secrets import Secret, mask_url
from tui.stream.client import Client
from tui.stream.dialects import load_dialect
from tui.stream.listing import ModelListing
from tui.stream.outcome import Outcome
from tui.stream.preparation import find_endpoint, find_key, find_limits
from tui.stream.probe.finding import Finding, Report, Spending, Step, join_facts
from tui.stream.probe.judgement import judge_cancel, judge_plain, judge_stream, judge_timing
from tui.stream.probe.question import Answered, Questioner
from tui.stream.probe.reach import Reach, first_hop, reach, resolve
from tui.stream.probe.surroundings import find_middleboxes, find_proxies
from tui.stream.probe.witness import Witness
from tui.stream.record import Record
from tui.stream.stop import Stop
from tui.stream.trace import Clock, Endpoint
from tui.stream.transport import Link, TransportFailure, find_link

NEEDS: Final[Mapping[Step, tuple[Step, ...]]] = {
    "configuration": (),
    "key": ("configuration",),
    "dns": ("configuration",),
    "tcp": ("dns",),
    "tls": ("tcp",),
    "models": ("key", "tls"),
    "plain request": ("models",),
    "stream": ("plain request",),
    "timing": ("stream",),
    "cancel": ("stream",),
}
"""What has to hold before a step says anything."""
_EXPIRY = timedelta(days=14)
_SHOWN = 120
_TURNS = 50
"""Turns of the loop in which a closed connection is gone."""
_CLOSED_DOOR = (
    Outcome.INVALID_KEY,
    Outcome.PAYMENT_REQUIRED,
    Outcome.FORBIDDEN,
    Outcome.BOT_CHALLENGE,
    Outcome.PROXY_AUTH,
    Outcome.PROXY_REFUSED,
    Outcome.PROXY_UNREACHABLE,
)
"""Answers to the list of models after which no other request can do better."""


@dataclass(frozen=True, slots=True)
class Patient:
    """The route that is looked at."""

    provider: Provider
    model: str | None
    """None: the first that is listed."""
    environ: Mapping[str, str]


@dataclass(slots=True)
class _Known:
    """What earlier steps found out."""

    endpoint: Endpoint | None = None
    url: str = ""
    link: Link = field(default_factory=Link)
    way: Reach = field(default_factory=Reach)
    model: str | None = None
    plain: Answered | None = None
    streamed: Answered | None = None


class Diagnosis:
    """Runs once. `keep` takes the record of each request, masked. The caller closes the witness with its client."""

    def __init__(
        self,
        patient: Patient,
        client: Client,
        witness: Witness,
        keep: Callable[[Record], object],
        clock: Clock | None = None,
    ) -> None:
        self._patient = patient
        self._provider = patient.provider
        self._client = client
        self._witness = witness
        self._keep = keep
        self._clock = clock or Clock()
        self._known = _Known(model=patient.model)
        self._questioner: Questioner | None = None
        self._found: list[Finding] = []

    @property
    def report(self) -> Report:
        """What is known so far."""
        spending = self._questioner.spending if self._questioner else Spending()
        mask = self._client.mask
        model = self._known.model
        shown = None if model is None else mask(model, _SHOWN)
        return Report(mask(self._provider.name, _SHOWN), shown, tuple(self._found), spending)

    async def findings(self) -> AsyncGenerator[Finding, None]:
        """Each finding as soon as it is made: the numbered steps, then proxies and headers."""
        checks: dict[Step, Callable[[], Awaitable[Finding]]] = {
            "configuration": self._check_configuration,
            "key": self._check_key,
            "dns": self._check_name,
            "tcp": self._check_connection,
            "tls": self._check_tls,
            "models": self._check_models,
            "plain request": self._check_plain,
            "stream": self._check_stream,
            "timing": self._check_timing,
            "cancel": self._check_cancel,
        }
        unmet: set[Step] = set()
        for name, check in checks.items():
            missing = next((need for need in NEEDS[name] if need in unmet), None)
            if missing is not None:
                finding = Finding(name, "skipped", f"needs: {missing}")
            else:
                started = self._clock.monotonic()
                finding = await check()
                if finding.ms is None:
                    finding = replace(finding, ms=_milliseconds(started, self._clock.monotonic()))
            if missing is not None or (finding.result == "failed" and not self._may_stream(name)):
                unmet.add(name)
            yield self._note(finding)
        for finding in (
            find_proxies(self._patient.environ, self._known.link, self._known.url, self._client.mask),
            find_middleboxes(self._witness.headers, self._client.mask),
        ):
            yield self._note(finding)

    def _note(self, finding: Finding) -> Finding:
        """Mask what is about to be shown, whole, and keep it."""
        mask = self._client.mask
        values = {name: mask(value) if isinstance(value, str) else value for name, value in finding.values.items()}
        finding = replace(finding, evidence=mask(finding.evidence), values=values)
        self._found.append(finding)
        return finding

    async def _check_configuration(self) -> Finding:
        provider, known, mask = self._provider, self._known, self._client.mask
        known.url = load_dialect(provider.dialect).build_models(provider.base_url).url
        known.endpoint = find_endpoint(known.url)
        origin = {"flags": "command line", "found": "found on this machine"}.get(provider.origin, provider.origin)
        model = f"model {mask(known.model, _SHOWN)}" if known.model else "no model named: the first that is listed"
        facts = join_facts(provider.name, mask_url(mask(provider.base_url)), f"from: {origin}", model)
        if known.endpoint is None:
            return Finding("configuration", "failed", facts, Outcome.BAD_URL)
        known.link = find_link(provider, known.url)
        return Finding("configuration", "ok", facts)

    async def _check_key(self) -> Finding:
        """Where it comes from and what it looks like, masked; and whether it may go where it would be sent."""
        provider, source = self._provider, self._provider.key.describe()
        try:
            key = await find_key(provider, self._patient.environ)
        except Stop as stop:
            where = str(stop.detail.get("key_source", source))
            return Finding("key", "failed", where, stop.outcome)
        if key is None:
            return Finding("key", "ok", "none is sent")
        self._client.mask.add(key)
        facts = join_facts(f"from: {source}", key.masked, _owner(provider))
        if _is_exposed(provider, key, self._known.endpoint):
            host = self._known.endpoint.host if self._known.endpoint else ""
            return Finding("key", "failed", facts, Outcome.INSECURE_URL, values={"host": host})
        return Finding("key", "ok", facts)

    async def _check_name(self) -> Finding:
        known, endpoint = self._known, self._endpoint
        addresses = await resolve(endpoint, known.link, find_limits(self._provider).connect)
        host, _ = first_hop(endpoint, known.link)
        whose = f"proxy {host}" if known.link.proxy else host
        if isinstance(addresses, TransportFailure):
            return self._fail("dns", join_facts(whose, _cause(addresses)), addresses)
        shown = ", ".join(addresses[:4])
        return Finding("dns", "ok", whose if shown == host else f"{whose} is {shown}")

    async def _check_connection(self) -> Finding:
        known = self._known
        limit = find_limits(self._provider).connect
        known.way = await reach(known.url, known.link, self._witness, limit, self._clock)
        host, port = first_hop(self._endpoint, known.link)
        whose = f"{'proxy ' if known.link.proxy else ''}{host} port {port}"
        failure = known.way.failure
        at_tls = known.way.connected is not None or (failure and failure.outcome is Outcome.TLS_CERTIFICATE)
        through_proxy = failure is not None and failure.outcome in _CLOSED_DOOR
        if failure is not None and (through_proxy or not at_tls):
            return self._fail("tcp", join_facts(whose, _cause(failure)), failure)
        facts = join_facts(whose, f"at {known.way.address}" if known.way.address != host else None)
        return Finding("tcp", "ok", facts, ms=_milliseconds(known.way.began, known.way.connected))

    async def _check_tls(self) -> Finding:
        way = self._known.way
        certificate, mask = way.certificate, self._client.mask
        about = join_facts(
            way.tls_version,
            f"issuer {mask(certificate.issuer, _SHOWN)}" if certificate else None,
            f"for {mask(', '.join(certificate.names[:4]), _SHOWN)}" if certificate else None,
            f"expires {certificate.expires:%Y-%m-%d}" if certificate else None,
        )
        if way.failure is not None:
            found = self._fail("tls", join_facts(_cause(way.failure), about), way.failure)
            return replace(found, values={**found.values, "fault": self._find_fault(way.failure)})
        if self._endpoint.scheme != "https":
            return Finding("tls", "skipped", "plain http")
        if certificate is not None and certificate.expires - self._clock.wall() < _EXPIRY:
            return Finding("tls", "warn", join_facts(about, "that is soon"))
        return Finding("tls", "ok", about, ms=_milliseconds(way.connected, way.secured))

    def _find_fault(self, failure: TransportFailure) -> str | None:
        """What is wrong with a refused certificate, where trust is not: its time or its names."""
        certificate, cause = self._known.way.certificate, _cause(failure).lower()
        if certificate is not None and certificate.expires < self._clock.wall():
            return "expired"
        if "mismatch" in cause:
            return "mismatch"
        if "self-signed certificate" in cause and "chain" not in cause:
            named = certificate is None or certificate.fits(self._endpoint.host)
            return "self_signed" if named else "self_signed_mismatch"
        return None

    async def _check_models(self) -> Finding:
        """A server that keeps no list may chat all the same: then the request that follows decides."""
        listing, known = await self._client.list_models(self._provider), self._known
        if listing.failure is not None:
            status = (listing.values or {}).get("status")
            facts = join_facts("no list", f"status {status}" if status else None, _os_error(listing))
            final = known.model is None or listing.failure in _CLOSED_DOOR or listing.failure.rule.phase == "local"
            values = {"model": known.model, **(listing.values or {})}
            return Finding("models", "failed" if final else "warn", facts, listing.failure, values=values)
        count = f"{len(listing.models)} listed"
        if known.model is None:
            if not listing.models:
                return Finding("models", "failed", f"{count}, and no model was named", Outcome.MODEL_NOT_FOUND)
            known.model = listing.models[0]
        if _lists(listing.models, known.model):
            return Finding("models", "ok", join_facts(count, f"{known.model} is one of them"))
        near = difflib.get_close_matches(known.model, listing.models, n=1)
        facts = join_facts(count, f"{known.model} is none of them", f"nearest: {near[0]}" if near else None)
        return Finding("models", "warn", facts, Outcome.MODEL_NOT_FOUND, values={"model": known.model})

    async def _check_plain(self) -> Finding:
        model = self._known.model
        assert model is not None, "the list gave one, or this step is skipped"
        self._questioner = Questioner(self._client, self._provider, model, self._keep, self._clock)
        self._known.plain = await self._questioner.ask(stream=False)
        return judge_plain(self._known.plain)

    def _may_stream(self, failed: Step) -> bool:
        """Whether a stream says more: the plain request was accepted, and broke only in its body."""
        answered = self._known.plain
        if answered is None or failed != "plain request" or answered.outcome is Outcome.HTML_PAGE:
            return False
        answer = answered.trace.answer
        return answer is not None and answer.status // 100 == 2

    async def _check_stream(self) -> Finding:
        assert self._questioner is not None, "the plain request came before"
        self._known.streamed = await self._questioner.ask(stream=True)
        return judge_stream(self._known.streamed)

    async def _check_timing(self) -> Finding:
        assert self._known.streamed is not None, "the stream came before"
        return judge_timing(self._known.streamed)

    async def _check_cancel(self) -> Finding:
        assert self._questioner is not None, "the plain request came before"
        before = 0

        def count() -> None:
            nonlocal before
            before = self._witness.open_sockets

        answered = await self._questioner.ask_and_cancel(count)
        return judge_cancel(answered, closed=await self._witness.wait_fewer(before, _TURNS))

    @property
    def _endpoint(self) -> Endpoint:
        assert self._known.endpoint is not None, "the first step saw to it"
        return self._known.endpoint

    def _fail(self, name: Step, facts: str, failure: TransportFailure) -> Finding:
        endpoint, link = self._endpoint, self._known.link
        values = {
            "host": endpoint.host,
            "port": endpoint.port,
            "proxy": link.shown_proxy,
            "detail": failure.detail.get("tls_detail"),
            "seconds": failure.detail.get("limit_s"),
            "status": failure.detail.get("status"),
        }
        return Finding(name, "failed", facts, failure.outcome, values=values)


def _milliseconds(start: float | None, end: float | None) -> int | None:
    return None if start is None or end is None else round((end - start) * 1000)


def _owner(provider: Provider) -> str | None:
    return f"owner {provider.owner}" if provider.owner else None


def _is_exposed(provider: Provider, key: Secret, endpoint: Endpoint | None) -> bool:
    """Whether the key would go over plain http to another machine, unasked (as `tui.stream.preparation` has it)."""
    plain = endpoint is not None and endpoint.scheme == "http"
    return plain and not provider.is_loopback and not provider.allow_http


def _lists(models: tuple[str, ...], model: str) -> bool:
    """Whether the list has it, also where it writes a folder before the name or a tag behind it."""
    return any(model in (one, one.rpartition("/")[2], one.removesuffix(":latest")) for one in models)


def _cause(failure: TransportFailure) -> str:
    """What the system or the proxy said, in one word where there is one."""
    said = failure.detail.get("tls_detail") or failure.detail.get("os_error") or failure.detail.get("status")
    return str(said) if said else failure.outcome.value


def _os_error(listing: ModelListing) -> str | None:
    said = (listing.values or {}).get("os_error")
    return str(said) if said else None
