"""`openmo demo` walks the loop on a running server."""

import pytest
from support.installation import Installation

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


def test_demo_walks_the_whole_loop(openmo: Installation) -> None:
    tour = openmo.cli("demo", timeout=240)
    assert tour["ok"] is True
    steps = {step["step"]: step for step in tour["steps"]}
    assert len(steps) == 6
    figures = {name: value for step in tour["steps"] for name, value in step.items()}
    assert figures["epochs"] == 30
    assert figures["accuracy"] > 0.95
    assert figures["model"] == "results/model.npz"
    assert int(str(figures["right"]).split(" of ", maxsplit=1)[0]) >= 9
    assert openmo.cli("project", "show", tour["project"])["releases"][0]["version"] == "1.0.0"
