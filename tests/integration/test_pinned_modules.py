"""Modules whose packages exclude each other answer in one cell of a real kernel, each in its own environment."""

import ast
import contextlib
import sqlite3
from typing import Any

import pytest
from support.installation import ACCOUNT, Installation, shared_installation
from support.notebook_server import NotebookServer
from support.up_process import wait_for

from openmo.config.settings import load_settings
from openmo.installation.state import load_running

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.deep("downloads NumPy twice and scikit-learn: see test_module_environments"),
]

NAMES = ("curve_summary", "vector_similarity", "outlier_finder")
CELL = """
import numpy
from openmo_sdk import Client
client = Client()
found = [
    client.predict('openmo/curve_summary/1.0.0', {'values': [0, 2, 1, 3, 0]}, environment='own'),
    client.predict('openmo/vector_similarity/1.0.0', {'first': [3, 0], 'second': [0, 4]}, environment='own'),
    client.predict('openmo/outlier_finder/1.0.0', {'data': [1, 2, 1.5, 2.5, 40, 2]}, environment='own'),
]
print([*found, numpy.__version__])
"""


class _Up:
    """What a notebook server's stand-in asks of `openmo up`."""

    def __init__(self, openmo: Installation) -> None:
        running = load_running(load_settings(openmo.environment, data=openmo.data).folder)
        assert running
        assert running.api
        self.url = running.url
        self._token = running.api.token

    def state(self) -> dict[str, Any]:
        return {"api": {"token": self._token}, "account": ACCOUNT}


def _slug(openmo: Installation, project: str) -> str:
    """The name of its JupyterLab server."""
    with contextlib.closing(sqlite3.connect(openmo.data / "openmo.sqlite")) as database:
        found = database.execute("select slug from projects where name = ?", (project,)).fetchone()
    return str(found[0])


def test_three_that_exclude_each_other_answer_in_one_cell() -> None:
    openmo = shared_installation()
    openmo.cli("project", "create", "pinned-modules")
    for name in NAMES:
        openmo.cli("module", "import", "pinned-modules", f"openmo/{name}")
    links = [openmo.workspace("pinned-modules") / f"modules/openmo/{name}/1.0.0.environment" for name in NAMES]
    assert all(link.is_symlink() for link in links)
    server = NotebookServer(_Up(openmo), _slug(openmo, "pinned-modules"))
    assert server.start().status_code in (201, 202)
    server.wait_ready()
    assert server.listed("modules/openmo/curve_summary") == ["1.0.0"], "whoever looks at the files sees no packages"
    folders = [link.readlink() for link in links]
    wait_for(lambda: all(each.with_name(f"{each.name}.complete").is_file() for each in folders), seconds=600)
    curve, vectors, outliers, base = ast.literal_eval(server.execute(server.new_kernel(), CELL))
    assert curve == {"area": 6.0, "peaks": [1, 3], "numpy": "1.26.4"}
    assert vectors == {"cosine": 0.0, "distance": 5.0, "numpy": "2.3.5"}
    assert outliers == {"outliers": [4], "scikit_learn": "1.5.2"}
    assert base not in ("1.26.4", "2.3.5")
    shown = openmo.cli("module", "show", "openmo/curve_summary")["shown"]
    assert (shown["environment_ready"], shown["requirements"]) == (True, ["numpy==1.26.4"])
    server.stop()
