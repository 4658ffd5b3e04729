"""How long ago something was, in the largest unit that still tells."""

from tui.text.language import Language

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def describe_age(seconds: float, language: Language) -> str:
    """45 s, 12 min, 3 h or 2 d; rounded down."""
    for size, name in _UNITS:
        if seconds >= size:
            return language.say(f"age.{name}", n=int(seconds // size))
    return language.say("age.s", n=int(max(0.0, seconds)))
