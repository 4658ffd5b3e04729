"""Reach: how far one gets towards a server before anything is said: name, connection, TLS.

The connection is made by the transport, as for any request (by the same proxy, with the same certificates), and given
up before the first byte of a request goes out.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tui.settings.provider import host_of
from tui.stream.dialects import WireRequest
from tui.stream.outcome import Outcome
from tui.stream.probe.certificate import Certificate, read_certificate
from tui.stream.probe.witness import socket_of, tls_of
from tui.stream.trace import Clock, Endpoint
from tui.stream.transport import (
    NETWORK_ERRORS,
    Link,
    Transport,
    TransportFailure,
    TransportSetupError,
    chain_of,
    explain,
)


class _Arrived(Exception):
    """The connection stands: from here on a request would be sent."""


@dataclass(slots=True)
class Reach:
    """One way to a server. Marks are seconds of the clock's monotonic time."""

    failure: TransportFailure | None = None
    began: float | None = None
    """When TCP was begun with: the first time a certificate is needed, loading them takes longer than the rest."""
    connected: float | None = None
    """When it stood."""
    address: str | None = None
    """Whereto."""
    secured: float | None = None
    """When the TLS handshake was over."""
    tls_version: str | None = None
    certificate: Certificate | None = None
    """Also of a server whose certificate was refused, where it can be had."""


async def resolve(endpoint: Endpoint, link: Link, limit: float) -> list[str] | TransportFailure:
    """The addresses of the first hop: the proxy's where one is in the way, since the rest is its business."""
    host, port = first_hop(endpoint, link)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(limit or None):
            found = await loop.getaddrinfo(host, port, type=1)
    except TimeoutError as error:
        return TransportFailure(Outcome.DNS_FAILURE, chain_of(error), {"os_error": f"no answer within {limit:g} s"})
    except (OSError, UnicodeError) as error:
        return explain(error, in_tls=False, in_request=False, in_body=False, proxied=link.proxy is not None)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def first_hop(endpoint: Endpoint, link: Link) -> tuple[str, int]:
    """Host and port that TCP goes to."""
    if link.proxy is None:
        return endpoint.host, endpoint.port
    usual = {"https": 443, "socks5": 1080, "socks5h": 1080}
    parts = urlsplit(link.proxy)
    return host_of(link.proxy), _port_of(link.proxy) or usual.get(parts.scheme, 80)


def _port_of(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return None  # the transport says so, in its own words, when it is built


async def reach(url: str, link: Link, transport: Transport, limit: float, clock: Clock) -> Reach:
    """Connect, and let go."""
    found = Reach()
    in_tls = False
    connection: Any = None

    async def follow(name: str, info: Mapping[str, Any]) -> None:
        nonlocal in_tls, connection
        if name.endswith("connect_tcp.started"):
            found.began = clock.monotonic()
        elif name.endswith("connect_tcp.complete"):
            found.connected, connection = clock.monotonic(), info["return_value"]
            found.address = str(socket_of(info).getpeername()[0])
        elif name.endswith("start_tls.started"):
            in_tls = True
        elif name.endswith("start_tls.complete"):
            in_tls, found.secured = False, clock.monotonic()
            _note_tls(found, tls_of(info))
        elif name.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            raise _Arrived

    try:
        async with asyncio.timeout(limit or None):
            await transport.open(WireRequest("HEAD", url, {}, b""), None, link, follow)
    except _Arrived:
        return found
    except TimeoutError as error:
        found.failure = TransportFailure(Outcome.CONNECT_TIMEOUT, chain_of(error), {"limit_s": limit})
        if connection is not None:
            await connection.aclose()  # httpcore forgets it when a handshake is cancelled
    except TransportSetupError as error:
        found.failure = error.failure
    except NETWORK_ERRORS as error:
        proxied = link.proxy is not None
        found.failure = explain(error, in_tls=in_tls, in_request=False, in_body=False, proxied=proxied)
        if found.failure.outcome is Outcome.TLS_CERTIFICATE and not proxied:
            found.certificate = await _look_at_certificate(url, limit)
    return found


def _note_tls(found: Reach, tls: ssl.SSLObject) -> None:
    found.tls_version = tls.version()
    der = tls.getpeercert(binary_form=True)
    found.certificate = read_certificate(der) if der else None


async def _look_at_certificate(url: str, limit: float) -> Certificate | None:
    """The certificate of a server that was refused for it: it is looked at, and nothing is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(limit or None):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or 443, ssl=context)
    except (OSError, TimeoutError):
        return None  # the refusal is told of without it
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    return read_certificate(der) if der else None
