"""The config: `config.toml`, the person's own file, read and checked and never written here.

Every complaint names the file, the line or key, what is wrong with it, and the nearest key that is known.
"""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tui.settings.keeping import HistoryKeeping, Keeping
from tui.settings.key_source import KeySource, is_variable_name
from tui.settings.model_facts import ModelFacts, ModelSettings
from tui.settings.parameters import PARAMETER_NAMES, ParameterError, Parameters, read_parameters
from tui.settings.paths import find_paths
from tui.settings.provider import DIALECTS, NO_KEY, PREFILLS, Prefill, Provider, Timeouts
from tui.settings.terminal import COLOUR_CHOICES

PRACTICE = "practice"
"""The one provider name that is taken."""

_CHOICES = {
    "language": ("auto", "en", "zh"),
    "colors": COLOUR_CHOICES,
    "driver": ("auto", "stock"),
    "keyboard": ("auto", "legacy"),
    "hangup": ("finish", "end"),
    "code": ("wrap", "scroll"),
    "discovery": ("auto", "off"),
}
"""The keys with a few known values; the first is what holds without them."""
_TOP_KEYS = ("model", "theme", *_CHOICES, "mouse", "ascii", "providers", "models", "keys", "records", "history", "otel")
_PROVIDER_KEYS = (
    "base_url",
    "dialect",
    "api_key_env",
    "api_key_command",
    "api_key_file",
    "environment",
    "owner",
    "support",
    "expected_volume",
    "key_set_in",
    "allow_http",
    "usage",
    "prefill",
    "proxy",
    "ca_file",
    "fallback",
    "timeouts",
    "parameters",
)
_AMOUNT_NAMES = ("context", "price_in", "price_out")
_FACT_NAMES = (*_AMOUNT_NAMES, "images")
_TIMEOUT_KEYS = ("connect", "first_byte", "idle", "stall", "linger", "deadline")
_KEEPING_KEYS = {"max_mb": "megabytes", "keep_days": "days"}
OTEL_FLUSH = 1.0
"""Seconds that the program waits for a collector when it leaves."""
KEY_FIELDS = {"api_key_env": "env", "api_key_command": "command", "api_key_file": "file"}
"""The fields that name where a key is, and the kind of source each means; a provider has one of them at most."""


class ConfigError(ValueError):
    """A setting that cannot be used; the text is one sentence for the person."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one file, checked."""

    model: str | None = None
    theme: str | None = None
    language: str = "auto"
    providers: Mapping[str, Provider] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    path: Path | None = None
    colors: str = "auto"
    """How many colours to use: auto, truecolor, 256, 16 or none."""
    driver: str = "auto"
    """What writes to the terminal: auto or stock (Textual's own)."""
    mouse: bool = True
    keyboard: str = "auto"
    """auto, or legacy: without the kitty keyboard protocol."""
    hangup: str = "finish"
    """What becomes of a reply when the terminal goes away: finish or end."""
    ascii: bool = False
    """Whether what frames a text keeps to ASCII."""
    code: str = "wrap"
    """What becomes of long lines of code: wrap or scroll."""
    discovery: str = "auto"
    """Whether the well-known ports of this machine are asked for models: auto or off."""
    models: Mapping[str, ModelSettings] = field(default_factory=dict)
    """By `provider/id`; the providers above have theirs already."""
    records: Keeping = field(default_factory=Keeping)
    history: HistoryKeeping = field(default_factory=HistoryKeeping)
    otel: bool = False
    """Whether the figures of requests go to a collector of OpenTelemetry."""
    otel_endpoint: str | None = None
    """Its address; None: as the standard variables say."""
    otel_flush: float = OTEL_FLUSH
    """How many seconds the program waits for it when it leaves."""

    def settings_for(self, provider: str) -> dict[str, ModelSettings]:
        """What is said of the models of one provider, by their ids."""
        start = f"{provider}/"
        return {name.removeprefix(start): one for name, one in self.models.items() if name.startswith(start)}


def read_config(path: Path, *, must_exist: bool = False) -> Config:
    """Read and check a config file; a missing one is an empty config unless it was asked for. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        if must_exist:
            raise ConfigError(f"{path}: there is no such file. Check the path after --config.") from None
        return Config(path=path)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"{path}: the file cannot be read ({reason}).") from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: this is not valid TOML: {error}.") from None
    return _Reader(path).config(table)


def read_language(path: Path) -> str:
    """Which language a config asks for, whatever else is wrong with it; `auto` where it cannot be told."""
    try:
        wanted = tomllib.loads(path.read_text(encoding="utf-8")).get("language")
    except (OSError, ValueError):
        return "auto"  # what is wrong with the file is said by whoever reads all of it
    return wanted if isinstance(wanted, str) else "auto"


def read_provider(name: str, table: Mapping[str, Any], path: Path) -> Provider:
    """Check the table of one provider as if it stood in this file. Raises ConfigError."""
    return _Reader(path).provider(name, table)


class _Reader:
    """Checks one parsed file; `path` is for the complaints."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def config(self, table: Mapping[str, Any]) -> Config:
        self._check_names("", table, _TOP_KEYS)
        providers = {name: self.provider(name, item) for name, item in self._table("", table, "providers").items()}
        self._check_fallbacks(providers)
        models = {name: self._model(name, item) for name, item in self._table("", table, "models").items()}
        keys = self._table("", table, "keys")
        for name, value in keys.items():
            if not isinstance(value, str):
                raise self._complaint(f'keys."{name}"', 'must be a text such as "ctrl+j"')
        config = Config(
            self._text("", table, "model"),
            self._text("", table, "theme"),
            providers=providers,
            keys=keys,
            path=self._path,
            models=models,
            records=self._keeping(self._table("", table, "records")),
            history=self._history(self._table("", table, "history")),
            **self._otel(self._table("", table, "otel")),
            mouse=self._flag("", table, "mouse", unset=True),
            ascii=self._flag("", table, "ascii"),
            **{name: self._choice(table, name, known) for name, known in _CHOICES.items()},
        )
        own = {name: replace(one, models=config.settings_for(name)) for name, one in config.providers.items()}
        return replace(config, providers=own)

    def _choice(self, table: Mapping[str, Any], name: str, known: tuple[str, ...]) -> Any:
        value = self._text("", table, name) or known[0]
        if value not in known:
            names = [f'"{one}"' for one in known]
            raise self._complaint(name, f'is "{value}"; it can be {", ".join(names[:-1])} or {names[-1]}')
        return value

    def _otel(self, table: Mapping[str, Any]) -> dict[str, Any]:
        """An endpoint is a wish to use it, unless `enabled` says no."""
        self._check_names("otel", table, ("enabled", "endpoint", "flush"))
        endpoint = self._text("otel", table, "endpoint") or None
        if endpoint is not None and not endpoint.startswith(("http://", "https://")):
            raise self._complaint("otel.endpoint", "must be an address such as http://127.0.0.1:4318")
        enabled = self._flag("otel", table, "enabled", unset=endpoint is not None)
        flush = table.get("flush", OTEL_FLUSH)
        if isinstance(flush, bool) or not isinstance(flush, int | float) or not 0 <= flush <= 60:
            raise self._complaint("otel.flush", "must be a number of seconds from 0 to 60")
        return {"otel": enabled, "otel_endpoint": endpoint, "otel_flush": float(flush)}

    def provider(self, name: str, table: Any) -> Provider:
        where = f"providers.{name}"
        if name == PRACTICE:
            raise self._complaint(where, 'the name "practice" is taken by the built-in provider; choose another')
        if not name or "/" in name:
            raise self._complaint(f'providers."{name}"', "is no name: it goes before the slash in provider/model")
        if not isinstance(table, dict):
            raise self._complaint(where, f"must be a table: write [{where}]")
        if "api_key" in table:
            raise self._complaint(
                f"{where}.api_key",
                'a key must not stand in this file; name where it is with api_key_env = "VARIABLE", '
                "api_key_command or api_key_file",
            )
        self._check_names(where, table, _PROVIDER_KEYS)
        base_url = self._text(where, table, "base_url")
        if not base_url:
            raise self._complaint(where, "has no base_url; add one such as https://host/v1")
        dialect = self._text(where, table, "dialect") or "openai"
        if dialect not in DIALECTS:
            raise self._complaint(f"{where}.dialect", f'is "{dialect}"; known: {", ".join(DIALECTS)}')
        environment = self._text(where, table, "environment")
        if environment not in (None, "test", "live"):
            raise self._complaint(f"{where}.environment", f'is "{environment}"; it can be "test" or "live"')
        return Provider(
            name,
            base_url,
            dialect,
            self._key_source(where, table),
            self._timeouts(f"{where}.timeouts", self._table(where, table, "timeouts")),
            environment,
            self._text(where, table, "owner"),
            self._text(where, table, "support"),
            self._flag(where, table, "allow_http"),
            self._usage(where, table),
            self._text(where, table, "proxy"),
            self._text(where, table, "ca_file"),
            self._fallback(where, table),
            prefill=self._prefill(where, table),
            parameters=self._parameters(f"{where}.parameters", self._table(where, table, "parameters")),
            expected_volume=self._text(where, table, "expected_volume"),
            key_set_in=self._text(where, table, "key_set_in"),
        )

    def _model(self, name: str, table: Any) -> ModelSettings:
        where = f'models."{name}"'
        route, slash, identity = name.partition("/")
        if not (route and slash and identity):
            raise self._complaint(where, 'is no name of a model; write [models."PROVIDER/MODEL"]')
        if not isinstance(table, dict):
            raise self._complaint(where, f"must be a table: write [{where}]")
        self._check_names(where, table, (*_FACT_NAMES, *PARAMETER_NAMES))
        facts = {fact: self._amount(where, table, fact) for fact in _AMOUNT_NAMES}
        context = facts["context"]
        parameters = {key: value for key, value in table.items() if key not in _FACT_NAMES}
        return ModelSettings(
            self._parameters(where, parameters),
            ModelFacts(
                None if context is None else int(context),
                facts["price_in"],
                facts["price_out"],
                self._flag(where, table, "images") if "images" in table else None,
            ),
        )

    def _amount(self, where: str, table: Mapping[str, Any], name: str) -> float | None:
        value = table.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
            unit = "tokens" if name == "context" else "US dollars for a million tokens"
            raise self._complaint(f"{where}.{name}", f"must be a number of {unit}")
        return value

    def _parameters(self, where: str, table: Mapping[str, Any]) -> Parameters:
        try:
            parameters = read_parameters(table)
        except ParameterError as error:
            raise self._complaint(f"{where}.{error.name}", error.what) from None
        name = parameters.system or ""
        return replace(parameters, system=self._system(where, name[1:])) if name.startswith("@") else parameters

    def _system(self, where: str, name: str) -> str:
        """The text of the prompt file of this name, which has to be a system prompt with a default for all in it."""
        from tui.settings.prompt_file import read_prompts  # seldom needed, and not by the first paint

        found, complaints = read_prompts(find_paths().prompts)
        prompt = found.get(name)
        if prompt is None or prompt.kind != "system":
            complaint = self._complaint(f"{where}.system", "names no system prompt")
            raise ConfigError(" ".join((str(complaint), *complaints)))
        if any(variable not in prompt.defaults for variable in prompt.variables):
            raise self._complaint(f"{where}.system", "names a prompt file with a variable that has no default")
        return prompt.fill({})

    def _fallback(self, where: str, table: Mapping[str, Any]) -> tuple[str, ...]:
        names = table.get("fallback", [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise self._complaint(f"{where}.fallback", 'must be a list of models such as ["local/qwen3"]')
        return tuple(names)

    def _check_fallbacks(self, providers: Mapping[str, Provider]) -> None:
        for provider in providers.values():
            for name in provider.fallback:
                route, slash, model = name.partition("/")
                if not slash or not model or route not in providers:
                    known = ", ".join(providers)
                    raise self._complaint(
                        f"providers.{provider.name}.fallback",
                        f'names "{name}"; write PROVIDER/MODEL with a provider of this file: {known}',
                    )

    def _key_source(self, where: str, table: Mapping[str, Any]) -> KeySource:
        named = [name for name in KEY_FIELDS if name in table]
        if len(named) > 1:
            raise self._complaint(where, f"names its key twice ({', '.join(named)}); keep one")
        if not named:
            return NO_KEY
        value = self._text(where, table, named[0])
        if not value:
            raise self._complaint(f"{where}.{named[0]}", "is empty")
        match named[0]:
            case "api_key_env":
                if not is_variable_name(value):  # it may be the key itself, so it is not repeated
                    raise self._complaint(f"{where}.api_key_env", "is not the name of an environment variable")
                return KeySource("env", value)
            case "api_key_command":
                return KeySource("command", value)
            case _:
                return KeySource("file", value)

    def _timeouts(self, where: str, table: Mapping[str, Any]) -> Timeouts:
        self._check_names(where, table, _TIMEOUT_KEYS)
        for name, value in table.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e7:
                raise self._complaint(f"{where}.{name}", "must be a number of seconds, 0 for no limit")
        return Timeouts(**{name: float(value) for name, value in table.items()})

    def _keeping(self, table: Mapping[str, Any]) -> Keeping:
        self._check_names("records", table, tuple(_KEEPING_KEYS))
        for name, value in table.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
                raise self._complaint(f"records.{name}", f"must be a number of {_KEEPING_KEYS[name]}, 0 for no limit")
        return Keeping(**{name: float(value) for name, value in table.items()})

    def _history(self, table: Mapping[str, Any]) -> HistoryKeeping:
        self._check_names("history", table, ("keep_days",))
        value = table.get("keep_days", 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
            raise self._complaint("history.keep_days", "must be a number of days, 0 for no limit")
        return HistoryKeeping(float(value))

    def _usage(self, where: str, table: Mapping[str, Any]) -> Any:
        value = table.get("usage", "auto")
        if isinstance(value, bool):
            return "on" if value else "off"
        if value != "auto":
            raise self._complaint(f"{where}.usage", 'must be "auto", true or false')
        return value

    def _prefill(self, where: str, table: Mapping[str, Any]) -> Prefill | None:
        value = table.get("prefill", "auto")
        if value != "auto" and value not in PREFILLS:
            raise self._complaint(f"{where}.prefill", f"must be one of auto, {', '.join(PREFILLS)}")
        return next((known for known in PREFILLS if known == value), None)

    def _text(self, where: str, table: Mapping[str, Any], name: str) -> str | None:
        value = table.get(name)
        if value is not None and not isinstance(value, str):
            raise self._complaint(_dotted(where, name), "must be a text in quotation marks")
        return value

    def _flag(self, where: str, table: Mapping[str, Any], name: str, *, unset: bool = False) -> bool:
        value = table.get(name, unset)
        if not isinstance(value, bool):
            raise self._complaint(_dotted(where, name), "must be true or false")
        return value

    def _table(self, where: str, table: Mapping[str, Any], name: str) -> dict[str, Any]:
        value = table.get(name, {})
        if not isinstance(value, dict):
            raise self._complaint(_dotted(where, name), f"must be a table: write [{_dotted(where, name)}]")
        return value

    def _check_names(self, where: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for name in table:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"; the nearest known key is {near[0]}" if near else f"; known: {', '.join(known)}"
                raise self._complaint(_dotted(where, name), f"is not a known key{hint}")

    def _complaint(self, key: str, what: str) -> ConfigError:
        return ConfigError(f"{self._path}: {key} {what}.")


def _dotted(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
