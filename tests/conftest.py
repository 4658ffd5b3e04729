"""For all tests: what hypothesis draws is the same in every run, and no draw is judged by the machine's speed."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("weir", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("weir")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
