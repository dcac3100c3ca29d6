"""The cell that calls a module: readable, in the form that the documentation shows, and with the right Client."""

from pathlib import Path

import pytest

from openmo.core.errors import InvalidInput
from openmo.core.references import Reference
from openmo.modules.snippets.calls import write_call
from openmo.modules.snippets.client import CLIENT_CELL, find_callee
from openmo.modules.snippets.placeholders import placeholder
from openmo.notebooks.export import export_notebook
from openmo.specs.files import load_module_spec
from openmo.specs.values import Interval, Parameter, ValueType

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
IRIS = Reference("openmo", "iris_classifier", "1.0.0")
TRAINER = Reference("openmo", "image_classifier", "1.2.0")
SPEC = """\
input:
  train:
    data_path: {value_type: str, description: folder with one sub-folder per class, default_value: ./digits}
    epochs: {value_type: int, default_value: 2, value_range: 1-1000}
    类别: {value_type: enum, value_range: [快, 慢], description: 训练方式}
    log_dir: {value_type: str, optional: true}
    weights: {value_type: ndarray, optional: true, description: "start here # not there"}
"""
TEMPLATE_CELL = """\
from modules import json_parser, Client
client = Client()
run, train, predict = client.run, client.train, client.predict
controller = client.controller
work_path = './'"""


def test_a_cell_reads_as_the_documentation_shows_it() -> None:
    spec = load_module_spec(SPEC)
    snippet = write_call(TRAINER, "train", spec.inputs["train"], {"epochs": "3"}, cells=[TEMPLATE_CELL])
    assert snippet.client_cell == ""
    assert snippet.cell.split("\n") == [
        "# openmo/image_classifier 1.2.0 · train",
        "conf = {",
        "    'data_path': './digits',  # folder with one sub-folder per class",
        "    'epochs': 3,              # int, 1-1000",
        "    '类别': '快',             # 训练方式 (enum, 快/慢)",
        "    # 'log_dir': '',          # str",
        "    # 'weights': None,        # start here not there (ndarray)",
        "}",
        "result = train('openmo/image_classifier/1.2.0', conf)",
        "result",
    ]


def test_an_exported_notebook_says_the_same() -> None:
    spec = load_module_spec((EXAMPLES / "iris_classifier/module_spec.yml").read_text())
    cell = write_call(IRIS, "run", spec.inputs["run"], {}).cell
    notebook = {
        "cells": [{"cell_type": "code", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    assert cell in export_notebook(notebook, "coding_here.ipynb")


def test_values_are_read_by_type_and_wrong_ones_named() -> None:
    parameters = [
        Parameter(name="n", value_type=ValueType.INT, value_range=Interval(minimum=1, maximum=9)),
        Parameter(name="on", value_type=ValueType.BOOL),
        Parameter(name="sizes", value_type=ValueType.INT_LIST),
        Parameter(name="array", extra={"value_type": "ndarray"}),
    ]
    values = {"n": "7", "on": True, "sizes": "1, 2", "array": "[[1, 2]]"}
    cell = write_call(IRIS, "run", parameters, values).cell
    assert "'n': 7," in cell
    assert "'on': True," in cell
    assert "'sizes': [1, 2]," in cell
    assert "'array': [[1, 2]]," in cell
    with pytest.raises(InvalidInput) as raised:
        write_call(IRIS, "run", parameters, {"n": "12", "on": "perhaps", "none": "1"})
    assert [each["name"] for each in raised.value.wrong] == ["n", "on", "none"]


@pytest.mark.parametrize(
    "value", [10**5000, "x" * 30_000, [[[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]]]], ids=["digits", "text", "depth"]
)
def test_what_belongs_into_a_file_is_refused(value: object) -> None:
    parameter = Parameter(name="x", extra={"value_type": "ndarray"})
    with pytest.raises(InvalidInput):
        write_call(IRIS, "run", [parameter], {"x": value})


@pytest.mark.parametrize(
    ("interval", "whole", "fraction"),
    [
        (Interval(minimum=-1, maximum=5), 0, 0.0),
        (Interval(minimum=1, maximum=5), 1, 1.0),
        (Interval(minimum=0, minimum_excluded=True), 1, 1.0),
        (Interval(minimum=0, maximum=1, minimum_excluded=True, maximum_excluded=True), 0, 0.5),
        (Interval(maximum=-2.5), -3, -2.5),
        (Interval(), 0, 0.0),
    ],
)
def test_placeholders_lie_in_their_range(interval: Interval, whole: int, fraction: float) -> None:
    assert placeholder(Parameter(name="n", value_type=ValueType.INT, value_range=interval)) == whole
    assert placeholder(Parameter(name="n", value_type=ValueType.FLOAT_LIST, value_range=interval)) == [fraction]


OLD_CELL = """\
# 请勿修改此单元格
from function.modules import Client as C
c = C(api_key='k', project_id='p', user_ID='u', project_type='app', source_file_path='x.ipynb')
run = c.run"""


@pytest.mark.parametrize(
    ("cells", "method", "code", "needs_client", "client_cell"),
    [
        ([], "run", "run", True, None),
        (["print('run')"], "run", "run", True, None),
        ([TEMPLATE_CELL], "train", "train", False, 0),
        (["x = 1", CLIENT_CELL], "predict", "predict", False, 1),
        ([OLD_CELL], "run", "run", False, 0),
        ([OLD_CELL], "train", "c.train", False, 0),
        (["%matplotlib inline\n" + TEMPLATE_CELL], "run", "run", False, None),
        ([TEMPLATE_CELL + "\nmodel = fit()"], "run", "run", False, None),
        ([TEMPLATE_CELL, "def train(x):\n    return x"], "train", "client.train", False, 0),
        (["def train(x):\n    return x"], "train", "client.train", True, None),
        (["from dask.distributed import Client\nclient = Client()\nrun = client.run"], "run", "client.run", True, None),
        (["import modules as m\nrun = m.Client().run"], "run", "run", False, None),
        (["this is no Python: Client", TEMPLATE_CELL], "run", "run", False, 1),
        (["# client = Client()\n# run = client.run"], "run", "run", True, None),
    ],
)
def test_the_client_is_found_in_the_code_and_not_in_its_words(
    cells: list[str], method: str, code: str, needs_client: bool, client_cell: int | None
) -> None:
    found = find_callee(cells, method)
    assert (found.code, found.needs_client, found.client_cell) == (code, needs_client, client_cell)
