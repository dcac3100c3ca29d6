"""Whatever a module's spec says, and whatever a form sends: the inserted cell is exactly the call that it should be."""

import ast
import math
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager
from support.doses import dose

from openmo.core.errors import InvalidInput
from openmo.core.references import Reference
from openmo.jobs.module_jobs import script_of
from openmo.modules.snippets.calls import write_call
from openmo.modules.snippets.client import CLIENT_CELL
from openmo.modules.snippets.placeholders import placeholder
from openmo.specs.values import MODULE_METHODS, Interval, Parameter, ValueType

NOTEBOOK = TransformerManager()  # type: ignore[no-untyped-call]  # IPython ships no types of it
"""What a kernel makes of a cell before Python reads it: commands and questions become calls."""
IRIS = Reference("openmo", "iris_classifier", "1.0.0")
TEXTS = st.text(st.characters(exclude_categories=()), max_size=30)
HOSTILE = st.sampled_from(
    (
        "x'\n}\nimport os; os.system('id')\n#",
        "\u2028import os",
        "\x85import os\x0b\x0cimport os\r\nimport os\rimport os",
        '"""\\',
        "\\",
        "'}; import os #",
        "{0} %s \0 \ud800 \u202e",
        "# value_type: int # description: other",
        "what is it?",
        "!rm -rf /",
        "%%bash",
        "花萼长（厘米）",
    )
)
WORDS = HOSTILE | TEXTS
NUMBERS = st.integers() | st.floats()
SCALARS = st.none() | st.booleans() | NUMBERS | WORDS
PLAIN = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=8
)
RANGES = (
    st.none()
    | st.lists(WORDS | NUMBERS, min_size=1, max_size=3).map(tuple)
    | st.builds(Interval, minimum=st.none() | NUMBERS, maximum=st.none() | NUMBERS, minimum_excluded=st.booleans())
)


@st.composite
def parameters(draw: st.DrawFn) -> list[Parameter]:
    names = draw(st.lists(WORDS, unique=True, max_size=5))
    extra: st.SearchStrategy[dict[str, str]] = st.just({}) | st.builds(lambda word: {"value_type": word}, WORDS)
    return [
        Parameter(
            name=name,
            value_type=draw(st.sampled_from(ValueType)),
            description=draw(WORDS),
            has_default=draw(st.booleans()),
            default_value=draw(PLAIN | st.dates()),
            value_range=draw(RANGES),
            optional=draw(st.booleans()),
            extra=draw(extra),
        )
        for name in names
    ]


def node_of(value: Any) -> ast.expr:
    """The tree that means the value, made without its text."""
    if isinstance(value, list):
        return ast.List([node_of(each) for each in value], ast.Load())
    if isinstance(value, dict):
        return ast.Dict([node_of(key) for key in value], [node_of(each) for each in value.values()])
    if isinstance(value, float) and not math.isfinite(value):
        return ast.Call(ast.Name("float", ast.Load()), [ast.Constant(str(value))], [])
    if isinstance(value, (int, float)) and (value < 0 or str(value) == "-0.0"):
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value.isoformat() if isinstance(value, date) else value)


def call_of(method: str, conf: dict[str, Any]) -> str:
    """What the cell must say, as Python's own reading of it."""
    assign = ast.Assign([ast.Name("conf", ast.Store())], node_of(conf))
    arguments = [ast.Constant(str(IRIS)), ast.Name("conf", ast.Load())]
    call = ast.Assign([ast.Name("result", ast.Store())], ast.Call(ast.Name(method, ast.Load()), arguments, []))
    return ast.dump(ast.Module([assign, call, ast.Expr(ast.Name("result", ast.Load()))], []))


def intended(each: Parameter) -> Any:
    return each.default_value if each.has_default else placeholder(each)


@settings(max_examples=dose(60, 2000), deadline=None)
@given(parameters(), st.sampled_from(MODULE_METHODS))
def test_the_cell_is_the_call_and_nothing_else(spec: list[Parameter], method: str) -> None:
    cell = write_call(IRIS, method, spec, {}).cell
    conf = {each.name: intended(each) for each in spec if each.has_default or not each.optional}
    assert ast.dump(ast.parse(cell)) == call_of(method, conf)
    assert cell.replace("\n", "").isprintable()
    assert NOTEBOOK.transform_cell(cell) == f"{cell}\n"


@settings(max_examples=dose(60, 2000), deadline=None)
@given(parameters(), st.data())
def test_what_a_form_sends_is_written_as_its_value_or_refused_by_its_name(
    spec: list[Parameter], data: st.DataObject
) -> None:
    unchecked = [Parameter(name=each.name, extra={"value_type": "ndarray"}) for each in spec]
    sent = {each.name: data.draw(PLAIN.filter(lambda value: not isinstance(value, str))) for each in unchecked}
    conf = {name: value for name, value in sent.items() if value is not None}
    cell = write_call(IRIS, "run", unchecked, sent).cell
    assert ast.dump(ast.parse(cell)) == call_of("run", {each.name: conf.get(each.name) for each in unchecked})


@settings(max_examples=dose(60, 2000), deadline=None)
@given(parameters(), st.dictionaries(WORDS, PLAIN, max_size=3), st.data())
def test_no_value_of_a_form_becomes_code(spec: list[Parameter], strange: dict[str, Any], data: st.DataObject) -> None:
    sent = strange | {each.name: data.draw(PLAIN) for each in spec}
    try:
        cell = write_call(IRIS, "run", spec, sent).cell
    except InvalidInput as error:
        named = {each["name"] for each in error.wrong}
    else:
        named = set()
        check(ast.parse(cell))
    assert named <= {name[:100] for name in sent}


def check(tree: ast.Module) -> None:
    assert [type(statement) for statement in tree.body] == [ast.Assign, ast.Assign, ast.Expr]
    called = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert set(called) <= {"run", "float"}
    assert called.count("run") == 1


@settings(max_examples=dose(60, 2000), deadline=None)
@given(parameters(), st.sampled_from(MODULE_METHODS))
def test_the_script_of_a_job_is_the_client_and_the_call(spec: list[Parameter], method: str) -> None:
    source = script_of(write_call(IRIS, method, spec, {})).decode()
    *client, conf, call, shown = ast.parse(source).body
    assert ast.dump(ast.Module(client, [])) == ast.dump(ast.parse(CLIENT_CELL))
    wanted = {each.name: intended(each) for each in spec if each.has_default or not each.optional}
    said = ast.Module([conf, call, ast.Expr(ast.Name("result", ast.Load()))], [])
    assert (ast.dump(said), ast.unparse(shown)) == (call_of(method, wanted), "print(result)")
