"""How large something is, in decimal units: they are the same in every language."""


def show_size(count: int) -> str:
    """1240 as 1.2 kB."""
    return f"{count} B" if count < 1000 else f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1e6:.1f} MB"
