"""Lineup: the models of a comparison, as they were named on the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui.chat.catalogue import Model
from tui.chat.choice import choose_model
from tui.chat.routes import Wish, choose_routes
from tui.chat.workspace import Workspace
from tui.settings.config import PRACTICE


def lead_wish(wish: Wish, names: Sequence[str]) -> Wish:
    """What the workspace is opened for: the practice provider starts only if it is meant, by whichever model."""
    practice = (name for name in names if name.startswith(f"{PRACTICE}/"))
    return replace(wish, model=next(practice, names[0]))


def choose_models(names: Sequence[str], workspace: Workspace, environ: Mapping[str, str]) -> list[Model] | None:
    """The models of these names; None if there is no server to ask.

    A practice model among them does not make the practice provider the default for the others. No model has a
    fallback: another model's reply under its name would compare nothing.
    """
    routes = workspace.routes
    default = choose_routes(replace(workspace.wish, model=None), workspace.config, environ).default
    if default is not None:
        routes = replace(routes, default=default)
    models = []
    for name in names:
        wish = replace(workspace.wish, model=name)
        model = choose_model(wish, routes, workspace.config, workspace.state, workspace.catalogue)
        if model is None:
            return None
        models.append(replace(model, provider=replace(model.provider, fallback=())))
    return models
