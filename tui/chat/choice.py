"""Which model is asked, as pure functions over what is known now.

The order: `-m`, the one last picked while the config is as it was then, the config's, the one last used there, the
first that a single server lists and that probably answers chats.
"""

from tui.chat.catalogue import Model, ModelCatalogue
from tui.chat.routes import Routes, Wish
from tui.settings.config import PRACTICE, Config
from tui.settings.state import State
from tui.stream.chat_model import find_chat_model


def choose_model(wish: Wish, routes: Routes, config: Config, state: State, catalogue: ModelCatalogue) -> Model | None:
    """The model to ask, as far as it can be told now; None if the person has to pick one."""
    default = routes.providers.get(routes.default or "")
    if wish.model:
        named = None if routes.pinned else catalogue.find(wish.model)
        # `practice/` before a model of the practice provider names the route, which is meant anyway.
        whole = wish.model.removeprefix(f"{PRACTICE}/") if routes.wants_practice else wish.model
        return named or (Model(default, whole) if default else None)
    if state.model is not None and state.model.wins_over(config.model):
        picked = catalogue.find(state.model.value)
        if picked is not None and routes.admits(picked.provider):
            return picked
    if config.model and (configured := _configured_model(config.model, routes, catalogue)) is not None:
        return configured
    if default is None:
        return None
    if (last := state.last_used.get(default.name)) is not None:
        return Model(default, last)
    listing = catalogue.listings.get(default.name)
    only = routes.pinned or len(routes.providers) == 1
    found = find_chat_model(listing.models) if only and listing is not None else None
    return Model(default, found) if found is not None else None


def _configured_model(name: str, routes: Routes, catalogue: ModelCatalogue) -> Model | None:
    """The config's model, read as `-m` is: without a provider's name before it, it is an id on the default one."""
    found = catalogue.find(name)
    if found is not None:
        return found if routes.admits(found.provider) else None
    default = routes.providers.get(routes.default or "")
    return Model(default, name) if default is not None and not routes.pinned else None
