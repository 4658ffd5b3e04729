"""How long ago something was, in the largest unit that still tells: units are the same in every language."""

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def describe_age(seconds: float) -> str:
    """45 s, 12 min, 3 h or 2 d; rounded down."""
    for size, name in _UNITS:
        if seconds >= size:
            return f"{int(seconds // size)} {name}"
    return f"{int(max(0.0, seconds))} s"
