"""TableProof: a provider's table in the config has proved itself by a reply that came to its end, and is kept.

So a table that is changed by hand afterwards can be taken back by `weir providers rollback`, too.
"""

from tui.settings.config import Config, ConfigError, read_config
from tui.settings.rollback import keep_verdict
from tui.stream.outcome import Outcome
from tui.stream.record import Record

_PROOFS = (Outcome.COMPLETE, Outcome.LENGTH)
"""Ends that a reply comes to only where all of the table is right."""


class TableProof:
    """Of one run of the program; each provider once."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._proved: set[str] = set()

    def wants(self, record: Record) -> bool:
        """Whether this record proves what is not known yet."""
        route = record.route
        return record.outcome in _PROOFS and route in self._config.providers and route not in self._proved

    def take(self, record: Record) -> None:
        """Keep the table, if the file still has the one that was used; blocks."""
        path, name = self._config.path, record.route
        self._proved.add(name)
        if path is None:
            return
        try:
            now = read_config(path)
        except ConfigError:
            return  # somebody is changing it; what it was cannot be read any more
        if now.providers.get(name) == self._config.providers[name]:
            keep_verdict(path, name, good=True)
