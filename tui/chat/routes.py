"""Which servers can be asked, and which is meant: the flags, the config, `OPENAI_API_KEY`, a found one, practice.

Pure functions over what is known before any network is touched; the app runs them before its first paint.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tui.settings.config import PRACTICE, Config, ConfigError
from tui.settings.key_source import KeySource
from tui.settings.parameters import Parameters
from tui.settings.provider import NO_KEY, Provider, Timeouts, ad_hoc_name

OPENAI_URL = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for; None where it says nothing."""

    model: str | None = None
    provider: str | None = None
    base_url: str | None = None
    api_key_env: str | None = None
    dialect: str | None = None
    allow_http: bool = False
    practice: bool = False
    timeouts: Timeouts = field(default_factory=Timeouts)
    parameters: Parameters = field(default_factory=Parameters)


@dataclass(frozen=True, slots=True)
class Routes:
    """The providers that can be asked, and the one that is meant when none is named."""

    providers: Mapping[str, Provider]
    default: str | None = None
    by_flag: bool = False
    """Whether a flag named the route: then `-m` is the whole id."""

    @property
    def wants_practice(self) -> bool:
        """Whether the practice provider is to be started."""
        return self.default == PRACTICE

    @property
    def pinned(self) -> bool:
        """Whether the default is the only route that may be meant."""
        return self.by_flag or self.wants_practice

    def admits(self, provider: Provider) -> bool:
        """Whether this provider may be meant."""
        return not self.pinned or provider.name == self.default

    def with_provider(self, provider: Provider) -> "Routes":
        """These and one more, which becomes the default."""
        return replace(self, providers={**self.providers, provider.name: provider}, default=provider.name)


def choose_routes(wish: Wish, config: Config, environ: Mapping[str, str]) -> Routes:
    """The routes that are known before any network is touched. Raises ConfigError for flags that cannot be meant."""
    _check_flags(wish)
    configured = {name: with_settings(provider, wish, config) for name, provider in config.providers.items()}
    if _asks_practice(wish):
        return Routes(configured, PRACTICE, by_flag=False)
    if wish.base_url is not None:
        key = KeySource("env", wish.api_key_env) if wish.api_key_env else NO_KEY
        provider = Provider(
            ad_hoc_name(wish.base_url),
            wish.base_url,
            wish.dialect or "openai",
            key,
            wish.timeouts,
            allow_http=wish.allow_http,
            origin="flags",
        )
        return Routes({provider.name: with_settings(provider, wish, config)}, provider.name, by_flag=True)
    if (openai := _openai(environ, wish)) is not None and (not configured or wish.provider == "openai"):
        configured.setdefault(openai.name, with_settings(openai, wish, config))
    if wish.provider is not None:
        if wish.provider not in configured:
            raise ConfigError(_unknown_provider(wish.provider, configured))
        return Routes(configured, wish.provider, by_flag=True)
    named = (config.model or "").partition("/")[0]
    default = named if named in configured else next(iter(configured), None)
    return Routes(configured, default)


def practice_provider(base_url: str, timeouts: Timeouts) -> Provider:
    """The route to the practice server: patience of seconds, so that a stall shows within them."""
    short = Timeouts(first_byte=5.0, idle=5.0, stall=8.0)
    return Provider(
        PRACTICE, base_url, timeouts=timeouts.over(short), environment="test", support=None, origin="practice"
    )


def with_patience(provider: Provider, wish: Wish) -> Provider:
    """The provider with the limits of the command line over its own."""
    return replace(provider, timeouts=wish.timeouts.over(provider.timeouts))


def with_settings(provider: Provider, wish: Wish, config: Config) -> Provider:
    """The provider with what the config says of its models, and with the command line's limits and parameters."""
    configured = replace(with_patience(provider, wish), models=config.settings_for(provider.name))
    return configured.with_parameters(wish.parameters)


def _asks_practice(wish: Wish) -> bool:
    """By its flag, by its name, or by `-m practice/NAME`, which beside another route's flag is a whole id."""
    if wish.practice or wish.provider == PRACTICE:
        return True
    routed = wish.base_url is not None or wish.provider is not None
    return not routed and (wish.model or "").startswith(f"{PRACTICE}/")


def _check_flags(wish: Wish) -> None:
    if wish.base_url is not None and wish.provider is not None:
        raise ConfigError("--base-url and --provider both name a server; give one of them.")
    if wish.practice and (wish.base_url is not None or wish.provider not in (None, PRACTICE)):
        raise ConfigError("--practice is a server of its own; leave --base-url and --provider out.")
    for name, value in (("--api-key-env", wish.api_key_env), ("--dialect", wish.dialect)):
        if value and wish.base_url is None:
            raise ConfigError(f"{name} belongs to --base-url; a provider in the config names its own.")
    if wish.allow_http and wish.base_url is None:
        raise ConfigError("--allow-http belongs to --base-url; in the config write allow_http = true.")


def _openai(environ: Mapping[str, str], wish: Wish) -> Provider | None:
    if not environ.get("OPENAI_API_KEY"):
        return None
    base_url = environ.get("OPENAI_BASE_URL") or OPENAI_URL
    key = KeySource("env", "OPENAI_API_KEY")
    return Provider("openai", base_url, key=key, timeouts=wish.timeouts, origin="environment")


def _unknown_provider(name: str, known: Mapping[str, Provider]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f'There is no provider "{name}" in the config; the nearest is "{near[0]}".'
    names = ", ".join(known) or "none is configured"
    return f'There is no provider "{name}" in the config; known: {names}.'
