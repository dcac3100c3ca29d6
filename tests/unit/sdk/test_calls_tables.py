"""Tables of pandas pass column by column, in the environment that notebooks have."""

import os
import subprocess

import pytest
from support.checkout import ROOT
from support.notebook_server import ENVIRONMENTS

from openmo.environments.builder import Environments, base_spec


def test_tables_series_and_moments_come_back_as_they_were() -> None:
    base = Environments(ENVIRONMENTS).find(base_spec())
    if base is None:
        pytest.skip("the environment base is not built: run `make test`")
    done = subprocess.run(
        [base.python, "-P", ROOT / "tests" / "support" / "table_trips.py"],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'sdk' / 'src'}:{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "as they were\n", done.stderr
