"""The picker with 5,000 models: `python -m tests.bench.picker`. Milliseconds of CPU time, medians; budgets beside them.

A key is one filter, the first of a word and those that go on from it; a whole key goes on until it is painted. Opening
is the screen pushed until it is painted: the very first time, when Textual reads the screen's styles, and the median of
all, beside the same app with five models, whose ratio knows nothing of the machine's speed.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from textual.app import App

from tui.chat.catalogue import Model, ModelCatalogue
from tui.chat.model_filter import ModelFilter
from tui.settings.model_facts import ModelFacts
from tui.settings.provider import Provider
from tui.stream.listing import ModelListing
from tui.text.language import load_language
from tui.ui.widgets.model_picker import SHOWN, ModelPicker

COUNT, ROUNDS = 5000, 9
KEY_MS, OPEN_MS = 5.0, 60.0
WORDS = ("deepseek chat", "qwen3", "gpt4omini", "llama instruct 70b", "zzz", "m")
_MAKERS = ("deepseek", "qwen3", "llama-3.3", "gpt-4o-mini", "mistral-large", "gemma-2", "claude")
_KINDS = ("chat", "instruct", "coder", "vision", "8b", "70b-instruct", "free")


def make_catalogue(count: int) -> ModelCatalogue:
    """So many models at one provider, with context and price."""
    names = tuple(f"{_MAKERS[n % 7]}/{_MAKERS[n % 7]}-{_KINDS[n // 7 % 7]}-{n}" for n in range(count))
    catalogue = ModelCatalogue({"openrouter": Provider("openrouter", "http://127.0.0.1:9/v1")})
    facts = {name: ModelFacts(131072, 0.14, 0.28) for name in names}
    catalogue.add_listing("openrouter", ModelListing(names, facts=facts))
    return catalogue


def measure(act: Callable[[], object]) -> float:
    """Milliseconds of CPU time that it takes once."""
    start = time.process_time()
    act()
    return (time.process_time() - start) * 1000


def measure_keys(catalogue: ModelCatalogue) -> None:
    """Every key of every word, typed one after the other, and each word at once as if pasted."""
    models = catalogue.models()
    for word in WORDS:
        keys: list[list[float]] = [[] for _ in word]
        for _ in range(ROUNDS):
            models_filter = ModelFilter(models)
            for end in range(1, len(word) + 1):
                typed = word[:end]
                keys[end - 1].append(measure(partial(models_filter.filter, typed, SHOWN)))
        pasted = median(measure(partial(paste, models, word)) for _ in range(ROUNDS))
        worst = max(map(median, keys))
        found = ModelFilter(models).filter(word, SHOWN)[1]
        print(f"{word!r:24} {found:5} found  slowest key {worst:5.2f} ms (budget {KEY_MS})  pasted {pasted:5.2f} ms")


def paste(models: Sequence[Model], word: str) -> None:
    """Filter by a whole word, names that nothing was done for yet."""
    ModelFilter(models).filter(word, SHOWN)


@dataclass(frozen=True)
class Opened:
    """Milliseconds of CPU time."""

    first: float
    usual: float
    key: float
    """The slowest of the medians of one whole key."""


async def measure_opening(catalogue: ModelCatalogue) -> Opened:
    """From the key to the painted picker, and from a key in it to the painted list."""
    times = []
    keys: list[list[float]] = [[] for _ in WORDS[0]]

    async def refresh(told: Callable[[], object]) -> None:
        """Nothing more is known."""

    class Host(App[None]):
        """An app with nothing but the picker."""

    async with Host().run_test(size=(100, 30)) as pilot:
        for _ in range(ROUNDS):
            start = time.process_time()
            await pilot.app.push_screen(ModelPicker(catalogue, refresh, None, None, load_language("en")))
            await pilot.pause()
            times.append((time.process_time() - start) * 1000)
            for place, letter in enumerate(WORDS[0]):
                start = time.process_time()
                await pilot.press("space" if letter == " " else letter)
                keys[place].append((time.process_time() - start) * 1000)
            pilot.app.pop_screen()
            await pilot.pause()
    return Opened(times[0], median(times), max(map(median, keys)))


def main() -> None:
    """Print the lines."""
    catalogue = make_catalogue(COUNT)
    measure_keys(catalogue)
    build = median(measure(lambda: ModelFilter(catalogue.models())) for _ in range(ROUNDS))
    many, few = asyncio.run(measure_opening(catalogue)), asyncio.run(measure_opening(make_catalogue(5)))
    print(f"getting {COUNT} names ready {build:.1f} ms")
    for name, opened in ((COUNT, many), (5, few)):
        print(
            f"with {name:4} models: opening {opened.usual:.1f} ms, the first time {opened.first:.1f}"
            f" (budget {OPEN_MS}), a whole key {opened.key:.1f} ms"
        )
    print(f"ratio of opening {many.usual / few.usual:.2f}")


if __name__ == "__main__":
    main()
