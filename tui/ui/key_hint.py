"""Key hint: the line of an overlay that names its keys, as they are bound now: `[keys]` may have moved them."""

from collections.abc import Mapping
from typing import Any

from textual.binding import Binding
from textual.screen import Screen

from tui.text.language import Language
from tui.ui.guiding import GuidingApp
from tui.ui.shown_key import show_key


def say_keys(screen: Screen[Any], language: Language, name: str, **values: object) -> str:
    """The sentence of that name: `{copy}` in it is the key of the binding `….copy`, `{help}` that which shows all keys.

    Of several bindings whose ids end alike it is the first.
    To be asked for when the screen is mounted, since the keys of a person are not known before.
    """
    keys: dict[str, str] = {}
    own_keys = screen.app.own_keys if isinstance(screen.app, GuidingApp) else {}
    # Those of the class come last: a key that what has the focus passes on is not among the active ones.
    own = (binding for binding in type(screen).BINDINGS if isinstance(binding, Binding))
    for binding in (*(active.binding for active in screen.active_bindings.values()), *own):
        if binding.id:
            keys.setdefault(binding.id.rpartition(".")[2], show_key(binding.key.partition(",")[0]))
    keys["help"] = show_key(own_keys.get("app.keys", "f1"))
    return language.say(name, **{**keys, **values})


def bound_keys(kind: type[Screen[Any]], keys: Mapping[str, str]) -> dict[str, str]:
    """The keys of a kind of screen for its sentences, `{chat_connect}` for the binding `chat.connect`.

    `keys` are the person's own, by the id of their binding.
    """
    found = {
        binding.id.replace(".", "_"): show_key(keys.get(binding.id, binding.key).partition(",")[0])
        for holder in reversed(kind.__mro__)
        for binding in vars(holder).get("BINDINGS", ())
        if isinstance(binding, Binding) and binding.id
    }
    return {"app_keys": show_key(keys.get("app.keys", "f1")), **found}
