"""A notebook that runs as a script shows what it shows in a kernel, shape by shape."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from support.doses import dose, is_deep
from support.notebook_shapes import SHAPES, Shape

from openmo.notebooks.export import export_notebook

HEAVY = ("numpy", "pylab")
"""What a light dose does not import."""


def light(shape: Shape) -> bool:
    return not any(word in cell for word in HEAVY for cell in shape.cells)


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if is_deep() or light(shape)])
def test_the_script_shows_it(name: str, tmp_path: Path) -> None:
    shape = SHAPES[name]
    source = export_notebook(shape.notebook(), "x.ipynb", shows_results=True)
    (tmp_path / "x.py").write_text(source, encoding="utf-8")
    done = subprocess.run([sys.executable, "-u", "x.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == (shape.shows, 0), f"{done.stderr}\n{source}"


@pytest.mark.parametrize("name", dose([], list(SHAPES)))  # each starts a kernel
def test_a_kernel_shows_it(name: str, tmp_path: Path) -> None:
    shape = SHAPES[name]
    notebook = nbformat.reads(json.dumps(shape.notebook()), 4)  # type: ignore[no-untyped-call]  # nbformat has no types
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
    shown = "".join(_text(output) for cell in notebook.cells for output in cell.outputs).replace("\r\n", "\n")
    assert shown == (shape.shows if shape.in_kernel is None else shape.in_kernel)


def _text(output: Any) -> str:
    if output.output_type == "stream":
        return str(output.text) if output.name == "stdout" else ""
    text = output.get("data", {}).get("text/plain", "")
    return f"{text}\n" if text else ""
