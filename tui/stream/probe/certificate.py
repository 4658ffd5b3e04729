"""Certificate: who issued it, for which names, until when; read out of its DER form (RFC 5280, 4.1; ITU-T X.690).

Python decodes only a certificate that it trusts, and the one that was refused is the one that a person has to see.
Only these fields are read and no signature is checked: whether to trust it is for `ssl` alone.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_SEQUENCE, _UTC_TIME = 0x30, 0x17
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87
_COMMON_NAME, _ORGANISATION = b"\x55\x04\x03", b"\x55\x04\x0a"
_ALTERNATIVE_NAMES = b"\x55\x1d\x11"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a person can judge a certificate by. The texts are foreign."""

    issuer: str
    names: tuple[str, ...]
    """Host names and addresses; the subject's common name where there are none."""
    expires: datetime

    def fits(self, host: str) -> bool:
        """Whether it is for this name or address; a star stands for one label at the start (RFC 9525, 6.3)."""
        host = host.lower().rstrip(".")
        names = {name.lower().rstrip(".") for name in self.names}
        return host in names or f"*.{host.partition('.')[2]}" in names


def read_certificate(der: bytes) -> Certificate | None:
    """The certificate; None for bytes that are none."""
    try:
        return _read(der)
    except (ValueError, IndexError, StopIteration):
        return None


def _read(der: bytes) -> Certificate:
    fields = list(_items(_inside(_inside(der))))
    if fields[0][0] == _VERSION:
        del fields[0]
    _, _, (_, issuer), (_, validity), (_, subject), *rest = fields
    _, (kind, expires) = _items(validity)
    extensions = next((value for tag, value in rest if tag == _EXTENSIONS), None)
    names = tuple(_alternative_names(extensions)) if extensions else ()
    return Certificate(_name(issuer), names or (_name(subject),), _time(kind, expires))


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each value in a row."""
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(data[at : at + count])
            at += count
        if at + length > len(data):
            raise ValueError("a value longer than what holds it")
        yield tag, data[at : at + length]
        at += length


def _inside(data: bytes) -> bytes:
    """The content of the sequence at the start."""
    tag, content = next(_items(data))
    if tag != _SEQUENCE:
        raise ValueError("no sequence")
    return content


def _name(data: bytes) -> str:
    """The common name, and whose it is."""
    parts = {}
    for _, group in _items(data):
        (_, kind), (_, value) = _items(_inside(group))
        parts[kind] = value.decode(errors="replace")
    common, organisation = parts.get(_COMMON_NAME), parts.get(_ORGANISATION)
    if common and organisation and organisation not in common:
        return f"{common} ({organisation})"
    return common or organisation or "-"


def _alternative_names(extensions: bytes) -> Iterator[str]:
    for _, extension in _items(_inside(extensions)):
        (_, kind), *_, (_, value) = _items(extension)
        if kind != _ALTERNATIVE_NAMES:
            continue
        for tag, name in _items(_inside(value)):
            if tag == _DNS_NAME:
                yield name.decode(errors="replace")
            elif tag == _IP_ADDRESS:
                yield str(ipaddress.ip_address(name))


def _time(kind: int, value: bytes) -> datetime:
    """UTCTime has two digits for the year, GeneralizedTime four (RFC 5280, 4.1.2.5)."""
    text = value.decode("ascii")
    if kind == _UTC_TIME:
        text = ("20" if int(text[:2]) < 50 else "19") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
