"""For all tests: what hypothesis draws is the same in every run, and no draw is judged by the machine's speed."""

from hypothesis import HealthCheck, settings

settings.register_profile("weir", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("weir")
