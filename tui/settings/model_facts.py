"""What is known of a model beside its name, as the config or the provider's list gives it."""

from dataclasses import dataclass, field

from tui.settings.parameters import Parameters

_TOKENS_PRICED = 1_000_000


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Each is None where nobody said it."""

    context: int | None = None
    """Tokens of prompt and reply together."""
    price_in: float | None = None
    """US dollars for a million tokens of prompt."""
    price_out: float | None = None
    """US dollars for a million tokens of reply, reasoning included."""
    images: bool | None = None
    """Whether it takes images."""

    def over(self, other: "ModelFacts") -> "ModelFacts":
        """These, and where one is not known the other's."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        return ModelFacts(*(mine if mine is not None else theirs for mine, theirs in pairs))

    def cost(self, tokens_in: int | None, tokens_out: int | None) -> float | None:
        """US dollars for these counts; None unless both prices and both counts are known."""
        if self.price_in is None or self.price_out is None or tokens_in is None or tokens_out is None:
            return None
        return (tokens_in * self.price_in + tokens_out * self.price_out) / _TOKENS_PRICED


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """What the config says of one model: `[models."provider/id"]`."""

    parameters: Parameters = field(default_factory=Parameters)
    facts: ModelFacts = field(default_factory=ModelFacts)
