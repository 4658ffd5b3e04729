"""Models and where they come from: configured, listed by their provider, used before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tui.settings.provider import Provider
from tui.stream.listing import ModelListing


@dataclass(frozen=True, slots=True)
class Model:
    """One model at one provider."""

    provider: Provider
    id: str

    @property
    def name(self) -> str:
        """`provider/id`: how it is written in the config and in the picker."""
        return f"{self.provider.name}/{self.id}"


@dataclass(slots=True)
class ModelCatalogue:
    """Every model that can be picked now, without repetition: recent first, then as configured, then as listed."""

    providers: Mapping[str, Provider]
    configured: Sequence[str] = ()
    """Names as `provider/id`."""
    recent: Sequence[str] = ()
    listings: dict[str, ModelListing] = field(default_factory=dict)

    def add_listing(self, provider: str, listing: ModelListing) -> None:
        """Take what a provider answered; a failed listing stays beside the others and hides none of them."""
        self.listings[provider] = listing

    def models(self) -> list[Model]:
        """All of them, in the order in which a person most likely wants them."""
        listed = (f"{name}/{model}" for name, listing in self.listings.items() for model in listing.models)
        names = dict.fromkeys((*self.recent, *self.configured, *listed))
        found = (self.find(name) for name in names)
        return [model for model in found if model is not None]

    def find(self, name: str) -> Model | None:
        """The model of a name `provider/id`; ids may hold slashes themselves."""
        provider, slash, identity = name.partition("/")
        if not slash or provider not in self.providers or not identity:
            return None
        return Model(self.providers[provider], identity)

    def failures(self) -> Iterable[tuple[str, ModelListing]]:
        """The providers whose list could not be had."""
        return ((name, listing) for name, listing in self.listings.items() if listing.failure is not None)


def filter_models(models: Sequence[Model], typed: str) -> list[Model]:
    """The models whose name holds every typed word with its letters in order; the tightest match comes first.

    Ties keep the catalogue's order, so that an empty filter is the catalogue itself.
    """
    words = typed.lower().split()
    if not words:
        return list(models)
    ranked = []
    for position, model in enumerate(models):
        name = model.name.lower()
        spans = [_span(word, name) for word in words]
        if None not in spans:
            ranked.append((sum(span for span in spans if span is not None), len(name), position, model))
    return [model for *_, model in sorted(ranked, key=lambda item: item[:3])]


def _span(word: str, name: str) -> int | None:
    """How many characters of the name the word's letters spread over at the least, None if they are not all there."""
    if word in name:
        return len(word)
    best: int | None = None
    start = name.find(word[0])
    while start != -1:
        end = start
        for letter in word[1:]:
            end = name.find(letter, end + 1)
            if end == -1:
                return best
        best = min(best or end - start + 1, end - start + 1)
        start = name.find(word[0], start + 1)
    return best
