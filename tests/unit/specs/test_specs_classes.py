"""A module's main.py from cells: it parses, and holds exactly what was chosen and the class that offers it."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.languages.language import CHINESE
from openmo.specs.cells import Reason, choose_cells, module_aim
from openmo.specs.classes import generate_module
from openmo.specs.errors import SpecError
from openmo.specs.generate import is_generated
from openmo.specs.module import ModuleKind, read_module

TRAIN = """def train(conf):
    x = conf['x']  # value_type: [float] # description: points
    return {'loss': sum(x)}  # value_type: float # description: how far off"""
PREDICT = "def predict(x: float, k: int = 2) -> float:\n    return {'y': x * k}"
CELLS = (
    "import math\n",
    "from __future__ import annotations\nhalf = 0.5",
    "text = '''\n    def run(self):\n'''",
    "class Helper:\n    def fit(self):\n        return 1",
    TRAIN,
    PREDICT,
    "def run():\n    return {'done': True}",
    "def load_model():\n    globals()['ready'] = True",
    "class counter:\n    def run(self, conf={}):\n        return {}",
    "x = 1; y = [\n    x,\n]",
)


@given(st.lists(st.sampled_from(CELLS), max_size=8), st.sampled_from(["counter", "Helper", "math", "list", "text"]))
def test_it_is_what_was_chosen_and_a_class_that_offers_it(cells: list[str], name: str) -> None:
    source = generate_module(cells, name)
    made = [ast.dump(each) for each in ast.parse(source).body]
    futures = [each for each in made if "__future__" in each]
    chosen = [ast.dump(_quiet(each)) for cell in cells for each in ast.parse(cell).body]
    rest = [each for each in made[1:] if each not in futures]
    assert rest[: len(chosen)] == chosen
    assert len(rest) - len(chosen) in (0, 1), "nothing else is in it but a class"
    assert is_generated(source)
    names = {each.name for cell in cells for each in ast.parse(cell).body if hasattr(each, "name")}
    if {"predict", "run", "counter"} & names:
        read = read_module(source)
        own = "counter" in names
        assert own is (read.class_name == "counter" and len(rest) == len(chosen)) or name == "counter"
        assert set(read.methods) == ({"run"} if own else names & {"train", "predict", "run"})


def _quiet(node: ast.stmt) -> ast.stmt:
    return ast.Pass() if isinstance(node, ast.ImportFrom) and node.module == "__future__" else node


def test_functions_are_read_as_they_declare_themselves() -> None:
    read = read_module(generate_module([TRAIN, PREDICT], "line"))
    assert (read.class_name, read.kind, read.methods) == ("line", ModuleKind.MODEL, ("train", "predict"))
    assert [each.name for each in read.spec.inputs["train"]] == ["x"]
    assert [(each.name, each.has_default) for each in read.spec.inputs["predict"]] == [("x", False), ("k", True)]
    assert [each.description for each in read.spec.outputs["train"]] == ["how far off"]


@pytest.mark.parametrize("name", ["list", "half", "predict"])
def test_it_can_be_called_also_where_its_name_is_taken(name: str) -> None:
    cells = ["half = 0.5", "state = []", "def load_model():\n    state.append(1)", PREDICT, TRAIN, "list(state)"]
    source = generate_module(cells, name)
    space: dict[str, object] = {}
    exec(source, space)
    module = space[read_module(source).class_name]
    assert isinstance(module, type)
    instance = module({})
    instance.load_model()
    assert instance.predict({"x": 3.0}) == {"y": 6.0}
    assert instance.train({"x": [1.0]}) == {"loss": 1.0}
    assert (space["state"], space["half"]) == ([1], 0.5)


def test_a_method_by_hand_that_does_more_is_read_itself() -> None:
    method = "class m:\n    def predict(self, conf={}):\n"
    source = f"{PREDICT}\n{method}        conf['z']\n        return predict(**conf)"
    assert [each.name for each in read_module(source).spec.inputs["predict"]] == ["z"]
    other = f"{PREDICT}\n{method}        return predict(1.0)"
    assert [each.name for each in read_module(other).spec.inputs["predict"]] == []


def test_a_cell_that_is_no_python_is_named() -> None:
    with pytest.raises(SpecError, match="cell 2"):
        generate_module(["x = 1", "x ="], "m")
    assert generate_module([PREDICT], "m", CHINESE).startswith('"""')
    assert is_generated(generate_module([PREDICT], "m", CHINESE))


def test_cells_are_proposed_that_the_methods_need() -> None:
    cells = ["import math", "k = 2", "unrelated = 1", "def predict(conf):\n    return {'y': conf['x'] * k}", TRAIN]
    found = choose_cells(cells, module_aim(cells))
    assert [each.reason for each in found] == [None, Reason.DEFINES, None, Reason.MODULE, Reason.MODULE]
    assert found[3].needed_for == ("predict",)


def test_a_class_goes_before_functions_and_the_last_one_counts() -> None:
    one = "class a:\n    def run(self, conf={}):\n        return {}"
    two = "class b:\n    def predict(self, conf={}):\n        return {'y': scale}"
    cells = [one, "def predict(conf):\n    return {}", two, "scale = 1"]
    assert [each.ticked for each in choose_cells(cells, module_aim(cells))] == [False, False, True, True]
