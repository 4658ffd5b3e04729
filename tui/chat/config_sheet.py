"""Config sheet: the settings as a support bundle shows them: what may be told is named here, everything else is not.

No key, and of what may hold a prompt or a key only that it is set: system prompts, stop texts, further fields,
commands. Addresses are masked.
"""

from collections.abc import Iterator, Mapping

from tui.settings.config import Config
from tui.settings.key_source import KeySource
from tui.settings.parameters import Parameters
from tui.settings.provider import Provider
from tui.settings.secrets import mask_url

_TOP = (
    "model", "theme", "language", "colors", "driver", "mouse", "keyboard", "hangup", "ascii", "code", "discovery",
    "otel", "otel_flush",
)  # fmt: skip
_SHOWN_PARAMETERS = ("temperature", "top_p", "max_tokens", "seed", "effort")


def write_config(config: Config, home: str | None) -> list[str]:
    """The settings as lines; `home` is the home folder, which is nobody's business."""
    lines = [f"file = {_shorten(str(config.path), home) if config.path is not None else 'none'}"]
    lines += [f"{name} = {_plain(getattr(config, name))}" for name in _TOP]
    lines.append(f"records.max_mb = {config.records.max_mb:g}")
    lines.append(f"records.keep_days = {config.records.keep_days:g}")
    lines.append(f"history.keep_days = {config.history.keep_days:g}")
    lines.append(f"otel_endpoint = {mask_url(config.otel_endpoint) if config.otel_endpoint else 'unset'}")
    lines += [f'keys."{name}" = {key}' for name, key in config.keys.items()]
    for name, settings in config.models.items():
        lines += [f'models."{name}".{line}' for line in _parameters(settings.parameters)]
    for provider in config.providers.values():
        lines += [f"providers.{provider.name}.{line}" for line in _provider(provider, home)]
    return lines


def _provider(provider: Provider, home: str | None) -> Iterator[str]:
    yield f"base_url = {mask_url(provider.base_url)}"
    yield f"dialect = {provider.dialect}"
    yield f"key = {_source(provider.key, home)}"
    for name in ("environment", "owner", "support", "expected_volume", "key_set_in", "prefill"):
        if (value := getattr(provider, name)) is not None:
            yield f"{name} = {value}"
    yield f"allow_http = {_plain(provider.allow_http)}"
    yield f"usage = {provider.usage}"
    if provider.proxy is not None:
        yield f"proxy = {mask_url(provider.proxy)}"
    if provider.ca_file is not None:
        yield f"ca_file = {_shorten(provider.ca_file, home)}"
    if provider.fallback:
        yield f"fallback = {', '.join(provider.fallback)}"
    for name in provider.timeouts.__slots__:
        if (seconds := getattr(provider.timeouts, name)) is not None:
            yield f"timeouts.{name} = {seconds:g}"
    yield from (f"parameters.{line}" for line in _parameters(provider.parameters))


def _source(source: KeySource, home: str | None) -> str:
    """Where the key comes from; a command is not told, since the key may stand in it."""
    match source.kind:
        case "none":
            return "none"
        case "env":
            return f"environment variable {source.value}"
        case "file":
            return f"file {_shorten(source.value, home)}"
        case "command":
            return "a command (not shown)"


def _parameters(parameters: Parameters) -> Iterator[str]:
    """Numbers as they are; of texts that a person wrote only that they are there."""
    for name, value in parameters.as_table().items():
        if name in _SHOWN_PARAMETERS:
            yield f"{name} = {value}"
        elif isinstance(value, Mapping):
            yield f"{name} = set: {', '.join(value)} (values not shown)"
        else:
            yield f"{name} = set (not shown)"


def _plain(value: object) -> str:
    return "unset" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _shorten(path: str, home: str | None) -> str:
    return f"~{path[len(home) :]}" if home and path.startswith(f"{home.rstrip('/')}/") else path
