import pytest

from tui.text.age import describe_age


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "0 s"), (0.9, "0 s"), (59.9, "59 s"), (60, "1 min"), (7199, "1 h"), (86400, "1 d"), (200000, "2 d")],
)
def test_an_age_in_its_largest_unit(seconds: float, said: str) -> None:
    assert describe_age(seconds) == said
