"""Comparison: what is asked of the models, how often, and what is wrong with a wish for one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.chat.catalogue import Model
from tui.chat.conversation import Reply
from tui.chat.figures import Figures, make_figures
from tui.settings.config import ConfigError
from tui.settings.model_facts import ModelFacts

FEWEST, MOST = 2, 6
"""How many models are compared."""


@dataclass(frozen=True, slots=True)
class Run:
    """One prompt to all models at once."""

    number: int
    """Counted from 1 over all prompts: those of the first prompt come first."""
    prompt: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is asked, and how. Every run is a conversation of its own."""

    names: tuple[str, ...]
    """The models, as they were named."""
    prompts: tuple[str, ...]
    repeat: int = 1
    system: str | None = None
    as_json: bool = False
    saved: bool = False
    """Whether the conversations are kept."""

    @property
    def size(self) -> int:
        """How many runs there are."""
        return len(self.prompts) * self.repeat

    def runs(self) -> Iterator[Run]:
        """The runs in order: each prompt as often as is wanted, then the next."""
        prompts = (prompt for prompt in self.prompts for _ in range(self.repeat))
        return (Run(number, prompt) for number, prompt in enumerate(prompts, 1))


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One model's reply in one run."""

    label: str
    """The model's masked name."""
    run: int
    reply: Reply
    facts: ModelFacts | None = None
    """What is known of the model: its price, perhaps."""

    @property
    def figures(self) -> Figures:
        """Its numbers as they stand now."""
        return make_figures(self.reply, self.facts)


def read_prompts(path: Path) -> tuple[str, ...]:
    """The prompts of a file, one a line; blank lines are none. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise ConfigError(f"--prompts: {path} cannot be read ({error.strerror}).") from None
    prompts = tuple(line.strip() for line in text.split("\n") if line.strip())
    if not prompts:
        raise ConfigError(f"--prompts: there is no prompt in {path}.")
    return prompts


def check_count(names: Sequence[str]) -> None:
    """Refuse too few models and too many. Raises ConfigError."""
    if not FEWEST <= len(names) <= MOST:
        raise ConfigError(f"compare takes {FEWEST} to {MOST} models, each with its own -m; there are {len(names)}.")


def check_distinct(models: Sequence[Model]) -> None:
    """Refuse a model that is named twice, since its lines could not be told apart. Raises ConfigError."""
    names = [model.name for model in models]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{name} is named more than once; --repeat N asks every model N times.")
