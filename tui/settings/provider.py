"""Provider: a route to a chat server, wherever it was named (config, flags, environment, found, practice)."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

from tui.settings.key_source import KeySource
from tui.settings.model_facts import ModelSettings
from tui.settings.parameters import Parameters

Origin = Literal["config", "flags", "environment", "found", "practice"]
UsageRule = Literal["auto", "on", "off"]
Prefill = Literal["off", "message", "prefix", "partial", "continue"]
"""How a provider is given the start of an answer that it is to go on with: not at all; as a last message of the
assistant's by itself (llama.cpp, OpenRouter); with `prefix` in it (Mistral, DeepSeek's beta); with `partial` in it
(Moonshot, DashScope); with `continue_final_message` beside it (vLLM, SGLang)."""
PREFILLS: tuple[Prefill, ...] = ("off", "message", "prefix", "partial", "continue")

DIALECTS = ("openai",)
"""The wire formats that a provider may name."""
NO_KEY = KeySource("none", "")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds of patience that a person set; None leaves the default, 0 means no limit."""

    connect: float | None = None
    first_byte: float | None = None
    idle: float | None = None
    stall: float | None = None
    linger: float | None = None
    deadline: float | None = None

    def over(self, other: "Timeouts") -> "Timeouts":
        """These, and where one is not set the other's."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        return Timeouts(*(mine if mine is not None else theirs for mine, theirs in pairs))


@dataclass(frozen=True, slots=True)
class Provider:
    """One route. Its key is named here, never held."""

    name: str
    """The route in records and in the status bar."""
    base_url: str
    dialect: str = "openai"
    key: KeySource = NO_KEY
    timeouts: Timeouts = field(default_factory=Timeouts)
    environment: str | None = None
    """`test` or `live`."""
    owner: str | None = None
    """Who rotates the key."""
    support: str | None = None
    """Whom to ask; shown under an interrupted reply."""
    allow_http: bool = False
    """Whether the key may go over plain http to a host that is not this machine."""
    usage: UsageRule = "auto"
    proxy: str | None = None
    """A proxy for this route alone, `none` for no proxy; None: as the environment says."""
    ca_file: str | None = None
    """Certificates to trust for this route alone, as a PEM file."""
    fallback: tuple[str, ...] = ()
    """Models as `provider/id`, asked in this order when this route fails before any text has come."""
    origin: Origin = "config"
    prefill: Prefill | None = None
    """None: as the preset of this route says, else `off`."""
    parameters: Parameters = field(default_factory=Parameters, compare=False)
    """What is sent with every request on this route."""
    models: Mapping[str, ModelSettings] = field(default_factory=dict, compare=False)
    """What the config says of single models, by their id on this route."""

    expected_volume: str | None = None
    """How many requests are to be expected, in words; for a handoff."""
    key_set_in: str | None = None
    """Where the key is set for whoever deploys this, such as a vault; for a handoff."""

    def parameters_for(self, model: str) -> Parameters:
        """What is sent with a request for this model: the model's own settings over the route's."""
        settings = self.models.get(model)
        return self.parameters if settings is None else settings.parameters.over(self.parameters)

    def with_parameters(self, parameters: Parameters) -> "Provider":
        """The same route with these parameters over all of its own, for one run or one conversation."""
        models = {
            name: replace(settings, parameters=parameters.over(settings.parameters))
            for name, settings in self.models.items()
        }
        return replace(self, parameters=parameters.over(self.parameters), models=models)

    @property
    def is_loopback(self) -> bool:
        """Whether this route ends on this machine."""
        return is_loopback(host_of(self.base_url))

    @property
    def is_local(self) -> bool:
        """Whether this route ends on this machine or in a private network: then slow first tokens are normal."""
        host = host_of(self.base_url)
        if is_loopback(host):
            return True
        try:
            return ipaddress.ip_address(host).is_private
        except ValueError:
            return host.endswith((".local", ".lan", ".internal"))


def host_of(url: str) -> str:
    """The host in a URL, lower-case and without brackets; empty if there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's loopback (RFC 6761, 6.3 for names under localhost)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def ad_hoc_name(base_url: str) -> str:
    """The route name of a server given on the command line: `host:port`, an IPv6 host in brackets (RFC 3986, 3.2.2)."""
    try:
        parts = urlsplit(base_url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        return "ad-hoc"
    host = parts.hostname or ""
    return f"{f'[{host}]' if ':' in host else host}:{port}" if host else "ad-hoc"
