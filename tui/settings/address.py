"""Addresses as people type them: what base URL is meant, and what a provider there may be called."""

import ipaddress
import re
from urllib.parse import urlsplit, urlunsplit

from tui.settings.preset import find_preset, presets
from tui.settings.provider import host_of, is_loopback

_HOST_AND_REST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9-]+(\.[a-z0-9-]+)*)(:\d{1,5})?(/\S*)?", re.IGNORECASE)
_NOT_A_NAME = ("api", "www", "llm", "v1")
"""First labels of a host that say nothing of whose it is."""


def read_address(typed: str) -> str | None:
    """The base URL that is meant; None if no address is.

    Without a scheme it is https, or http on this machine and in a private network; without a path it is `/v1`.
    """
    text = typed.strip()
    if "://" not in text:
        if not _HOST_AND_REST.fullmatch(text) or not re.search(r"[.:\[]|^localhost\b", text):
            return None
        text = f"{'http' if _is_near(host_of(f'//{text}')) else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    if not usable:
        return None
    path = parts.path.rstrip("/").removesuffix("/chat/completions").rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, path or "/v1", parts.query, ""))


def suggest_name(base_url: str) -> str:
    """What to call a provider at this address: as the preset of its host or local port, else after its host."""
    if (preset := find_preset(base_url)) is not None:
        return preset.name
    host = host_of(base_url)
    if is_loopback(host):
        port = urlsplit(base_url).port
        local = (one.name for one in presets().values() if one.is_local and urlsplit(one.base_url).port == port)
        return next(local, "local")
    if re.fullmatch(r"[0-9.]+|.*:.*", host):
        return re.sub(r"[^0-9a-f]+", "-", host).strip("-")
    labels = [label for label in host.split(".")[:-1] if label not in _NOT_A_NAME]
    return labels[0] if labels else host


def _is_near(host: str) -> bool:
    if is_loopback(host):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
