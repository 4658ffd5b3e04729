"""Context and price: what stands over what, and that a cost comes only from known prices and counts."""

import pytest

from tui.settings.model_facts import ModelFacts

PRICED = ModelFacts(8192, 0.5, 2.0)


@pytest.mark.parametrize(
    ("facts", "tokens_in", "tokens_out", "cost"),
    [
        (PRICED, 1_000_000, 500_000, 1.5),
        (PRICED, 0, 0, 0.0),
        (ModelFacts(None, 0.0, 0.0), 10, 10, 0.0),
        (PRICED, None, 5, None),
        (PRICED, 5, None, None),
        (ModelFacts(8192, 0.5), 5, 5, None),
        (ModelFacts(8192, None, 0.5), 5, 5, None),
    ],
)
def test_the_cost(facts: ModelFacts, tokens_in: int | None, tokens_out: int | None, cost: float | None) -> None:
    assert facts.cost(tokens_in, tokens_out) == cost


def test_what_is_known_stands_over_what_the_other_knows() -> None:
    assert ModelFacts(None, 0.0).over(PRICED) == ModelFacts(8192, 0.0, 2.0)
