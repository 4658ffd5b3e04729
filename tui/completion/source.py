"""Names that a command line may hold: of providers and models, from the config, what is remembered and the last lists.

Nothing here touches the network, and nothing that cannot be read is an error: then there are fewer names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tui.settings.config import PRACTICE, Config, ConfigError, read_config
from tui.settings.paths import Paths
from tui.settings.state import read_state
from tui.text.sanitise import sanitise_line


@dataclass(frozen=True, slots=True)
class Source:
    """Where names come from."""

    paths: Paths
    environ: Mapping[str, str]
    config_file: Path | None = None
    """A config named on the command line."""

    def providers(self) -> list[str]:
        """Those of the config."""
        return clean(self._config().providers)

    def templates(self) -> list[str]:
        """Prompt files that are no system prompts."""
        from tui.settings.prompt_file import read_prompts

        return clean(name for name, one in read_prompts(self.paths.prompts)[0].items() if one.kind == "prompt")

    def presets(self) -> list[str]:
        """Those that are known by name."""
        from tui.settings.preset import presets

        return list(presets())

    def models(self, provider: str | None = None) -> list[str]:
        """As `provider/id`: favourites and those used lately, those of the config, those that were listed last.

        One that was only asked for, in vain, is a name mistyped more often than not: it is left out.
        Of one provider alone they are given as it lists them.
        """
        from tui.chat.model_cache import measure_journal, read_cache

        config, state = self._config(), read_state(self.paths.state_file)
        named = [config.model] if config.model else []
        own = [f"{name}/{model}" for name, one in config.providers.items() for model in one.models]
        cache = read_cache(self.paths.models)
        found = {name: one for name, one in cache.kept.items() if name not in (*config.providers, PRACTICE)}
        kept = {**cache.kept_for(config.providers), **found}
        listed = [f"{name}/{model}" for name, listing in kept.items() for model in listing.models]
        answered = measure_journal(cache, self.paths.records).measured if state.recent else {}
        known = {*answered, *named, *config.models, *own, *listed}
        used = [name for name in state.recent if name in known]
        names = self._askable([*state.favourites, *used, *named, *config.models, *own, *listed])
        if provider is None:
            return names
        return [name.removeprefix(f"{provider}/") for name in names if name.startswith(f"{provider}/")]

    @staticmethod
    def _askable(names: Iterable[str]) -> list[str]:
        """Those that can be asked without --practice."""
        return [name for name in clean(names) if not name.startswith(f"{PRACTICE}/")]

    def practice_models(self) -> list[str]:
        """Those of the practice provider."""
        from tui.practice import MODELS

        return [f"practice/{name}" for name in MODELS]

    def faults(self) -> list[str]:
        """Those that the practice provider can be given."""
        from tui.practice import Fault

        return [fault.value for fault in Fault]

    def variables(self) -> list[str]:
        """Environment variables that may hold a key, by name."""
        return clean(sorted(name for name in self.environ if "KEY" in name or "TOKEN" in name))

    def _config(self) -> Config:
        try:
            return read_config(self.config_file or self.paths.config_file, must_exist=False)
        except ConfigError:
            return Config()  # whoever runs the command is told of it


def clean(names: Iterable[str]) -> list[str]:
    """Each name once, without those that a terminal would not show as they are: nobody could choose them knowingly."""
    return [name for name in dict.fromkeys(names) if name and sanitise_line(name) == name]
