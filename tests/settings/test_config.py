"""The config file: what it says, and that every complaint names the file, the place and a way on."""

from pathlib import Path

import pytest

from tui.settings.config import Config, ConfigError, read_config
from tui.settings.keeping import HistoryKeeping, Keeping
from tui.settings.key_source import KeySource
from tui.settings.model_facts import ModelFacts, ModelSettings
from tui.settings.parameters import Parameters
from tui.settings.provider import NO_KEY, Provider, Timeouts

# No key stands here in one piece, so that no scanner of sources takes one for real.
KEY = "-".join(("sk", "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8v"))
FULL = """
model = "alltkn/deepseek-chat"
theme = "weir-dark"
language = "zh"
[providers.alltkn]
base_url = "https://api.alltkn.com/api/v1"
dialect = "openai"
api_key_env = "ALLTKN_API_KEY"
environment = "test"
owner = "platform team"
support = "#llm-support"
allow_http = true
usage = false
[providers.alltkn.timeouts]
connect = 5
first_byte = 120
idle = 60.5
stall = 180
linger = 0
deadline = 0
[providers."my local"]
base_url = "http://127.0.0.1:8080/v1"
[keys]
"prompt.send" = "ctrl+j"
[history]
keep_days = 30
[records]
max_mb = 2.5
keep_days = 7
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def complaint(path: Path, text: str | bytes) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as refused:
        read_config(path)
    said = str(refused.value)
    assert said.startswith(f"{path}: ")
    assert said.endswith(".")
    assert "\n" not in said
    return said.removeprefix(f"{path}: ")


def provider(lines: str) -> str:
    """A config with one provider that is whole but for these lines."""
    return f'[providers.one]\nbase_url = "https://host/v1"\n{lines}\n'


def test_everything_that_a_config_may_say(path: Path) -> None:
    path.write_text(FULL)
    config = read_config(path)
    alltkn = Provider(
        "alltkn",
        "https://api.alltkn.com/api/v1",
        "openai",
        KeySource("env", "ALLTKN_API_KEY"),
        Timeouts(5.0, 120.0, 60.5, 180.0, 0.0, 0.0),
        "test",
        "platform team",
        "#llm-support",
        True,
        "off",
    )
    local = Provider("my local", "http://127.0.0.1:8080/v1")
    assert config == Config(
        "alltkn/deepseek-chat",
        "weir-dark",
        "zh",
        {"alltkn": alltkn, "my local": local},
        {"prompt.send": "ctrl+j"},
        path,
        records=Keeping(2.5, 7),
        history=HistoryKeeping(30),
    )
    assert list(config.providers) == ["alltkn", "my local"], "the order of the file: the first is the default"
    assert (local.key, local.usage, local.origin) == (NO_KEY, "auto", "config")


def test_what_a_config_may_say_of_the_terminal(path: Path) -> None:
    path.write_text(
        'colors = "256"\ndriver = "stock"\nmouse = false\nkeyboard = "legacy"\nhangup = "end"\nascii = true\n'
        'code = "scroll"\n'
    )
    config = read_config(path)
    assert (config.colors, config.driver, config.mouse, config.keyboard) == ("256", "stock", False, "legacy")
    assert (config.hangup, config.ascii, config.code) == ("end", True, "scroll")
    unset = Config()
    assert (unset.colors, unset.driver, unset.mouse, unset.keyboard) == ("auto", "auto", True, "auto")
    assert (unset.hangup, unset.ascii, unset.code) == ("finish", False, "wrap")


def test_an_empty_file_is_an_empty_config(path: Path) -> None:
    path.write_text("# nothing yet\n")
    assert read_config(path) == Config(path=path)
    assert read_config(path).language == "auto"


def test_a_missing_file_is_an_empty_config_unless_it_was_asked_for(path: Path) -> None:
    assert read_config(path) == Config(path=path)
    with pytest.raises(ConfigError, match=r"there is no such file\. Check the path after --config"):
        read_config(path, must_exist=True)


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        ('api_key_env = "K"', KeySource("env", "K")),
        ('api_key_command = "pass show x"', KeySource("command", "pass show x")),
        ('api_key_file = "~/key"', KeySource("file", "~/key")),
        ("", NO_KEY),
    ],
)
def test_a_key_is_named_by_its_source(path: Path, lines: str, source: KeySource) -> None:
    path.write_text(provider(lines))
    assert read_config(path).providers["one"].key == source


def test_a_route_may_have_its_own_proxy_certificates_and_fallbacks(path: Path) -> None:
    own = 'proxy = "http://proxy.test:3128"\nca_file = "~/root.pem"\nfallback = ["one/spare"]'
    path.write_text(provider(own))
    one = read_config(path).providers["one"]
    assert (one.proxy, one.ca_file, one.fallback) == ("http://proxy.test:3128", "~/root.pem", ("one/spare",))


def test_prefill_is_one_of_the_ways_that_are_known(path: Path) -> None:
    path.write_text(provider('prefill = "prefix"'))
    assert read_config(path).providers["one"].prefill == "prefix"
    path.write_text(provider('prefill = "auto"'))
    assert read_config(path).providers["one"].prefill is None
    path.write_text(provider('prefill = "always"'))
    with pytest.raises(ConfigError, match=r"one\.prefill must be one of auto, off, message, prefix, partial, continue"):
        read_config(path)


@pytest.mark.parametrize(("value", "rule"), [('"auto"', "auto"), ("true", "on"), ("false", "off")])
def test_usage_is_a_rule(path: Path, value: str, rule: str) -> None:
    path.write_text(provider(f"usage = {value}"))
    assert read_config(path).providers["one"].usage == rule


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # The nearest known key.
        ('modle = "x"', "modle is not a known key; the nearest known key is model."),
        ('zzz = "x"', "zzz is not a known key; known: model, theme, language, colors, driver, keyboard,"
         " hangup, code, discovery, mouse, ascii, providers, models, keys, records, history, otel."),
        (provider("api_key_envv = 'K'"), "providers.one.api_key_envv is not a known key; the nearest known key is"
         " api_key_env."),
        (provider("[providers.one.timeouts]\nfirstbyte = 1"), "providers.one.timeouts.firstbyte is not a known key;"
         " the nearest known key is first_byte."),
        # Fallbacks.
        (provider('fallback = "one/x"'), 'providers.one.fallback must be a list of models such as ["local/qwen3"].'),
        (provider('fallback = ["two/x"]'), 'providers.one.fallback names "two/x"; write PROVIDER/MODEL with a provider'
         " of this file: one."),
        (provider('fallback = ["one"]'), 'providers.one.fallback names "one"; write PROVIDER/MODEL with a provider of'
         " this file: one."),
        # Types.
        ("model = 1", "model must be a text in quotation marks."),
        ("theme = []", "theme must be a text in quotation marks."),
        ("language = true", "language must be a text in quotation marks."),
        ("providers = 1", "providers must be a table: write [providers]."),
        ("keys = 'x'", "keys must be a table: write [keys]."),
        ("[keys]\n'prompt.send' = 1", 'keys."prompt.send" must be a text such as "ctrl+j".'),
        ("providers.one = 'https://host/v1'", "providers.one must be a table: write [providers.one]."),
        (provider("owner = 5"), "providers.one.owner must be a text in quotation marks."),
        (provider("support = ['a']"), "providers.one.support must be a text in quotation marks."),
        (provider("allow_http = 'yes'"), "providers.one.allow_http must be true or false."),
        (provider("allow_http = 1"), "providers.one.allow_http must be true or false."),
        (provider("timeouts = 5"), "providers.one.timeouts must be a table: write [providers.one.timeouts]."),
        # Values.
        ("language = 'de'", 'language is "de"; it can be "auto", "en" or "zh".'),
        ("colors = '16m'", 'colors is "16m"; it can be "auto", "truecolor", "256", "16" or "none".'),
        ("driver = 'own'", 'driver is "own"; it can be "auto" or "stock".'),
        ("keyboard = 'kitty'", 'keyboard is "kitty"; it can be "auto" or "legacy".'),
        ("hangup = 'stay'", 'hangup is "stay"; it can be "finish" or "end".'),
        ("code = 'cut'", 'code is "cut"; it can be "wrap" or "scroll".'),
        ("colors = 256", "colors must be a text in quotation marks."),
        ("mouse = 'off'", "mouse must be true or false."),
        ("ascii = 1", "ascii must be true or false."),
        ("records = 5", "records must be a table: write [records]."),
        ("[records]\nkeep_days = -1", "records.keep_days must be a number of days, 0 for no limit."),
        ("[records]\nmax_mb = true", "records.max_mb must be a number of megabytes, 0 for no limit."),
        ("[history]\nkeep_days = true", "history.keep_days must be a number of days, 0 for no limit."),
        ("[records]\nmaxmb = 1", "records.maxmb is not a known key; the nearest known key is max_mb."),
        ("mous = true", "mous is not a known key; the nearest known key is mouse."),
        (provider("dialect = 'anthropic'"), 'providers.one.dialect is "anthropic"; known: openai.'),
        (provider("environment = 'prod'"), 'providers.one.environment is "prod"; it can be "test" or "live".'),
        (provider("usage = 'on'"), 'providers.one.usage must be "auto", true or false.'),
        (provider("usage = 1"), 'providers.one.usage must be "auto", true or false.'),
        ("[providers.one]\n", "providers.one has no base_url; add one such as https://host/v1."),
        ("[providers.one]\nbase_url = ''", "providers.one has no base_url; add one such as https://host/v1."),
        # Names.
        ("[providers.practice]\nbase_url = 'http://h'", 'providers.practice the name "practice" is taken by the'
         " built-in provider; choose another."),
        ("[providers.'a/b']\nbase_url = 'http://h'", 'providers."a/b" is no name: it goes before the slash in'
         " provider/model."),
        ("[providers.'']\nbase_url = 'http://h'", 'providers."" is no name: it goes before the slash in'
         " provider/model."),
        # Keys.
        (provider("api_key_env = 'K'\napi_key_file = 'f'"), "providers.one names its key twice (api_key_env,"
         " api_key_file); keep one."),
        (provider("api_key_env = ''"), "providers.one.api_key_env is empty."),
        (provider(f"api_key_env = '{KEY}'"), "providers.one.api_key_env is not the name of an environment variable."),
        (provider("api_key_command = 5"), "providers.one.api_key_command must be a text in quotation marks."),
    ],
)
def test_a_complaint_names_the_key_and_what_to_do(path: Path, text: str, said: str) -> None:
    assert complaint(path, text) == said


@pytest.mark.parametrize("value", ["-1", "true", "'60'", "nan", "inf", "1e7"])
@pytest.mark.parametrize("name", ["connect", "first_byte", "idle", "stall", "linger", "deadline"])
def test_a_limit_is_a_number_of_seconds(path: Path, name: str, value: str) -> None:
    said = complaint(path, provider(f"[providers.one.timeouts]\n{name} = {value}"))
    assert said == f"providers.one.timeouts.{name} must be a number of seconds, 0 for no limit."


@pytest.mark.parametrize(
    "text",
    [
        provider(f'api_key = "{KEY}"'),
        provider(f"api_key = {KEY}"),
        provider(f'apikey = "{KEY}"'),
        f'api_key = "{KEY}"',
        provider(f'key = "{KEY}"\n'),
        provider(f'api_key_env = "{KEY}"\napi_key_file = "x"'),
    ],
)
def test_a_literal_key_is_refused_and_not_repeated(path: Path, text: str) -> None:
    said = complaint(path, text)
    assert KEY not in said
    assert KEY[3:] not in said


def test_a_literal_key_is_told_where_it_may_be(path: Path) -> None:
    said = complaint(path, provider(f'api_key = "{KEY}"'))
    assert said.startswith("providers.one.api_key a key must not stand in this file")
    for name in ('api_key_env = "VARIABLE"', "api_key_command", "api_key_file"):
        assert name in said


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('model = "a"\ntheme = \n', "line 2"),
        ('model = "a"\n\nmodel = "b"\n', "line 3"),
        ("[providers.one\nbase_url = 1", "line 1"),
        ('model = "never closed', "at end of document"),
    ],
)
def test_a_syntax_error_names_its_line(path: Path, text: str, place: str) -> None:
    said = complaint(path, text)
    assert said.startswith("this is not valid TOML: ")
    assert place in said


def test_what_is_not_utf_8_is_said_to_be_so(path: Path) -> None:
    assert complaint(path, 'theme = "caf\xe9"'.encode("latin-1")) == "the file cannot be read (it is not UTF-8 text)."


def test_a_folder_instead_of_the_file_cannot_be_read(path: Path) -> None:
    path.mkdir()
    with pytest.raises(ConfigError, match=r"config\.toml: the file cannot be read \(Is a directory\)\.$"):
        read_config(path)


def test_a_path_through_a_file_is_none_as_with_dev_null_for_a_home(path: Path) -> None:
    path.write_text("")
    assert read_config(path / "config.toml") == Config(path=path / "config.toml")
    with pytest.raises(ConfigError, match=r"there is no such file\."):
        read_config(path / "config.toml", must_exist=True)


def test_a_file_that_may_not_be_read_is_said_to_be_so(path: Path) -> None:
    """A link to itself cannot be opened by anybody, root included, whom permissions do not stop."""
    path.symlink_to(path)
    with pytest.raises(ConfigError, match=r"the file cannot be read \(Too many levels of symbolic links\)\.$"):
        read_config(path)


def test_parameters_and_facts_of_models(path: Path) -> None:
    path.write_text(
        provider(
            "[providers.one.parameters]\ntemperature = 0.2\nseed = 1\n"
            '[models."one/org/m"]\ntemperature = 0\ncontext = 8192\nprice_in = 0.5\nprice_out = 2\n'
            '[models."ollama/q"]\nsystem = "Be brief."'
        ),
        encoding="utf-8",
    )
    config = read_config(path)
    one = config.providers["one"]
    assert one.parameters_for("org/m") == Parameters(temperature=0, seed=1)
    assert one.parameters_for("other") == Parameters(temperature=0.2, seed=1)
    assert one.models["org/m"].facts == ModelFacts(8192, 0.5, 2)
    assert config.settings_for("ollama") == {"q": ModelSettings(Parameters(system="Be brief."))}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (provider("[providers.one.parameters]\ntop_p = 2"), "providers.one.parameters.top_p must be a number from 0"),
        (provider("[providers.one.parameters]\ntopp = 1"), "providers.one.parameters.topp is not a known parameter"),
        ('[models."one/m"]\nmax_tokens = 0', 'models."one/m".max_tokens must be a whole number'),
        ('[models."one/m"]\nprice_inn = 1', 'models."one/m".price_inn is not a known key; the nearest known key is'),
        ('[models."one/m"]\nprice_in = -1', 'models."one/m".price_in must be a number of US dollars for a million'),
        ('[models."one/m"]\ncontext = "8k"', 'models."one/m".context must be a number of tokens'),
        ('[models."m"]\nseed = 1', 'models."m" is no name of a model'),
        ('[models]\n"one/m" = 1', 'models."one/m" must be a table'),
        ("models = 1", "models must be a table"),
        ('discovery = "on"', 'discovery is "on"; it can be "auto" or "off"'),
    ],
)
def test_a_complaint_about_models_names_the_key(path: Path, text: str, said: str) -> None:
    assert complaint(path, text).startswith(said)
