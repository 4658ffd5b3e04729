"""Surroundings: proxies in force and the headers of whoever stands in the way. They may explain, and never fail."""

from collections.abc import Mapping
from urllib.request import getproxies

from tui.settings.provider import host_of, is_loopback
from tui.settings.secrets import Masker, mask_url
from tui.stream.probe.finding import Finding, join_facts
from tui.stream.transport import Link

_PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_MIDDLEBOX_HEADERS = ("via", "cf-ray", "x-cache", "age", "x-varnish", "x-amz-cf-id")
"""Headers that only something between the model's server and here writes."""
_MIDDLEBOX_SERVERS = (
    "apache", "awselb", "caddy", "cloudflare", "envoy", "haproxy", "kong", "lighttpd", "nginx", "openresty", "squid",
    "tengine", "traefik", "varnish",
)  # fmt: skip
_GATES = ("basic", "digest", "negotiate", "ntlm")
"""Ways to sign in that no API has (RFC 9110, 11.6.1): whoever names one stands before it."""
_SHOWN = 120


def find_proxies(environ: Mapping[str, str], link: Link, url: str, mask: Masker) -> Finding:
    """Which proxy this route takes, and what the environment names."""
    named = [name for name in _PROXY_VARIABLES if environ.get(name) or environ.get(name.lower())]
    shown = [f"{name}={_show(name, environ, mask)}" for name in named]
    if link.proxy is not None:
        return Finding("proxy", "warn", join_facts(f"this route goes through {mask(link.shown_proxy or '')}", *shown))
    if not named and not getproxies():
        return Finding("proxy", "ok", "none")
    why = "loopback never takes one" if is_loopback(host_of(url)) else "not taken for this route"
    return Finding("proxy", "ok", join_facts(*shown, why))


def find_middleboxes(headers: Mapping[str, str], mask: Masker) -> Finding:
    """The headers by which somebody between the server and here gives himself away."""
    if not headers:
        return Finding("headers", "skipped", "no answer came")
    facts = [f"{name}: {mask(headers[name], _SHOWN)}" for name in _MIDDLEBOX_HEADERS if headers.get(name)]
    server, encoding = headers.get("server", ""), headers.get("content-encoding", "identity")
    if any(name in server.lower() for name in _MIDDLEBOX_SERVERS):
        facts.insert(0, f"server: {mask(server, _SHOWN)}")
    gate = mask(headers.get("www-authenticate", ""), _SHOWN)
    values = {"gate": gate} if gate.lower().startswith(_GATES) else {}
    if values:
        facts.append(f"asks for a password of its own: {gate}")
    if encoding.lower() != "identity":
        facts.append(f"content-encoding: {mask(encoding, _SHOWN)}")
    if facts:
        return Finding("headers", "warn", join_facts(*facts, _buffering(headers, mask)), values=values)
    quiet = f"server: {mask(server, _SHOWN)}" if server else "no server named"
    return Finding("headers", "ok", join_facts(quiet, _buffering(headers, mask)))


def _buffering(headers: Mapping[str, str], mask: Masker) -> str | None:
    """`X-Accel-Buffering: no` asks a proxy not to buffer; nginx takes it off, so here it shows that none did."""
    value = headers.get("x-accel-buffering")
    return f"x-accel-buffering: {mask(value, _SHOWN)}" if value else None


def _show(name: str, environ: Mapping[str, str], mask: Masker) -> str:
    value = environ.get(name) or environ.get(name.lower()) or ""
    return mask(value, _SHOWN) if name == "NO_PROXY" else mask_url(mask(value, _SHOWN))
