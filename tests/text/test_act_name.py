"""Every binding has a plain name, `[ui.act.PLACE]`, in each catalogue, and its place has one in `[ui.place]`."""

import re

import pytest

from tui.text.language import load_language
from tui.ui.act import name_of, place_of
from tui.ui.binding_id import binding_ids


@pytest.mark.parametrize("ident", sorted(binding_ids()))
def test_every_binding_has_a_plain_name_and_a_place_in_both_languages(ident: str) -> None:
    english, chinese = load_language("en"), load_language("zh")
    for language in (english, chinese):
        name, place = name_of(ident, language), language.say(f"place.{place_of(ident)}")
        assert name
        assert place
        assert "{" not in name + place
    assert not re.search(r"[a-z]_[a-z]|\w\.\w", name_of(ident, english))
    assert re.search(r"[\u4e00-\u9fff]", name_of(ident, chinese))
