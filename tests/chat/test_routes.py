"""Which servers can be asked and which is meant: the order of precedence, row by row."""

import pytest

from tui.chat.routes import OPENAI_URL, Wish, choose_routes, practice_provider, with_patience
from tui.settings.config import Config, ConfigError
from tui.settings.key_source import KeySource
from tui.settings.provider import NO_KEY, Provider, Timeouts

ONE, TWO = Provider("one", "https://one/v1"), Provider("two", "https://two/v1")
OWN_OPENAI = Provider("openai", "https://proxy/v1")
NOTHING, CONFIGURED = Config(), Config(providers={"one": ONE, "two": TWO})
KEY = {"OPENAI_API_KEY": "sk-test"}
URL = "http://127.0.0.1:8080/v1"


@pytest.mark.parametrize(
    ("wish", "config", "environ", "default", "providers"),
    [
        # The flags.
        (Wish(base_url=URL), CONFIGURED, KEY, "127.0.0.1:8080", ["127.0.0.1:8080"]),
        (Wish(provider="two"), CONFIGURED, KEY, "two", ["one", "two"]),
        (Wish(provider="openai"), CONFIGURED, KEY, "openai", ["one", "two", "openai"]),
        (Wish(provider="openai"), NOTHING, KEY, "openai", ["openai"]),
        (Wish(practice=True), CONFIGURED, KEY, "practice", ["one", "two"]),
        (Wish(provider="practice"), NOTHING, {}, "practice", []),
        (Wish(practice=True, provider="practice"), NOTHING, {}, "practice", []),
        (Wish(model="practice/cut"), CONFIGURED, KEY, "practice", ["one", "two"]),
        (Wish(model="practice/cut", base_url=URL), NOTHING, {}, "127.0.0.1:8080", ["127.0.0.1:8080"]),
        (Wish(model="practice/cut", provider="two"), CONFIGURED, {}, "two", ["one", "two"]),
        # The config: the provider of its model, else the first.
        (Wish(), CONFIGURED, KEY, "one", ["one", "two"]),
        (Wish(), Config(model="two/m", providers=CONFIGURED.providers), KEY, "two", ["one", "two"]),
        (Wish(), Config(model="gone/m", providers=CONFIGURED.providers), KEY, "one", ["one", "two"]),
        # OPENAI_API_KEY.
        (Wish(), NOTHING, KEY, "openai", ["openai"]),
        (Wish(), NOTHING, {"OPENAI_API_KEY": ""}, None, []),
        (Wish(), NOTHING, {"OPENAI_BASE_URL": URL}, None, []),
        # Nothing: a local server may be found, or practice begun.
        (Wish(), NOTHING, {}, None, []),
        (Wish(model="one/m"), NOTHING, {}, None, []),
    ],
)
def test_the_server(
    wish: Wish, config: Config, environ: dict[str, str], default: str | None, providers: list[str]
) -> None:
    routes = choose_routes(wish, config, environ)
    assert (routes.default, list(routes.providers)) == (default, providers)


def test_a_server_of_the_flags_is_made_of_them() -> None:
    timeouts = Timeouts(idle=7.0)
    wish = Wish(base_url="https://host/v1", api_key_env="K", dialect="openai", timeouts=timeouts)
    routes = choose_routes(wish, CONFIGURED, KEY)
    assert routes.providers["host:443"] == Provider(
        "host:443", "https://host/v1", "openai", KeySource("env", "K"), timeouts, origin="flags"
    )
    assert (routes.by_flag, routes.pinned, routes.wants_practice) == (True, True, False)
    plain = choose_routes(Wish(base_url=URL, allow_http=True), NOTHING, KEY).providers["127.0.0.1:8080"]
    assert (plain.key, plain.allow_http) == (NO_KEY, True)


def test_openai_s_variables_say_where_and_with_which_key() -> None:
    timeouts = Timeouts(stall=9.0)
    openai = choose_routes(Wish(timeouts=timeouts), NOTHING, KEY).providers["openai"]
    assert openai == Provider(
        "openai", OPENAI_URL, key=KeySource("env", "OPENAI_API_KEY"), timeouts=timeouts, origin="environment"
    )
    moved = choose_routes(Wish(), NOTHING, {**KEY, "OPENAI_BASE_URL": URL}).providers["openai"]
    assert moved.base_url == URL


def test_a_provider_of_that_name_in_the_config_is_the_person_s_own() -> None:
    config = Config(providers={"openai": OWN_OPENAI})
    assert choose_routes(Wish(provider="openai"), config, KEY).providers == {"openai": OWN_OPENAI}


def test_limits_of_the_command_line_stand_over_the_provider_s() -> None:
    patient = Provider("one", "https://one/v1", timeouts=Timeouts(idle=60.0, stall=180.0))
    wish = Wish(timeouts=Timeouts(idle=1.0, deadline=0.0))
    routes = choose_routes(wish, Config(providers={"one": patient}), {})
    assert routes.providers["one"].timeouts == Timeouts(idle=1.0, stall=180.0, deadline=0.0)
    assert with_patience(patient, wish) == routes.providers["one"]
    practice = practice_provider(URL, wish.timeouts)
    assert practice.timeouts == Timeouts(first_byte=5.0, idle=1.0, stall=8.0, deadline=0.0)
    assert (practice.name, practice.origin, practice.environment) == ("practice", "practice", "test")


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish(base_url=URL, provider="one"), ["--base-url", "--provider"]),
        (Wish(practice=True, base_url=URL), ["--practice", "--base-url"]),
        (Wish(practice=True, provider="one"), ["--practice", "--provider"]),
        (Wish(api_key_env="K"), ["--api-key-env", "--base-url"]),
        (Wish(provider="one", api_key_env="K"), ["--api-key-env", "--base-url"]),
        (Wish(dialect="openai"), ["--dialect", "--base-url"]),
        (Wish(allow_http=True), ["--allow-http", "allow_http = true"]),
        (Wish(provider="onne"), ['no provider "onne"', 'the nearest is "one"']),
        (Wish(provider="xyz"), ['no provider "xyz"', "known: one, two"]),
    ],
)
def test_flags_that_cannot_be_meant_are_refused(wish: Wish, words: list[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        choose_routes(wish, CONFIGURED, {})
    assert [word for word in words if word not in str(refused.value)] == []


def test_where_no_provider_is_configured_it_says_so() -> None:
    with pytest.raises(ConfigError, match="none is configured"):
        choose_routes(Wish(provider="one"), NOTHING, {})


def test_a_provider_that_is_added_becomes_the_default() -> None:
    routes = choose_routes(Wish(), CONFIGURED, {}).with_provider(practice_provider(URL, Timeouts()))
    assert (routes.default, list(routes.providers)) == ("practice", ["one", "two", "practice"])
    assert routes.wants_practice
