"""Comparing two versions of a module: with itself nothing changes, there and back are each other's mirror, and what is
called compatible refuses no call that was welcome before.
"""

from collections import Counter
from collections.abc import Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.doses import dose

from openmo.core.errors import InvalidInput
from openmo.modules.compatibility.compare import compare
from openmo.modules.compatibility.parameters import input_changes
from openmo.modules.compatibility.ranges import Relation, relation
from openmo.modules.compatibility.values import Bump, ChangeCode, ComparedVersion
from openmo.specs.module import read_module
from openmo.specs.validate import compile_validator
from openmo.specs.values import Interval, ModuleSpec, Parameter, ValueRange, ValueType

unhurried = settings(deadline=None)  # a busy machine is no failure

NAMES = st.sampled_from(["a", "b", "c"])
WHOLE = st.integers(-1, 5)
NUMBER = WHOLE | st.sampled_from([0.5, 1.5, 2.0, -0.25])
WORDS = ["x", "y", "2"]
VALUES = [
    *(-4, -3, -1, 0, 1, 2, 3, 5, 6, 7, 0.5, 1.5, -0.25, 2.0), "x", "y", "2", "z", True, [1], [0, 2], [7],
]  # fmt: skip
CODE = "class tool:\n    def {method}(self, conf={{}}):\n        return {{}}\n"
MIRRORS = {
    ChangeCode.METHOD_ADDED: ChangeCode.METHOD_REMOVED,
    ChangeCode.INPUT_NOW_REQUIRED: ChangeCode.INPUT_NOW_OPTIONAL,
    ChangeCode.CHOICE_ADDED: ChangeCode.CHOICE_REMOVED,
    ChangeCode.DEFAULT_ADDED: ChangeCode.DEFAULT_REMOVED,
    ChangeCode.OUTPUT_ADDED: ChangeCode.OUTPUT_REMOVED,
    ChangeCode.OUTPUT_MAY_LACK: ChangeCode.OUTPUT_NEVER_LACKS,
}
THEMSELVES = {
    ChangeCode.KIND_CHANGED, ChangeCode.INPUT_RENAMED, ChangeCode.OUTPUT_RENAMED, ChangeCode.DEFAULT_CHANGED,
    ChangeCode.DETAILS_CHANGED, ChangeCode.OUTPUT_TYPE_CHANGED,
}  # fmt: skip


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted((draw(NUMBER), draw(NUMBER)))
    return Interval(
        minimum=draw(st.sampled_from([low, None])),
        maximum=draw(st.sampled_from([high, None])),
        minimum_excluded=draw(st.booleans()),
        maximum_excluded=draw(st.booleans()),
    )


def ranges(value_type: ValueType) -> st.SearchStrategy[ValueRange | None]:
    choices = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map(tuple)
    numbers = st.lists(WHOLE, min_size=1, max_size=4, unique=True).map(tuple)
    match value_type:
        case ValueType.ENUM:
            return choices
        case ValueType.STR:
            return st.none() | choices
        case ValueType.INT | ValueType.FLOAT | ValueType.INT_LIST:
            return st.none() | intervals() | numbers
    return st.none()


@st.composite
def parameters(draw: st.DrawFn, name: str) -> Parameter:
    types = (ValueType.INT, ValueType.FLOAT, ValueType.STR, ValueType.ENUM, ValueType.BOOL, ValueType.INT_LIST)
    value_type = draw(st.sampled_from(types))
    return Parameter(
        name=name,
        value_type=value_type,
        value_range=draw(ranges(value_type)),
        has_default=draw(st.booleans()),
        default_value=1,
        optional=draw(st.booleans()),
        description=draw(st.sampled_from(["", "words"])),
    )


@st.composite
def lists_of_parameters(draw: st.DrawFn) -> tuple[Parameter, ...]:
    return tuple(draw(parameters(name)) for name in draw(st.lists(NAMES, max_size=3, unique=True)))


@st.composite
def versions(draw: st.DrawFn) -> ComparedVersion:
    method = draw(st.sampled_from(["run", "predict"]))
    spec = ModuleSpec(inputs={method: draw(lists_of_parameters())}, outputs={method: draw(lists_of_parameters())})
    source = CODE.format(method=method)
    return ComparedVersion(spec=spec, kind=read_module(source).kind, source=source)


@unhurried
@given(versions())
def test_a_version_changes_nothing_of_itself(version: ComparedVersion) -> None:
    assert compare(version, version).changes == ()
    assert compare(version, version).bump is Bump.PATCH


@unhurried
@given(versions(), versions())
def test_there_and_back_mirror_each_other(one: ComparedVersion, other: ComparedVersion) -> None:
    there, back = (Counter(change.code for change in compare(*pair).changes) for pair in ((one, other), (other, one)))
    for code, mirror in MIRRORS.items():
        assert (there[code], there[mirror]) == (back[mirror], back[code]), code
    for code in THEMSELVES:
        assert there[code] == back[code], code
    added = there[ChangeCode.INPUT_ADDED] + there[ChangeCode.INPUT_DEMANDED]
    assert added == back[ChangeCode.INPUT_REMOVED]
    assert (there == Counter()) == (back == Counter())


@settings(deadline=None, max_examples=dose(300, 3000))
@given(st.data())
def test_sets_of_values_relate_both_ways(data: st.DataObject) -> None:
    value_type = data.draw(st.sampled_from([ValueType.INT, ValueType.FLOAT, ValueType.STR]))
    one, other = (Parameter(name="a", value_type=value_type, value_range=data.draw(ranges(value_type))) for _ in "12")
    mirrors = {Relation.WIDER: Relation.NARROWER, Relation.NARROWER: Relation.WIDER}
    assert relation(one, one) is Relation.EQUAL
    there, back = relation(one, other), relation(other, one)
    assert back is mirrors.get(there, there)
    if there in (Relation.EQUAL, Relation.WIDER):
        assert [value for value in VALUES if _takes([one], {"a": value}) and not _takes([other], {"a": value})] == []


@settings(deadline=None, max_examples=dose(150, 2000))
@given(lists_of_parameters(), lists_of_parameters(), st.dictionaries(NAMES, st.sampled_from(VALUES), max_size=3))
@example(
    (Parameter(name="a", value_type=ValueType.INT, value_range=Interval(minimum=1)),),
    (Parameter(name="a", value_type=ValueType.INT, value_range=Interval(minimum=0.5, minimum_excluded=True)),),
    {"a": 1},
)
def test_a_compatible_version_takes_every_call_that_was_taken(
    old: Sequence[Parameter], new: Sequence[Parameter], values: dict[str, object]
) -> None:
    if not _takes(old, values):
        return
    breaks = any(change.bump is Bump.MAJOR for change in input_changes("run", old, new))
    assert breaks or _takes(new, values)


def _takes(parameters: Sequence[Parameter], values: dict[str, object]) -> bool:
    try:
        compile_validator(parameters)(values)
    except InvalidInput:
        return False
    return True
