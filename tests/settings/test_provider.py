"""Routes: which host they end at, and what patience is set."""

import pytest

from tui.settings.provider import Provider, Timeouts, ad_hoc_name, host_of, is_loopback


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://API.Example.com/v1", "api.example.com"),
        ("http://user:secret@host:8080/v1?key=1", "host"),
        ("http://[::1]:8080/v1", "::1"),
        ("host:8080", ""),
        ("", ""),
        ("http://[broken", ""),
    ],
)
def test_the_host_of_a_url(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "127.0.0.1", "127.8.9.10", "::1"])
def test_loopback_is_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["", "localhost.example.com", "notlocalhost", "127.0.0.1.nip.io", "0.0.0.0", "10.0.0.1", "169.254.1.1", "::2"],
)
def test_everything_else_is_not(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("url", "loopback", "local"),
    [
        ("http://localhost:8080/v1", True, True),
        ("http://[::1]:8080/v1", True, True),
        ("http://192.168.1.5:8080/v1", False, True),
        ("http://[fd00::5]/v1", False, True),
        ("http://gpu.lan:8080/v1", False, True),
        ("https://llm.internal/v1", False, True),
        ("https://api.example.com/v1", False, False),
        ("https://8.8.8.8/v1", False, False),
        ("no url", False, False),
    ],
)
def test_where_a_route_ends(url: str, loopback: bool, local: bool) -> None:
    provider = Provider("p", url)
    assert (provider.is_loopback, provider.is_local) == (loopback, local)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1:8080/v1", "127.0.0.1:8080"),
        ("https://user:secret@Host.example/v1?key=secret", "host.example:443"),
        ("http://host/v1", "host:80"),
        ("http://[::1]:8080/v1", "[::1]:8080"),
        ("nonsense", "ad-hoc"),
        ("http://host:99999/v1", "ad-hoc"),
        ("", "ad-hoc"),
    ],
)
def test_a_server_of_the_command_line_is_named_by_host_and_port(url: str, name: str) -> None:
    assert ad_hoc_name(url) == name


def test_limits_that_are_not_set_are_the_other_s() -> None:
    mine, theirs = Timeouts(connect=1.0, idle=0.0), Timeouts(connect=9.0, idle=9.0, stall=8.0)
    assert mine.over(theirs) == Timeouts(connect=1.0, idle=0.0, stall=8.0)
    assert Timeouts().over(theirs) == theirs
    assert mine.over(Timeouts()) == mine
