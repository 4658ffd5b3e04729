"""Transport: httpx and nothing of chats. It opens responses and puts a name to every way in which that can fail.

    TransportFailure
    +- while the client is built     proxy or certificate settings that cannot be used
    +- on the way                    name, route, refusal, TLS, proxy
    +- in the answer                 no response, not HTTP, cut, reset

httpx's own texts are no messages: many are empty, "All connection attempts failed" hides ECONNREFUSED, and some hold
the whole Authorization header. So the cause is found in the chain of exceptions, and only class names are kept.
"""

import asyncio
import errno
import os
import re
import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
from socksio.exceptions import SOCKSError

from tui import __version__
from tui.settings.provider import Provider, host_of, is_loopback
from tui.settings.secrets import Secret, mask_url
from tui.stream.dialects import WireRequest
from tui.stream.outcome import Outcome

TraceHook = Callable[[str, Mapping[str, Any]], Awaitable[None]]
"""httpcore's trace extension: https://www.encode.io/httpcore/extensions/#trace"""

NETWORK_ERRORS = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, UnicodeError, ExceptionGroup)
"""What opening or reading a response may raise; `explain` knows them all. ssl.SSLError is an OSError."""

CONNECTIONS = 100
"""Connections of one route at a time."""
POOL_SECONDS = 4.0
"""How long a request waits for one of them; shorter than any connect limit, so that the cause is named."""
_LOCATION = "weir-location"
_SLICE = 64 * 1024
"""Bytes of a request's body that go out at a time."""
_NO_PROXY = {
    Outcome.NO_RESPONSE: "it closed the connection",
    Outcome.CONNECTION_RESET: "it closed the connection",
    Outcome.CONNECT_RESET: "it closed the connection",
    Outcome.CONNECT_TIMEOUT: "no answer",
    Outcome.TLS_HANDSHAKE: "it does not speak TLS",
    Outcome.PROTOCOL_ERROR: "it does not answer as a proxy",
}
"""Ways in which a proxy shows that it is dead or none at all, before it answers as one."""
_UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)


@dataclass(frozen=True, slots=True)
class TransportFailure:
    """Why a request broke."""

    outcome: Outcome
    exception: list[str]
    """Class names from the outermost to the cause."""
    detail: dict[str, Any] = field(default_factory=dict)


class TransportSetupError(Exception):
    """The settings of proxy or certificates cannot be used; it carries its failure."""

    def __init__(self, failure: TransportFailure) -> None:
        super().__init__(failure.outcome.value)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Link:
    """By which way a server is reached."""

    proxy: str | None = None
    ca_file: str | None = None
    """The certificates to trust, beside the usual ones."""

    @property
    def shown_proxy(self) -> str | None:
        """The proxy, masked."""
        return None if self.proxy is None else mask_url(self.proxy)


def find_link(provider: Provider, url: str) -> Link:
    """The proxy and certificates for a URL: the provider's own, else the environment's; never a proxy for loopback."""
    host = host_of(url)
    if is_loopback(host):
        proxy = None
    elif provider.proxy is not None:
        proxy = None if provider.proxy in ("", "none") else provider.proxy
    else:
        proxy = proxy_of_environment(url)
    if proxy is not None and "://" not in proxy:
        proxy = f"http://{proxy}"  # curl and requests take a bare host:port too
    return Link(proxy, provider.ca_file)


def proxy_of_environment(url: str) -> str | None:
    """The proxy that the environment (on macOS the system too) names for a URL."""
    proxies = getproxies()
    proxy = proxies.get(urlsplit(url).scheme) or proxies.get("all")
    return None if not proxy or proxy_bypass(host_of(url)) else proxy


class Transport:
    """Owns the httpx clients, one per proxy and kind of TLS; each is built when it is first needed."""

    def __init__(self, connections: int = CONNECTIONS) -> None:
        self._clients: dict[tuple[Link, bool], httpx.AsyncClient] = {}
        self.connections = connections

    async def open(
        self,
        wire: WireRequest,
        key: Secret | None,
        link: Link,
        hook: TraceHook,
        count_sent: Callable[[int], None] | None = None,
    ) -> httpx.Response:
        """Send a request and return its response with the body unread; the caller closes it.

        `count_sent` is told how many bytes of the body are gone. Redirects are never followed: a POST would be sent
        again as a GET. Raises NETWORK_ERRORS, TransportSetupError.
        """
        client = await self._client_for(wire.url, link)
        headers = {**wire.headers, "Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": f"weir/{__version__}"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key.reveal()}"
        if wire.body:
            headers["Content-Length"] = str(len(wire.body))
        body = _slices(wire.body, count_sent) if wire.body else None
        request = client.build_request(wire.method, wire.url, headers=headers, content=body)
        response = await _send(client, request, hook)
        if (location := response.extensions.pop(_LOCATION, None)) is not None:
            response.headers["location"] = location
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()

    async def _client_for(self, url: str, link: Link) -> httpx.AsyncClient:
        # Loading the certificates takes 50 ms: a request to this machine over plain http needs none of them.
        with_certificates = link.proxy is not None or url.startswith("https:")
        name = (link, with_certificates)
        if name not in self._clients:
            context = _no_certificates()
            if with_certificates:
                context = await asyncio.to_thread(_load_certificates, link.ca_file)
            self._clients.setdefault(name, _build_client(link.proxy, context, self.connections))
        return self._clients[name]


async def _slices(body: bytes, count_sent: Callable[[int], None] | None) -> AsyncGenerator[bytes, None]:
    """The body in pieces: a single write would not say how much of it went out before a connection broke."""
    for start in range(0, len(body), _SLICE):
        yield body[start : start + _SLICE]
        if count_sent is not None:
            count_sent(min(start + _SLICE, len(body)))


def _build_client(proxy: str | None, context: ssl.SSLContext, connections: int) -> httpx.AsyncClient:
    try:
        _ = urlsplit(proxy or "").port  # a number that is no port raises here; httpx would find out when it connects
        return httpx.AsyncClient(
            proxy=proxy,
            verify=context,
            trust_env=False,
            follow_redirects=False,
            event_hooks={"response": [_put_location_aside]},
            timeout=httpx.Timeout(None, pool=POOL_SECONDS),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=20),
        )
    except (ValueError, httpx.InvalidURL, ImportError) as error:
        detail = {"proxy": mask_url(proxy or ""), "os_error": "the proxy address cannot be used"}
        raise TransportSetupError(TransportFailure(Outcome.PROXY_UNREACHABLE, chain_of(error), detail)) from None


async def _send(client: httpx.AsyncClient, request: httpx.Request, hook: TraceHook) -> httpx.Response:
    """Send; where a SOCKS proxy is none, httpcore lets whatever its answer raises through and the socket open."""
    opened: list[Any] = []

    async def follow(name: str, info: Mapping[str, Any]) -> None:
        if name == "socks.connect_tcp.complete":
            opened.append(info["return_value"])
        await hook(name, info)

    request.extensions["trace"] = follow
    response: httpx.Response | None = None
    try:
        response = await client.send(request, stream=True)
    except UnicodeError:
        raise
    except (SOCKSError, ValueError, AssertionError) as error:
        raise httpx.RemoteProtocolError("no SOCKS answer") from error
    finally:
        if response is None:
            for stream in opened:
                await stream.aclose()
    return response


async def _put_location_aside(response: httpx.Response) -> None:
    """Hide a redirect's target from httpx, which reads it although it does not follow, and fails where it cannot."""
    if "location" in response.headers:
        response.extensions[_LOCATION] = response.headers.pop("location")


def _load_certificates(ca_file: str | None) -> ssl.SSLContext:
    """The trusted roots: SSL_CERT_FILE or SSL_CERT_DIR if set, else certifi's; and the route's own beside them."""
    import certifi

    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    where = f"SSL_CERT_FILE={file}" if file else f"SSL_CERT_DIR={folder}"
    try:
        if file or folder:
            context = ssl.create_default_context(cafile=file or None, capath=folder or None)
        else:
            context = ssl.create_default_context(cafile=certifi.where())
        if ca_file is not None:
            where = f"ca_file = {ca_file}"
            context.load_verify_locations(os.path.expanduser(ca_file))
    except OSError as error:
        if error.filename is not None and error.filename == os.environ.get("SSLKEYLOGFILE"):
            detail = {"tls_detail": f"SSLKEYLOGFILE={error.filename}: {error.strerror}"}
            raise TransportSetupError(TransportFailure(Outcome.TLS_HANDSHAKE, chain_of(error), detail)) from None
        reason = "it holds no certificates" if isinstance(error, ssl.SSLError) else error.strerror
        failure = TransportFailure(Outcome.TLS_CERTIFICATE, chain_of(error), {"tls_detail": f"{where}: {reason}"})
        raise TransportSetupError(failure) from None
    return context


def _no_certificates() -> ssl.SSLContext:
    """A context that trusts nobody, for clients that only speak plain http."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def explain(
    error: BaseException, *, in_tls: bool, in_request: bool, in_body: bool, proxied: bool, at_proxy: bool = False
) -> TransportFailure:
    """The outcome of an exception out of NETWORK_ERRORS.

    `in_tls`: a handshake had begun and not ended. `in_request`: the request was not sent to its end. `in_body`: the
    head of the answer had come. `proxied`: TCP went to a proxy, so a dead end there is not the target's. `at_proxy`:
    its tunnel was not up yet, so nothing else that went wrong is the target's either.
    """
    causes = list(_walk(error))
    outcome, detail = _name(error, causes, in_tls=in_tls, in_body=in_body)
    if at_proxy and outcome in _NO_PROXY:
        detail = {"os_error": _NO_PROXY[outcome]}
        outcome = Outcome.PROXY_UNREACHABLE
    if proxied and outcome in (Outcome.CONNECT_REFUSED, Outcome.DNS_FAILURE, Outcome.UNREACHABLE):
        outcome = Outcome.PROXY_UNREACHABLE
    if in_request and not in_body and outcome in (Outcome.NO_RESPONSE, Outcome.CONNECTION_RESET):
        # httpcore forgives a failed write, since an answer may have come all the same; none came.
        outcome = Outcome.SEND_FAILED
    os_error = next((cause for cause in reversed(causes) if isinstance(cause, OSError) and cause.errno), None)
    if os_error is not None:
        detail.setdefault("os_error", _os_error_name(os_error))
    return TransportFailure(outcome, chain_of(error), detail)


def _name(
    error: BaseException, causes: list[BaseException], *, in_tls: bool, in_body: bool
) -> tuple[Outcome, dict[str, Any]]:
    if (named := _name_httpx(error, in_body=in_body)) is not None:
        return named
    for cause in reversed(causes):
        match cause:
            case ssl.SSLCertVerificationError():
                return Outcome.TLS_CERTIFICATE, {"tls_detail": cause.verify_message.rstrip(".")}
            case socket.gaierror():
                return Outcome.DNS_FAILURE, {}
            case ConnectionRefusedError():
                return Outcome.CONNECT_REFUSED, {}
            case ssl.SSLError() if not in_body:
                return Outcome.TLS_HANDSHAKE, {"tls_detail": cause.reason or "unknown"}
            case OSError() if cause.errno in _UNREACHABLE:
                return Outcome.UNREACHABLE, {}
            case OSError() if cause.errno == errno.ETIMEDOUT and not in_body:
                return Outcome.CONNECT_TIMEOUT, {}
            case _:
                continue
    if isinstance(error, httpx.ConnectError):
        return (Outcome.TLS_HANDSHAKE, {"tls_detail": "connection closed"}) if in_tls else (Outcome.CONNECT_RESET, {})
    return Outcome.CONNECTION_RESET, {}


def _name_httpx(error: BaseException, *, in_body: bool) -> tuple[Outcome, dict[str, Any]] | None:
    """The outcome, where httpx's class decides it without a look at the cause."""
    match error:
        case httpx.ProxyError():
            number = re.match(r"\s*(\d{3})\b", str(error))
            status = int(number[1]) if number else None
            return (Outcome.PROXY_AUTH if status == 407 else Outcome.PROXY_REFUSED), {"status": status}
        case httpx.UnsupportedProtocol() | httpx.InvalidURL() | UnicodeError():
            return Outcome.BAD_URL, {}  # a host that IDNA cannot encode is a UnicodeError
        case httpx.PoolTimeout():
            return Outcome.POOL_TIMEOUT, {}
        case httpx.LocalProtocolError():
            return Outcome.PROTOCOL_ERROR, {}
        case httpx.RemoteProtocolError():
            text = str(error)
            if in_body:
                cut = "peer closed connection" in text or "disconnected" in text
                return (Outcome.TRUNCATED_BODY if cut else Outcome.PROTOCOL_ERROR), {}
            return (Outcome.NO_RESPONSE if "without sending" in text else Outcome.PROTOCOL_ERROR), {}
        case _:
            return None


def chain_of(error: BaseException) -> list[str]:
    """Class names from the outermost exception to its cause, each once; never their texts, which may hold a key."""
    names = []
    for cause in _walk(error):
        module = type(cause).__module__.partition(".")[0]
        name = type(cause).__name__ if module == "builtins" else f"{module}.{type(cause).__name__}"
        if name not in names:
            names.append(name)
    return names


def _walk(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    pending: list[BaseException] = [error]
    while pending:
        current = pending.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            pending.extend(current.exceptions)
        if (cause := current.__cause__ or current.__context__) is not None:
            pending.append(cause)


def _os_error_name(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return error.strerror or "name resolution failed"
    return errno.errorcode.get(error.errno or 0, str(error.errno))
