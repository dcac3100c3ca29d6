"""Texts made to keep a reader busy, deep or large for ever are refused in words, or read: every reader, every bomb."""

import json
from collections.abc import Callable

import pytest
from support.doses import dose

from openmo.core.errors import OpenMoError
from openmo.notebooks.bounded import export_bounded
from openmo.notebooks.reading import read_cells
from openmo.specs.cells import choose_cells
from openmo.specs.files import load_app_spec, load_module_spec
from openmo.specs.handler import handler_streams, read_handler
from openmo.specs.module import is_module, read_module
from openmo.web.documents.notebook import notebook_cells

DEEP, MANY = dose(5_000, 20_000), dose(300, 3_000)
LAUGHS = "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 40))])
YAML = {
    "brackets": "input: " + "[" * DEEP,
    "braces": "input: " + "{a: " * DEEP,
    "levels": "\n".join(" " * n + f"k{n}:" for n in range(600)),
    "dashes": "- " * DEEP,
    "laughs": LAUGHS + "\ninput: *a39",
    "a loop": "input: &a\n  x: *a\n",
    "merges": "b: &b {<<: {x: 1}}\ninput:\n"
    + "".join(f"  k{n}: {{<<: [{', '.join(['*b'] * 50)}]}}\n" for n in range(200)),
    "digits": "input: {x: {value_type: int, default_value: " + "9" * 100_000 + "}}",
    "an exponent": "input: {x: {value_type: float, default_value: 1e999999999}}",
    "a text": "input: {x: {value_type: str, default_value: '" + "x" * 2_000_000 + "'}}",
    "keys": "input:\n" + "".join(f"  k{n}: int\n" for n in range(MANY)),
    "a tag": "input: !!python/object/apply:os.system ['true']",
    "documents": "---\ninput: {}\n" * MANY,
}
PYTHON = {
    "brackets": "x = " + "(" * DEEP,
    "lists": "x = " + "[" * 150 + "]" * 150,
    "signs": "x = " + "-" * DEEP + "1",
    "powers": "x = " + "**".join(["2"] * MANY),
    "calls": "x = f" + "()" * MANY,
    "attributes": "x = a" + ".b" * MANY,
    "sums": "x = " + "+".join(["1"] * MANY),
    "strings": "x = " + "'a' " * DEEP,
    "blocks": "\n".join(" " * n + "if x:" for n in range(99)) + " pass",
    "lambdas": "x = " + "lambda: " * MANY + "0",
    "else": "if a: pass\n" + "elif b: pass\n" * MANY,
    "functions": "def handle(conf):\n    return {}\n" * MANY,
    "parameters": "def handle(" + ", ".join(f"p{n}: int = {n}" for n in range(MANY)) + "):\n    return {}\n",
    "a default": "def handle(x=" + "9" * 100_000 + "):\n    return {}\n",
    "a NUL": "def handle(conf):\n    return {}\0\n",
    "braces in a text": "x = f'" + "{a}" * (60 * DEEP) + "'",
    "braces in a text of a handler": "def handle(conf):\n    x = f'" + "{a}" * 80_000 + "'\n    return {'x': 1}\n",
    "braces in a module": "class A:\n    def predict(self, conf):\n        x = f'"
    + "{a}" * 80_000
    + "'\n        return {}\n",
    "decorators": "class A:\n" + "    @a\n" * (8 * DEEP) + "    def predict(self, conf):\n        return {}\n",
    "one expression": "x = [" + "1," * (25 * DEEP) + "]",
    "braces in a default": "def handle(x=1):  # default_value: f'" + "{a}" * 80_000 + "'\n    return {}\n",
    "nested text": "x = f'" + "{" * MANY + "1" + "}" * MANY + "'",
}
LISTS = "[" * DEEP + "]" * DEEP


def _notebook(cell: str, metadata: str = "{}") -> str:
    return f'{{"cells": [{cell}], "metadata": {metadata}, "nbformat": 4, "nbformat_minor": 5}}'


def _code(source: object) -> str:
    return json.dumps({"cell_type": "code", "metadata": {}, "outputs": [], "source": source})


NOTEBOOKS = {
    "metadata": _notebook(_code("1"), '{"a": ' + LISTS + "}"),
    "large metadata": _notebook(_code("1"), json.dumps({"widgets": {str(n): "x" * 100 for n in range(20_000)}})),
    "an output": _notebook('{"cell_type": "code", "metadata": {}, "source": "1", "outputs": [' + LISTS + "]}"),
    "data": _notebook(
        '{"cell_type": "code", "metadata": {}, "source": "", "outputs": '
        '[{"output_type": "display_data", "data": {"text/html": ' + "[" * 900 + "]" * 900 + "}}]}"
    ),
    "objects": '{"a":' * DEEP + "1" + "}" * DEEP,
    "cells": _notebook(",".join([_code("x = 1")] * MANY)),
    "lines": _notebook(_code(["x = 1\n"] * 10 * MANY)),
    "digits": _notebook(_code("1"), '{"a": ' + "9" * 100_000 + "}"),
    "no number": _notebook(_code("1"), '{"a": NaN, "b": Infinity}'),
    "magics": _notebook(_code("%%capture\n" * 1500 + "%time " * 1500 + "x")),
    "braces": _notebook(_code("!echo " + "{" * MANY + "x" + "}" * MANY)),
    **{f"code of {name}": _notebook(_code(source)) for name, source in PYTHON.items()},
}
READERS: list[tuple[Callable[[str], object], dict[str, str]]] = [
    (load_app_spec, YAML),
    (load_module_spec, YAML),
    (read_handler, PYTHON),
    (handler_streams, PYTHON),
    (read_module, PYTHON),
    (is_module, PYTHON),
    (lambda source: choose_cells([source]), PYTHON),
    (read_cells, NOTEBOOKS),
    (lambda notebook: export_bounded(notebook, "bomb.ipynb"), NOTEBOOKS),
    (notebook_cells, NOTEBOOKS),
]


@pytest.mark.parametrize(
    ("read", "text"),
    [
        pytest.param(read, text, id=f"{number}-{getattr(read, '__name__', 'read')}-{name}")
        for number, (read, bombs) in enumerate(READERS)
        for name, text in bombs.items()
    ],
)
def test_a_bomb_is_read_or_refused_in_words(read: Callable[[str], object], text: str) -> None:
    said = "read"
    try:
        read(text)
    except OpenMoError as error:
        said = error.message
    assert said
    assert len(said) < 2000
