import pytest

from tui.text.age import describe_age
from tui.text.language import load_language


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "0 s"), (0.9, "0 s"), (59.9, "59 s"), (60, "1 min"), (7199, "1 h"), (86400, "1 d"), (200000, "2 d")],
)
def test_an_age_in_its_largest_unit(seconds: float, said: str) -> None:
    assert describe_age(seconds, load_language("en")) == said


def test_an_age_in_chinese() -> None:
    assert [describe_age(seconds, load_language("zh")) for seconds in (5, 61, 7200, 90000)] == [
        "5 秒", "1 分钟", "2 小时", "1 天",
    ]  # fmt: skip
