"""A theme that Textual could not use is named with file and key and never registered: it would end the app."""

from pathlib import Path

import pytest

from tui.settings.theme_file import ThemeFile
from tui.ui.theme import make_themes


def check(**fields: object) -> list[str]:
    file = ThemeFile(Path("mine.toml"), "mine", {"name": "mine", "primary": "#6cb6d9", **fields})
    themes, complaints = make_themes([file])
    assert len(themes) + len(complaints) == 1
    return complaints


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"accent": "bluish"}, 'accent is "bluish"'),
        ({"variables": {"border": "no-such-colour"}}, 'variables.border is "no-such-colour"'),
        ({"variables": {"footer-key-foreground": "}{"}}, 'variables.footer-key-foreground is "}{"'),
        ({"variables": {"border": "red 50% 20%"}}, 'variables.border is "red 50% 20%"'),
        ({"variables": {"border": ""}}, 'variables.border is ""'),
        ({"variables": {"link-style": "wavy"}}, 'variables.link-style is "wavy"'),
    ],
)
def test_a_bad_value_is_named(fields: dict[str, object], key: str) -> None:
    (complaint,) = check(**fields)
    assert complaint.startswith(f"mine.toml: {key}")


@pytest.mark.parametrize("value", ["red", "#6cb6d9 35%", "auto 87%", "transparent", "ansi_blue", "rgb(1,2,3)"])
def test_what_a_variable_can_hold(value: str) -> None:
    assert check(variables={"border": value}) == []


def test_a_style_is_words() -> None:
    assert check(variables={"link-style": "bold not underline"}) == []
