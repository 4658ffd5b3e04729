"""Typed ahead: keys that came before the terminal was raw. Until then the tty makes a line feed of Enter (ICRNL,
termios(3)), which is ctrl+j to a program: what somebody typed while weir started would get a new line and not be sent.
"""

import fcntl
import struct
import termios


class TypedAhead:
    """The first `size` bytes that are read from a tty: lines that Enter had ended before it was raw."""

    def __init__(self, size: int = 0) -> None:
        self._size = size

    def restore(self, data: bytes) -> bytes:
        """One read, in order, with its Enter keys as a raw tty sends them."""
        ahead, data = data[: self._size], data[self._size :]
        self._size -= len(ahead)
        return ahead.replace(b"\n", b"\r") + data


def find_typed_ahead(descriptor: int) -> TypedAhead:
    """What waits in a tty that is not raw yet."""
    try:
        if not termios.tcgetattr(descriptor)[0] & termios.ICRNL:
            return TypedAhead()
        answer = fcntl.ioctl(descriptor, termios.FIONREAD, struct.pack("i", 0))
    except (OSError, termios.error):
        return TypedAhead()  # no tty, or one that is gone: it has no line that Enter has ended
    return TypedAhead(struct.unpack("i", answer)[0])
