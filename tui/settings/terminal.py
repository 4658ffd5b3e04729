"""Facts about the terminal that we run in, from the environment alone."""

from collections.abc import Mapping

_TRUECOLOR_TERMS = ("alacritty", "contour", "foot", "ghostty", "iterm", "kitty", "wezterm", "direct")


def is_remote(environ: Mapping[str, str]) -> bool:
    """Whether we run in an SSH session: sshd sets these (sshd(8))."""
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))


def colour_count(environ: Mapping[str, str]) -> int:
    """How many colours the terminal shows: 16, 256 or 2**24."""
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return 1 << 24
    term = environ.get("TERM", "").lower()
    if any(name in term for name in _TRUECOLOR_TERMS):
        return 1 << 24
    return 256 if "256" in term else 16


def default_theme(environ: Mapping[str, str]) -> str:
    """The theme for a person who chose none: the terminal's own colours where there are only sixteen, or none."""
    return "ansi" if environ.get("NO_COLOR") or colour_count(environ) == 16 else "weir-dark"
