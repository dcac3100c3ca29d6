"""The export of a stranger's notebook: the same as everybody's, and bounded."""

import json

import pytest

from openmo.notebooks.bounded import export_bounded
from openmo.notebooks.errors import NotebookError
from openmo.notebooks.export import DEEP, export_notebook
from openmo.system.python_parsing import FREE_LENGTH


def _notebook(*cells: str) -> str:
    code = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "id": "a"} for cell in cells]
    text = {"cell_type": "markdown", "source": "# 手写\n\nA text.", "metadata": {}}
    return json.dumps({"cells": [text, *code], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize("repeats", [1, FREE_LENGTH // 5])
@pytest.mark.parametrize("shows_results", [False, True])
def test_the_script_is_that_of_the_export(repeats: int, *, shows_results: bool) -> None:
    notebook = _notebook("!ls\n%matplotlib inline\nx = '手'\nx", "x = 1\n" * repeats + "x")
    made = export_bounded(notebook, "a.ipynb", shows_results=shows_results)
    assert made == export_notebook(notebook, "a.ipynb", shows_results=shows_results)


def test_what_is_wrong_with_a_notebook_is_said_as_ever() -> None:
    with pytest.raises(NotebookError, match="not a notebook"):
        export_bounded("[]", "a.ipynb")
    with pytest.raises(NotebookError) as deep:
        export_bounded(_notebook("x = 1\n" * FREE_LENGTH, "%%capture\n" * 1500 + "%time " * 1500 + "x"), "a.ipynb")
    assert deep.value.message == DEEP


@pytest.mark.deep("ten seconds of processor time; the light dose is that of what may be parsed")
def test_one_that_takes_long_is_refused_in_words() -> None:
    with pytest.raises(NotebookError, match="10 seconds"):
        export_bounded(_notebook("!ls\nx = f'" + "{a}" * 350_000 + "'"), "a.ipynb")
