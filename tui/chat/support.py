"""Support: everything that a support bundle needs is gathered here, for the app and for the command alike."""

from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tui.chat.checkup import open_diagnosis
from tui.chat.journal import RecordJournal
from tui.chat.support_bundle import Evidence, bundle_path, write_bundle
from tui.settings.config import Config
from tui.settings.paths import Paths, write_whole
from tui.settings.provider import Provider
from tui.settings.secrets import KeyUnavailable, Masker, read_key, secrets_in, secrets_of
from tui.stream.probe.diagnosis import Patient
from tui.stream.probe.finding import Report
from tui.stream.record import Record
from tui.text.language import Language

FREE_STEPS = 6
"""The steps of a diagnosis up to the list of models; those after it cost tokens."""


@dataclass(frozen=True, slots=True)
class Support:
    """One person's settings and routes, and the secrets that are known so far."""

    paths: Paths
    config: Config
    providers: Mapping[str, Provider]
    """The routes, those too that no config names."""
    environ: Mapping[str, str]
    mask: Masker
    english: Language
    """A bundle is in English, as records are."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def can_diagnose(self, record: Record) -> bool:
        """Whether the route of a record is one that can be walked now."""
        return record.route in self.providers

    async def diagnose(
        self, record: Record, told: Callable[[Report], object], complain: Callable[[str], None], *, full: bool
    ) -> None:
        """Walk the record's route; without `full` only the steps that cost nothing.

        `told` is given the report after each step, `complain` the reason why no record of it can be kept.
        """
        patient = Patient(self.providers[record.route], record.model or None, self.environ)
        journal = RecordJournal(self.paths.records, complain, self.config.records)
        async with open_diagnosis(patient, self.mask, journal.append) as diagnosis:
            async with aclosing(diagnosis.findings()) as findings:
                async for finding in findings:
                    told(diagnosis.report)
                    if not full and finding.n == FREE_STEPS:
                        return

    def compose(self, record: Record, report: Report | None, *, asked: bool = True) -> str:
        """The bundle as it would be written; blocks, since it looks into key files. `asked`: a diagnosis was wanted."""
        remark = None
        if not asked:
            remark = "A diagnosis was not asked for."
        elif not self.can_diagnose(record):
            remark = f"The route {record.route} is not configured now, so it could not be walked."
        elif report is not None and not any(finding.n > FREE_STEPS for finding in report.findings):
            remark = "The steps that cost tokens were left out."
        evidence = Evidence(record, self.config, self.environ, report, remark)
        # A second masker: what it knows beside the first is not looked for in all that is received.
        strict = self._strict_masker()
        return write_bundle(evidence, self.english, lambda text: strict(self.mask(text)), self.now())

    def write(self, record: Record, text: str) -> Path:
        """Write the bundle, 0600, and say where; blocks, raises OSError."""
        path = bundle_path(self.paths.support, record, self.now())
        write_whole(path, text)
        return path

    def _strict_masker(self) -> Masker:
        """Knows every key that can be had without running a command, and what addresses and variables hold."""
        mask = Masker(secrets_in(self.environ))
        for provider in self.providers.values():
            for address in (provider.base_url, provider.proxy or ""):
                for secret in secrets_of(address):
                    mask.add(secret)
            if provider.key.kind not in ("env", "file"):
                continue
            try:
                key = read_key(provider.key, self.environ)
            except KeyUnavailable:
                continue  # a key that cannot be read was never sent, so nothing echoes it
            if key is not None:
                mask.add(key)
        return mask
