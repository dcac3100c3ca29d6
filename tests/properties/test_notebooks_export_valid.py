"""Whatever the cells hold, the script is valid Python; and cells that are Python stand in it unchanged."""

import ast
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from openmo.notebooks.errors import NotebookError
from openmo.notebooks.export import export_notebook
from openmo.notebooks.python import all_compile, compiles

unhurried = settings(deadline=None)  # a busy machine is no failure

PIECES = (
    "x = 1\n¦    ¦!ls {x} $x¦%time ¦%cd a¦%%time\n¦%%bash\n¦%%writefile f\n¦%run a.py¦%timeit ¦%env A=¦pip install x"
    "¦'''¦\"\"\"¦'¦\"¦(¦)¦[¦{¦}¦{{¦\\¦#¦?¦x?¦= ¦!¦%¦$¦;¦,¦@¦y = !a¦f'{x!r}'¦await x¦if x:\n¦def f():\n¦return"
    "¦else:¦lambda:¦from __future__ import annotations\n¦global x\n¦get_ipython()¦.system('a')¦display("
    "¦é¦\0¦\r¦\f¦\t¦\u2028¦\ufeff"
)
HOSTILE = st.lists(st.sampled_from(PIECES.split("¦")), max_size=12).map("".join) | st.text(max_size=40)
PLAIN = st.sampled_from(
    [
        "x = 1",
        "for i in range(3):\n    print(i % 2, i != 3)",
        "s = '''\n!ls\n%cd x\n# %%\n'''",
        "y = (5\n% 3)",
        "# only a comment?",
        "def f(a, *b):\n\n    return a",
        "print('what?')",
        "raise SystemExit",
    ]
)
COMMAND = st.sampled_from(
    ["!ls {x} $x", "%matplotlib inline", "z = !ls", "x?", "%%time\nx = 1", "%%html\n<b>", "%cd $x"]
)
KINDS = st.sampled_from(["code", "code", "code", "markdown", "raw"])


def notebook(cells: list[tuple[str, str]]) -> dict[str, Any]:
    return {"cells": [{"cell_type": kind, "source": source} for kind, source in cells]}


@unhurried
@given(st.lists(st.tuples(KINDS, HOSTILE | PLAIN | COMMAND), max_size=6), st.text(max_size=20))
@example([("code", "get_ipython();'''x = 1\n'''")], "")
def test_the_script_is_always_valid(cells: list[tuple[str, str]], name: str) -> None:
    source = export_notebook(notebook(cells), name)
    compile(source.encode(), "x.py", "exec")


@unhurried
@given(st.lists(PLAIN | COMMAND, max_size=6))
def test_plain_cells_stand_unchanged_and_in_order(cells: list[str]) -> None:
    source = export_notebook(notebook([("code", cell) for cell in cells]), "x")
    compile(source, "x.py", "exec")
    position = 0
    for cell in cells:
        if compiles(cell):
            position = source.index(f"\n# %%\n{cell}\n", position) + 1


@unhurried
@given(st.lists(HOSTILE | PLAIN, max_size=4))
def test_asking_at_once_is_asking_one_by_one(texts: list[str]) -> None:
    texts = [text.replace("\r", "") for text in texts]
    if all_compile(texts):
        assert all(compiles(text) for text in texts)
        body = ast.parse("".join(f"pass\n{text}\n" for text in texts)).body
        assert len(body) == len(texts) + sum(len(ast.parse(text).body) for text in texts)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["cells", "cell_type", "source", "worksheets", "metadata", "input"]), inner)
    ),
    max_leaves=8,
)


@unhurried
@given(JSON)
def test_any_document_is_exported_or_refused(document: Any) -> None:
    try:
        source = export_notebook(document, "x")
    except NotebookError:
        return
    compile(source, "x.py", "exec")
