"""Every app that the benchmark of the log compares still runs its plan to the end."""

import pytest

from tests.bench.pty_run import run


@pytest.mark.slow
@pytest.mark.parametrize("app", ["ours", "log", "markdown", "idle"])
def test_an_app_that_is_measured_gives_its_figures(app: str) -> None:
    steps = [{"act": "preload", "count": 20}, {"act": "stream", "count": 20, "rate": 200}]
    figures, _ = run({"app": app, "kind": "mixed", "steps": steps}, frames=30)
    assert [figure.get("cpu", 0) > 0 for figure in figures] == [False, True]
