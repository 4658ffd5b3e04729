"""A row of the picker: what is left out when it is narrow, and that it always fits."""

import pytest
from rich.cells import cell_len

from tui.chat.catalogue import Model, ModelEntry
from tui.chat.measurement import Measured, Sample
from tui.settings.model_facts import ModelFacts
from tui.settings.provider import Provider
from tui.ui.widgets.model_row import choose_columns, describe_context, describe_price, describe_speed, make_row, shorten

MEASURED = Measured((Sample(420, 31.4, estimated=False),))


def entry(name: str = "heron-1") -> ModelEntry:
    model = Model(Provider("nest", "http://127.0.0.1:9/v1"), name)
    return ModelEntry(model, ModelFacts(8192, 0.5, 2.0), MEASURED, favourite=False)


def text(name: str, width: int) -> str:
    row = make_row(entry(name), choose_columns(width), width, current=False, marked=False)
    return row.route + row.name + row.figures


@pytest.mark.parametrize(
    ("width", "figures"),
    [
        (100, "8k $0.5/$2 0.42s 31t/s"),
        (71, "8k $0.5/$2 0.42s 31t/s"),
        (60, "8k 0.42s 31t/s"),
        (52, "0.42s 31t/s"),
        (44, "0.42s"),
        (40, ""),
    ],
)
def test_columns_go_one_by_one(width: int, figures: str) -> None:
    assert " ".join(text("heron-1", width).split()[1:]) == figures


@pytest.mark.parametrize("width", range(20, 120, 7))
@pytest.mark.parametrize("name", ["heron-1", "x" * 200, "模型" * 60, "a\x1b]0;b"])
def test_a_row_fits_whatever_the_name(width: int, name: str) -> None:
    assert cell_len(text(name, width)) == width
    assert "\x1b" not in text(name, width)


def test_a_long_name_keeps_its_end() -> None:
    assert shorten("meta-llama/llama-3.3-70b-instruct:free", 20) == "meta-l…instruct:free"
    assert shorten("short", 20) == "short"


@pytest.mark.parametrize(
    ("tokens", "said"), [(None, ""), (512, "512"), (8192, "8k"), (131072, "131k"), (1_048_576, "1.05M")]
)
def test_a_context(tokens: int | None, said: str) -> None:
    assert describe_context(tokens) == said


def test_a_price_that_is_half_known_is_none() -> None:
    assert describe_price(ModelFacts(None, 0.5)) == ""
    assert describe_price(ModelFacts(None, 0.0, 0.0)) == "$0/$0"


def test_a_speed_never_touches_the_time_before_it() -> None:
    for speed in (0.4, 999.4, 999.6, 9949.0, 9999.0, 123456.0):
        fast = ModelEntry(entry("a").model, ModelFacts(), Measured((Sample(123456, speed, estimated=True),)), False)
        row = make_row(fast, choose_columns(60), 60, current=False, marked=False)
        assert row.figures.split()[:2] == ["123.46s", describe_speed(fast)]
