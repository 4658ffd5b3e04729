"""How large something is, in decimal units: they are the same in every language."""


def show_size(count: int) -> str:
    """1240 as 1.2 kB."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"


def show_above(count: int, limit: int) -> str:
    """A size that is above a limit, to the byte where the two would read the same."""
    shown = show_size(count)
    return shown if shown != show_size(limit) else f"{count:,} B"
