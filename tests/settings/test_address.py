"""Addresses as people type them."""

import pytest

from tui.settings.address import read_address, suggest_name


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://llm.lab.example/v1", "https://llm.lab.example/v1"),
        (" https://llm.lab.example/api/v1/chat/completions ", "https://llm.lab.example/api/v1"),
        ("llm.lab.example", "https://llm.lab.example/v1"),
        ("localhost:8080", "http://localhost:8080/v1"),
        ("127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1"),
        ("192.168.1.7:11434", "http://192.168.1.7:11434/v1"),
        ("[::1]:8080", "http://[::1]:8080/v1"),
        ("http://host.example?x=1", "http://host.example/v1?x=1"),
        ("openrouter", None),
        ("", None),
        ("two words.example", None),
        ("ftp://host.example", None),
        ("https://", None),
        ("http://[::1", None),
        ("host.example:99999", None),
    ],
)
def test_what_is_meant(typed: str, meant: str | None) -> None:
    assert read_address(typed) == meant


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("http://127.0.0.1:11434/v1", "ollama"),
        ("http://localhost:9999/v1", "local"),
        ("https://api.lab.example/v1", "lab"),
        ("https://llm.example/v1", "llm.example"),
        ("http://192.168.1.7:8080/v1", "192-168-1-7"),
        ("https://intranet/v1", "intranet"),
    ],
)
def test_what_it_is_called(base_url: str, name: str) -> None:
    assert suggest_name(base_url) == name
