import ast

import pytest

from openmo.specs.errors import SpecError
from openmo.specs.generate import generate_handler
from openmo.specs.handler import read_handler

HANDLER = "def handle(conf):\n    return {'y': conf['x']}  # value_type: int"


def test_cells_in_order() -> None:
    source = generate_handler(["import math", "", HANDLER])
    assert source.index("import math") < source.index("def handle")
    assert read_handler(source).spec.outputs[0].name == "y"
    assert ast.get_docstring(ast.parse(source))


def test_future_imports_move_to_the_top() -> None:
    source = generate_handler(["x = 1", "from __future__ import annotations\ny: Undefined = 2"])
    namespace: dict[str, object] = {}
    exec(compile(source, "handler.py", "exec", dont_inherit=True), namespace)
    assert namespace["y"] == 2


@pytest.mark.parametrize(
    "cell", ["x = '''", "x = (1,", "!ls", "%matplotlib inline", "x = 1\n  y", "\0", "x = '\ud800'"]
)
def test_a_cell_that_is_not_whole_python_is_named(cell: str) -> None:
    with pytest.raises(SpecError, match=r"^cell 2"):
        generate_handler(["x = 1", cell, HANDLER])


def test_no_cell_can_choose_the_files_encoding() -> None:
    source = generate_handler(["# -*- coding: utf-7 -*-\nx = '+ACI-; import os; +ACI-'"])
    namespace: dict[str, object] = {}
    exec(compile(source.encode(), "handler.py", "exec"), namespace)
    assert "os" not in namespace
