"""The code that the Modules panel inserts, run as a notebook's kernel and a job run it."""

from pathlib import Path

import pytest
from support.sdk_projects import add_module, run_python

from openmo.core.references import Reference
from openmo.modules.snippets.calls import write_call
from openmo.specs.files import load_module_spec

IRIS = Path(__file__).resolve().parents[3] / "examples/iris_classifier"
WEIGHTS = '{"classes": ["a", "b"], "coefficients": [[0, 0, -1, -1], [0, 0, 1, 1]], "intercepts": [3, -3]}'
OFFLINE = "import socket\ndef refused(*_, **__): raise OSError('offline')\nsocket.socket.connect = refused\n"
OLD_CELL = """\
from function.modules import Client
client = Client(api_key='k', project_id='p', user_ID='u', project_type='app', source_file_path='x.ipynb')
run = client.run"""


@pytest.mark.parametrize("cells", [[], [OLD_CELL]], ids=["with our Client cell", "with Mo's"])
def test_it_runs_where_no_platform_can_be_reached(tmp_path: Path, cells: list[str]) -> None:
    files = {name: (IRIS / name).read_text() for name in ("main.py", "module_spec.yml")}
    add_module(tmp_path, "openmo/iris_classifier/1.0.0", {**files, "weights.json": WEIGHTS})
    spec = load_module_spec(files["module_spec.yml"])
    code = write_call(Reference("openmo", "iris_classifier", "1.0.0"), "run", spec.inputs["run"], {}, cells=cells)
    notebook = [part for part in (code.client_cell, *cells, code.cell) if part]
    done = run_python(tmp_path, "\n".join([OFFLINE, *notebook, "print(result)"]), OPENMO_API_URL="http://127.0.0.1:9")
    assert (done.stdout, done.stderr) == ("[0]\n", "")
