"""Models and whence they are known: configured, listed by their provider now or before, found, recent, favourite."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tui.chat.measurement import Measured
from tui.settings.model_facts import ModelFacts
from tui.settings.parameters import Parameters
from tui.settings.provider import Provider

if TYPE_CHECKING:
    from tui.stream.listing import ModelListing

Source = Literal["listed", "cached", "config", "recent"]


@dataclass(frozen=True, slots=True)
class Model:
    """One model at one provider."""

    provider: Provider
    id: str

    @property
    def name(self) -> str:
        """`provider/id`: how it is written in the config and in the picker."""
        return f"{self.provider.name}/{self.id}"

    @property
    def parameters(self) -> Parameters:
        """What is sent with every request for it, as configured."""
        return self.provider.parameters_for(self.id)

    def with_parameters(self, parameters: Parameters) -> "Model":
        """The same model, asked with these over what is configured; it equals the one without."""
        return Model(self.provider.with_parameters(parameters), self.id) if parameters else self


@dataclass(frozen=True, slots=True)
class KeptListing:
    """What a provider listed some time ago."""

    models: tuple[str, ...]
    facts: Mapping[str, ModelFacts]
    time: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """What is known of one model: a row of the picker and of `weir models`."""

    model: Model
    facts: ModelFacts
    measured: Measured | None
    favourite: bool


@dataclass(slots=True)
class ModelCatalogue:
    """Every model that can be picked now, once each: favourite and recent first, then as configured, then as listed."""

    providers: Mapping[str, Provider]
    configured: Sequence[str] = ()
    """Names as `provider/id`."""
    recent: Sequence[str] = ()
    listings: "dict[str, ModelListing]" = field(default_factory=dict)
    """What the providers answered in this run."""
    kept: Mapping[str, KeptListing] = field(default_factory=dict)
    """What they listed before, for those that have not answered yet or cannot."""
    measured: Mapping[str, Measured] = field(default_factory=dict)
    favourites: Sequence[str] = ()
    accounts: dict[str, str] = field(default_factory=dict)
    """The system accounts that run servers which were found, to be named."""
    wall: Callable[[], float] = time.time
    _listed_at: dict[str, float] = field(default_factory=dict)

    def add_found(self, provider: Provider, listing: "ModelListing", account: str | None) -> None:
        """Take a server that was found beside the configured ones; a name that is taken stays with its owner."""
        self.providers = {**self.providers, provider.name: self.providers.get(provider.name, provider)}
        if self.providers[provider.name].base_url == provider.base_url:
            self.add_listing(provider.name, listing)
            if account is not None:
                self.accounts[provider.name] = account

    def add_listing(self, provider: str, listing: "ModelListing") -> None:
        """Take what a provider answered; a failed listing stays beside the others and hides none of them."""
        self.listings[provider] = listing
        if listing.failure is None:
            self._listed_at[provider] = self.wall()

    def models(self) -> list[Model]:
        """All of them, in the order in which a person most likely wants them."""
        names = dict.fromkeys((*self.favourites, *self.recent, *self.configured))
        for name in self.providers:
            names.update(dict.fromkeys(f"{name}/{model}" for model in self._list_of(name)))
        found = (self.find(name) for name in names)
        return [model for model in found if model is not None]

    def find(self, name: str) -> Model | None:
        """The model of a name `provider/id`; ids may hold slashes themselves."""
        provider, slash, identity = name.partition("/")
        if not slash or provider not in self.providers or not identity:
            return None
        return Model(self.providers[provider], identity)

    def failures(self) -> "Iterable[tuple[str, ModelListing]]":
        """The providers whose list could not be had."""
        return ((name, listing) for name, listing in self.listings.items() if listing.failure is not None)

    def facts(self, model: Model) -> ModelFacts:
        """What is known of a model: as the config says, else as the provider's list does."""
        listed = self._facts_of(model.provider.name).get(model.id, ModelFacts())
        settings = model.provider.models.get(model.id)
        return listed if settings is None else settings.facts.over(listed)

    def takes_images(self, model: Model) -> bool:
        """Whether a model takes images, as far as anybody said; one of which nobody said anything may."""
        return self.facts(model).images is not False

    def describe(self, model: Model) -> ModelEntry:
        """All that is known of a model."""
        name = model.name
        return ModelEntry(model, self.facts(model), self.measured.get(name), name in self.favourites)

    def sources(self) -> dict[str, tuple[Source, float | None]]:
        """Whence each model is known, by its name, and the seconds since its provider listed it."""
        used = (*self.favourites, *self.recent)
        found: dict[str, tuple[Source, float | None]] = dict.fromkeys(used, ("recent", None))
        found.update(dict.fromkeys(self.configured, ("config", None)))
        for name in self.providers:
            listed: Source = "listed" if self._answer(name) is not None else "cached"
            age = self.age_of(name)
            found.update((f"{name}/{model}", (listed, age)) for model in self._list_of(name))
        return found

    def keep(self) -> dict[str, KeptListing]:
        """What is worth writing down: each provider's last answer, this run's before older ones."""
        now = {
            name: KeptListing(listing.models, listing.facts, self._listed_at[name])
            for name, listing in self.listings.items()
            if listing.failure is None
        }
        return {**self.kept, **now}

    def age_of(self, provider: str) -> float | None:
        """Seconds since the list was had that is shown for a provider; None if there is none."""
        kept = self.kept.get(provider)
        moment = self._listed_at.get(provider) if self._answer(provider) else kept.time if kept is not None else None
        return None if moment is None else max(0.0, self.wall() - moment)

    def _answer(self, provider: str) -> "ModelListing | None":
        listing = self.listings.get(provider)
        return listing if listing is not None and listing.failure is None else None

    def _list_of(self, provider: str) -> tuple[str, ...]:
        if (listing := self._answer(provider)) is not None:
            return listing.models
        kept = self.kept.get(provider)
        return kept.models if kept is not None else ()

    def _facts_of(self, provider: str) -> Mapping[str, ModelFacts]:
        if (listing := self._answer(provider)) is not None:
            return listing.facts
        kept = self.kept.get(provider)
        return kept.facts if kept is not None else {}
