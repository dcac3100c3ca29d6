"""From a notebook to handler.py and app_spec.yml."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.checkout import ROOT

from openmo.apps.preparing.proposal import prepare_app, spec_from_data
from openmo.core.errors import InvalidInput
from openmo.notebooks.errors import NotebookError
from openmo.specs.errors import SpecFileError
from openmo.specs.files import app_spec_data, load_app_spec
from openmo.specs.mistakes import MistakeKind

HANDLER = "def handle(conf):\n    a = conf['a']  # value_type: int\n    return {'b': scale(a)}  # value_type: float"


def notebook(*cells: str, kind: str = "code") -> dict[str, Any]:
    return {
        "cells": [{"cell_type": kind, "id": f"c{n}", "source": text} for n, text in enumerate(cells)],
        "nbformat": 4,
    }


def kinds(made: Any) -> set[MistakeKind]:
    return {each.kind for each in made.mistakes}


def test_the_cells_that_the_handler_needs_make_its_file() -> None:
    book = notebook("import math\n%matplotlib inline", "print(1)", "def scale(x):\n    return math.log(x)", HANDLER)
    book["cells"].insert(0, {"cell_type": "markdown", "id": "m", "source": "# Title"})
    made = prepare_app(book)
    assert [(cell.index, cell.id, cell.ticked) for cell in made.cells] == [
        (1, "c0", True),
        (2, "c1", False),
        (3, "c2", True),
        (4, "c3", True),
    ]
    assert made.cells[2].why == "It defines scale."
    assert made.cells[0].head == "import math"
    space: dict[str, Any] = {}
    exec(made.handler, space)
    assert space["handle"]({"a": 1}) == {"b": 0.0}
    assert "print(1)" not in made.handler
    assert kinds(made) == {MistakeKind.TURNED_OFF}
    (mistake,) = made.mistakes
    assert mistake.line is not None
    assert made.handler.split("\n")[mistake.line - 1] == "# Turned off: %matplotlib inline"
    assert app_spec_data(made.spec)["input"]["a"]["value_type"] == "int"


def test_a_person_may_choose_otherwise_by_index_or_id() -> None:
    book = notebook("def scale(x):\n    return x", HANDLER, "k = 1")
    made = prepare_app(book, [1, "c2"])
    assert [cell.ticked for cell in made.cells] == [False, True, True]
    assert made.cells[0].choice.ticked, "what was proposed stays visible"
    assert kinds(made) == {MistakeKind.UNDEFINED}
    for unknown in (7, -1, "nothing"):
        with pytest.raises(InvalidInput, match="There is no code cell"):
            prepare_app(book, [unknown])


def test_a_notebook_without_a_handler_says_so_and_shows_its_cells() -> None:
    made = prepare_app(notebook("x = 1"))
    assert len(made.cells) == 1
    assert kinds(made) == {MistakeKind.HANDLER}
    assert "def handle(conf)" in made.mistakes[0].message


def test_a_chosen_cell_that_is_no_python_is_left_out_and_named() -> None:
    made = prepare_app(notebook("def broken(:", HANDLER.replace("scale", "abs")), [0, 1])
    assert "Cell 1 is left out" in made.mistakes[0].message
    assert "def handle" in made.handler


def test_of_two_handlers_the_last_counts_and_the_other_is_named() -> None:
    made = prepare_app(
        notebook("def handle(conf):\n    return {'b': 1}", "x = 1", "def handle(conf):\n    return {'b': conf['b']}")
    )
    assert [cell.ticked for cell in made.cells] == [False, False, True]
    assert any("Cells 1 and 3 both define handle" in each.message for each in made.mistakes)


def test_a_guessed_type_is_named() -> None:
    made = prepare_app(notebook("def handle(conf):\n    return {'b': conf['a: x']}  # value_type: int"))
    assert [(each.kind, each.subject) for each in made.mistakes] == [(MistakeKind.PLEASE_CHECK, "a: x")]


def test_what_the_owner_wrote_into_the_spec_is_kept_where_the_code_is_silent() -> None:
    kept = load_app_spec(
        "input:\n  a: {value_type: int, description: age, default_value: 3, value_range: '0-9', unit: years}\n"
        "  n: {value_type: float, description: guessed}\n  gone: int\noutput:\n  b: float\ncover: c.png\n"
    )
    code = "def handle(conf):\n    a = conf['a']  # value_type: int\n    n = conf['n']\n    return {'b': a}"
    spec = app_spec_data(prepare_app(notebook(code), kept=kept).spec)
    assert spec["input"]["a"] == {
        "value_type": "int",
        "description": "age",
        "default_value": 3,
        "value_range": "0-9",
        "unit": "years",
    }
    assert spec["input"]["n"]["value_type"] == "float"
    assert set(spec["input"]) == {"a", "n"}
    assert spec["cover"] == "c.png"


def test_what_the_code_says_wins() -> None:
    kept = load_app_spec("input:\n  a: {value_type: str, value_range: [x, y], default_value: x}\n")
    code = "def handle(conf):\n    a = conf['a']  # value_type: int # description: new\n    return {}"
    spec = app_spec_data(prepare_app(notebook(code), kept=kept).spec)
    assert spec["input"]["a"] == {"value_type": "int", "description": "new"}


@pytest.mark.parametrize("template", ["blank", "iris-app", "train-digits"])
def test_the_templates_prepare_without_errors_of_their_own(template: str) -> None:
    book = json.loads((ROOT / "templates" / template / "coding_here.ipynb").read_text(encoding="utf-8"))
    made = prepare_app(book)
    assert made.cells[0].choice.reason == "client"
    errors = {each.kind for each in made.mistakes if each.severity == "error"}
    assert errors <= {MistakeKind.HANDLER}


def test_an_edited_spec_is_checked_and_written_out() -> None:
    spec, text = spec_from_data({"input": {"a": {"value_type": "enum", "value_range": ["甲", "乙"]}}, "output": {}})
    assert spec.inputs[0].choices == ("甲", "乙")
    assert load_app_spec(text) == spec


@pytest.mark.parametrize("section", [{"a": {"value_type": "nonsense"}}, [], {"a": {"value_type": "enum"}}])
def test_a_spec_edited_into_nonsense_is_refused(section: Any) -> None:
    with pytest.raises((SpecFileError, InvalidInput)):
        spec_from_data({"input": section})


def test_what_is_wrong_with_one_input_is_said_of_it() -> None:
    with pytest.raises(InvalidInput, match=r"^b: '10-0' is not a value_range"):
        spec_from_data({"input": {"a": {"value_type": "int"}, "b": {"value_type": "int", "value_range": "10-0"}}})


def test_a_default_that_no_caller_could_send_is_refused() -> None:
    for wrong in ({"default_value": "much"}, {"default_value": 11, "value_range": "0-10"}, {"default_value": [1]}):
        with pytest.raises(InvalidInput, match="The default of 'a' does not fit"):
            spec_from_data({"input": {"a": {"value_type": "float", **wrong}}})
    spec_from_data({"input": {"a": {"value_type": "img", "default_value": "examples/cat.png"}}})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["input", "output", "x"]), JSON, max_size=3))
def test_any_json_is_a_spec_or_an_error_that_says_so(data: dict[str, Any]) -> None:
    try:
        spec, text = spec_from_data(data)
    except (SpecFileError, InvalidInput):
        return
    assert load_app_spec(text) == spec


@given(st.lists(st.text(max_size=40) | st.none() | st.integers(), max_size=4), JSON)
def test_any_notebook_is_prepared_or_refused_in_words(sources: list[Any], extra: Any) -> None:
    book = {"cells": [{"cell_type": "code", "id": extra, "source": source} for source in sources], "metadata": extra}
    try:
        made = prepare_app(book)
    except (NotebookError, InvalidInput):
        return
    assert len(made.cells) == len(sources)
