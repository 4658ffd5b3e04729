"""Address: how one is shown behind the text of its link, with its end left out, and the whole of it for copying."""

import re

ADDRESS_CELLS = 60
"""The longest address that is shown whole."""

_LEFT_OUT = re.compile(r"…|\.\.\.(?=\)?\Z)")


def shorten(address: str, *, ascii: bool) -> str:
    """The address, or its begin and an ellipsis."""
    ellipsis = "..." if ascii else "…"
    return address if len(address) <= ADDRESS_CELLS else address[: ADDRESS_CELLS - len(ellipsis)] + ellipsis


def restore(part: str, address: str) -> str:
    """A part of what is shown, with all that the ellipsis stands for if it is in it."""
    if len(address) <= ADDRESS_CELLS:
        return part
    return _LEFT_OUT.sub(lambda found: address[ADDRESS_CELLS - len(found.group()) :], part)
