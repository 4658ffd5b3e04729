"""Which model is asked: the order of precedence, row by row."""

import pytest

from tui.chat.catalogue import ModelCatalogue
from tui.chat.choice import choose_model
from tui.chat.routes import Routes, Wish, practice_provider
from tui.settings.config import Config
from tui.settings.provider import Provider, Timeouts
from tui.settings.state import Pick, State
from tui.stream.listing import ModelListing

ONE, TWO = Provider("one", "https://one/v1"), Provider("two", "https://two/v1")
NOTHING, CONFIGURED = Config(), Config(providers={"one": ONE, "two": TWO})
URL = "http://127.0.0.1:8080/v1"
BOTH = Routes({"one": ONE, "two": TWO}, "one")
ONLY_ONE = Routes({"one": ONE}, "one")
PINNED_TWO = Routes({"one": ONE, "two": TWO}, "two", by_flag=True)
PRACTISING = BOTH.with_provider(practice_provider(URL, Timeouts()))
NO_ROUTES = Routes({})

PICKED = State(model=Pick("two/picked", None), last_used={"one": "used"})
USED = State(last_used={"one": "used", "two": "used-too"})


@pytest.mark.parametrize(
    ("wish", "routes", "configured", "state", "model"),
    [
        # -m, whatever else there is.
        ("m", BOTH, "two/c", PICKED, "one/m"),
        ("two/m", BOTH, "one/c", PICKED, "two/m"),
        ("org/m", BOTH, None, PICKED, "one/org/m"),
        ("two/", BOTH, None, PICKED, "one/two/"),
        ("one/m", PINNED_TWO, None, PICKED, "two/one/m"),
        ("two/m", PINNED_TWO, None, PICKED, "two/two/m"),
        ("cut", PRACTISING, None, PICKED, "practice/cut"),
        ("practice/cut", PRACTISING, None, PICKED, "practice/cut"),
        ("two/m", PRACTISING, None, PICKED, "practice/two/m"),
        ("practice/m", PINNED_TWO, None, PICKED, "two/practice/m"),
        ("m", NO_ROUTES, None, PICKED, None),
        # The one last picked, while the config is as it was then.
        (None, BOTH, None, PICKED, "two/picked"),
        (None, BOTH, "one/c", State(model=Pick("two/picked", "one/c")), "two/picked"),
        (None, BOTH, "one/c", PICKED, "one/c"),
        (None, BOTH, "one/c", State(model=Pick("two/picked", "one/old")), "one/c"),
        (None, BOTH, None, State(model=Pick("two/picked", "one/old"), last_used={"one": "used"}), "one/used"),
        (None, BOTH, None, State(model=Pick("gone/picked", None), last_used={"one": "used"}), "one/used"),
        (None, Routes(BOTH.providers, "one", by_flag=True), None, PICKED, "one/used"),
        # The config's: as with -m it may be an id alone.
        (None, BOTH, "two/c", USED, "two/c"),
        (None, BOTH, "c", USED, "one/c"),
        (None, BOTH, "org/c", USED, "one/org/c"),
        (None, PINNED_TWO, "two/c", USED, "two/c"),
        (None, PINNED_TWO, "one/c", USED, "two/used-too"),
        (None, PINNED_TWO, "c", USED, "two/used-too"),
        (None, PRACTISING, "c", USED, "practice/listed"),
        # The one last used there.
        (None, BOTH, None, USED, "one/used"),
        (None, PINNED_TWO, None, USED, "two/used-too"),
        # The first that a single server lists and that chats.
        (None, ONLY_ONE, None, State(), "one/listed"),
        (None, PINNED_TWO, None, State(), "two/listed"),
        (None, PRACTISING, None, State(), "practice/listed"),
        # Else a person has to say.
        (None, BOTH, None, State(), None),
        (None, NO_ROUTES, "c", State(), None),
    ],
)
def test_the_model(wish: str | None, routes: Routes, configured: str | None, state: State, model: str | None) -> None:
    catalogue = ModelCatalogue(routes.providers)
    for name in routes.providers:
        catalogue.add_listing(name, ModelListing(("text-embedding-3-small", "listed", "second")))
    chosen = choose_model(Wish(model=wish), routes, Config(model=configured), state, catalogue)
    assert (chosen.name if chosen else None) == model


@pytest.mark.parametrize("listing", [ModelListing(), None])
def test_a_server_that_lists_nothing_gives_no_model(listing: ModelListing | None) -> None:
    catalogue = ModelCatalogue(ONLY_ONE.providers)
    if listing is not None:
        catalogue.add_listing("one", listing)
    assert choose_model(Wish(), ONLY_ONE, NOTHING, State(), catalogue) is None
