"""Releases of one module that each change something: what is told of it, and which number it demands."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from openmo.core.versions import Version
from openmo.modules.compatibility.compare import compare
from openmo.modules.compatibility.values import BUMPS, Bump, ChangeCode, ComparedVersion
from openmo.specs.errors import SpecError
from openmo.specs.files import load_module_spec
from openmo.specs.module import read_module
from openmo.specs.source import MAX_SOURCE

SPEC = """\
input:
  train:
    data_path: {value_type: str, description: a folder with one sub-folder per class}
    epochs: {value_type: int, default_value: 5, value_range: "1-100"}
    rate: {value_type: float, default_value: 0.1, value_range: ">0, <=1"}
    optimizer: {value_type: enum, default_value: sgd, value_range: [sgd, adam]}
  predict:
    picture: {value_type: img}
    top: {value_type: int, default_value: 3, value_range: ">0, <=10"}
    note: {value_type: str, optional: true, default_value: none}
    weights: {value_type: ndarray, optional: true}
output:
  train:
    loss: {value_type: float, value_range: ">=0"}
  predict:
    label: {value_type: enum, value_range: [cat, dog]}
    score: {value_type: float, value_range: "0-1"}
    mask: {value_type: img, optional: true}
"""
CODE = """\
class classifier(Estimator):
    def __init__(self, conf={}):
        self._net = None

    def train(self, conf={}):
        return {"loss": 0.5}

    def predict(self, conf={}):
        return {"label": "cat", "score": 0.9}

    def load_model(self):
        pass

    def classes(self, conf={}, names=True):
        return ["cat", "dog"]

    def _fit(self, data):
        pass
"""
TRAINING = CODE[CODE.index("    def train") : CODE.index("    def predict")]
PREDICTION = CODE[CODE.index("    def predict") : CODE.index("    def load_model")]
TRAIN_INPUTS = SPEC[SPEC.index("  train:") : SPEC.index("  predict:")]
TRAIN_OUTPUTS = "  train:\n    loss: {value_type: float, value_range: '>=0'}\n".replace("'", '"')
RATE = '    rate: {value_type: float, default_value: 0.1, value_range: ">0, <=1"}\n'
MASK = "    mask: {value_type: img, optional: true}\n"
C = ChangeCode

Edits = Mapping[str, str]
MAJOR: dict[str, tuple[Edits, list[ChangeCode]]] = {
    "an input has another name": ({"data_path": "folder"}, [C.INPUT_RENAMED]),
    "two inputs have other names": (
        {"data_path": "folder", "epochs": "rounds"},
        [C.INPUT_REMOVED, C.INPUT_REMOVED, C.INPUT_DEMANDED, C.INPUT_ADDED],
    ),
    "an input is gone": ({RATE: ""}, [C.INPUT_REMOVED]),
    "a new input must be given": ({"    top:": "    size: {value_type: int}\n    top:"}, [C.INPUT_DEMANDED]),
    "a default is taken away": ({"default_value: 5, ": ""}, [C.INPUT_NOW_REQUIRED]),
    "a default of what may be left out is taken away": ({", default_value: none": ""}, [C.DEFAULT_REMOVED]),
    "what may be left out must be given": ({"ndarray, optional: true": "ndarray"}, [C.INPUT_NOW_REQUIRED]),
    "an input is whole numbers only": (
        {"rate: {value_type: float, default_value: 0.1": "rate: {value_type: int, default_value: 1"},
        [C.INPUT_TYPE_CHANGED, C.DEFAULT_CHANGED],
    ),
    "an input is a text instead of a number": (
        {'int, default_value: 5, value_range: "1-100"': 'str, default_value: "5"'},
        [C.INPUT_TYPE_CHANGED, C.DEFAULT_CHANGED],
    ),
    "a picture becomes a film": ({"picture: {value_type: img": "picture: {value_type: video"}, [C.INPUT_TYPE_CHANGED]),
    "a type that is a word becomes another": ({"ndarray": "tensor"}, [C.INPUT_TYPE_CHANGED]),
    "a range ends earlier": ({"1-100": "1-50"}, [C.INPUT_RANGE_NARROWER]),
    "a range begins later": ({"1-100": "2-100"}, [C.INPUT_RANGE_NARROWER]),
    "a range moves": ({"1-100": "5-200"}, [C.INPUT_RANGE_NARROWER]),
    "an end of a range is left out": ({'<=1"': '<1"'}, [C.INPUT_RANGE_NARROWER]),
    "there is a range for the first time": (
        {"note: {value_type: str,": "note: {value_type: str, value_range: [none, some],"},
        [C.INPUT_TYPE_CHANGED],
    ),
    "a range becomes a list with less": ({'"1-100"': "[1, 5, 100]"}, [C.INPUT_RANGE_NARROWER]),
    "a choice is gone": ({"[sgd, adam]": "[sgd]"}, [C.CHOICE_REMOVED]),
    "a choice is another": ({"[sgd, adam]": "[sgd, lion]"}, [C.CHOICE_REMOVED, C.CHOICE_ADDED]),
    "an output has another name": ({"loss": "error"}, [C.OUTPUT_RENAMED]),
    "an output is gone": ({MASK: ""}, [C.OUTPUT_REMOVED]),
    "an output is of another type": (
        {'score: {value_type: float, value_range: "0-1"}': 'score: {value_type: "[float]"}'},
        [C.OUTPUT_TYPE_CHANGED],
    ),
    "an output has more values": ({'"0-1"': '"0-100"'}, [C.OUTPUT_RANGE_WIDER]),
    "an output has another label": ({"[cat, dog]": "[cat, dog, fox]"}, [C.OUTPUT_RANGE_WIDER]),
    "an output may be missing": (
        {'value_range: "0-1"': 'value_range: "0-1", optional: true'},
        [C.OUTPUT_MAY_LACK],
    ),
    "a method is gone": ({TRAIN_INPUTS: "", TRAIN_OUTPUTS: "", TRAINING: ""}, [C.METHOD_REMOVED]),
    "a method becomes a property": (
        {"    def classes(self, conf={}, names=True)": "    @property\n    def classes(self)"},
        [C.METHOD_REMOVED],
    ),
    "a method beside the spec's has another name": ({"def classes": "def labels"}, [C.METHOD_REMOVED, C.METHOD_ADDED]),
    "the kind is another": (
        {"def predict": "def run", "\n  predict:": "\n  run:"},
        [C.KIND_CHANGED, C.METHOD_REMOVED, C.METHOD_ADDED],
    ),
    "a method demands more": ({"names=True": "names=True, *, order"}, [C.SIGNATURE_CHANGED]),
    "a method takes conf by name only": (
        {"predict(self, conf={})": "predict(self, *, conf={})"},
        [C.SIGNATURE_CHANGED],
    ),
    "a parameter beside conf is gone": ({", names=True": ""}, [C.SIGNATURE_CHANGED]),
    "the loading of weights wants something": ({"load_model(self)": "load_model(self, path)"}, [C.SIGNATURE_CHANGED]),
    "a method is asynchronous": ({"def predict": "async def predict"}, [C.SIGNATURE_CHANGED]),
    "the class inherits no more": ({"(Estimator)": ""}, [C.BASE_REMOVED]),
}
MINOR: dict[str, tuple[Edits, list[ChangeCode]]] = {
    "a new input has a default": (
        {"    top:": "    size: {value_type: int, default_value: 1}\n    top:"},
        [C.INPUT_ADDED],
    ),
    "a new input may be left out": (
        {"    top:": "    size: {value_type: int, optional: true}\n    top:"},
        [C.INPUT_ADDED],
    ),
    "what must be given may be left out": (
        {"{value_type: img}": "{value_type: img, optional: true}"},
        [C.INPUT_NOW_OPTIONAL],
    ),
    "what may be left out has a default": (
        {"{value_type: ndarray, optional: true": "{value_type: ndarray, optional: true, default_value: zeros"},
        [C.DEFAULT_ADDED],
    ),
    "a default is another": ({"default_value: 5": "default_value: 6"}, [C.DEFAULT_CHANGED]),
    "an input takes all numbers": ({"epochs: {value_type: int": "epochs: {value_type: float"}, [C.INPUT_TYPE_WIDER]),
    "an input takes any file": ({"picture: {value_type: img": "picture: {value_type: file"}, [C.INPUT_TYPE_WIDER]),
    "a choice becomes any text": (
        {"{value_type: enum, default_value: sgd, value_range: [sgd, adam]}": "{value_type: str, default_value: sgd}"},
        [C.INPUT_TYPE_WIDER],
    ),
    "a range reaches further": ({"1-100": "1-1000"}, [C.INPUT_RANGE_WIDER]),
    "a range has no end": ({"1-100": ">=1"}, [C.INPUT_RANGE_WIDER]),
    "there is no range any more": ({', value_range: ">0, <=1"': ""}, [C.INPUT_RANGE_WIDER]),
    "there is one more choice": ({"[sgd, adam]": "[sgd, adam, lion]"}, [C.CHOICE_ADDED]),
    "there is one more output": ({MASK: MASK + "    time: {value_type: float}\n"}, [C.OUTPUT_ADDED]),
    "an output is always there": ({MASK: "    mask: {value_type: img}\n"}, [C.OUTPUT_NEVER_LACKS]),
    "an output has fewer values": ({'"0-1"': '"0-0.5"'}, [C.OUTPUT_RANGE_NARROWER]),
    "there is a new method in the spec": (
        {PREDICTION: PREDICTION + PREDICTION.replace("predict", "run")},
        [C.METHOD_ADDED],
    ),
    "there is a new method beside it": ({"def _fit": "def fit"}, [C.METHOD_ADDED]),
}
PATCH: dict[str, tuple[Edits, list[ChangeCode]]] = {
    "nothing that anybody could notice": ({"self._net = None": "self._net = 1", "_fit": "_learn"}, []),
    "a description is another": ({"a folder with one": "a folder that has one"}, [C.DETAILS_CHANGED]),
    "conf has another name and must be given": ({"predict(self, conf={})": "predict(self, options)"}, []),
    "a range is written in another way": ({'">0, <=10"': '"1-10"'}, []),
    "the choices stand in another order": ({"[sgd, adam]": "[adam, sgd]"}, []),
    "a default is written as a number of another kind": ({"names=True": "names=False"}, []),
    "the class has another name": ({"class classifier": "class sorter"}, [C.CLASS_RENAMED]),
}
TABLE = [
    pytest.param(edits, codes, bump, id=name)
    for bump, rows in ((Bump.MAJOR, MAJOR), (Bump.MINOR, MINOR), (Bump.PATCH, PATCH))
    for name, (edits, codes) in rows.items()
]


def version(spec: str = SPEC, code: str = CODE) -> ComparedVersion:
    return ComparedVersion(spec=load_module_spec(spec), kind=read_module(code).kind, source=code)


def edited(text: str, edits: Edits) -> str:
    for old, new in edits.items():
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(("edits", "codes", "bump"), TABLE)
def test_each_changed_release_is_classified(edits: Edits, codes: list[ChangeCode], bump: Bump) -> None:
    assert all(old in SPEC + CODE for old in edits), "an edit changes nothing"
    comparison = compare(version(), version(edited(SPEC, edits), edited(CODE, edits)))
    assert sorted(change.code for change in comparison.changes) == sorted(codes)
    assert comparison.bump is bump
    assert all(change.message for change in comparison.changes)
    assert bool(comparison.breaking) == (bump is Bump.MAJOR)


def test_the_table_holds_every_kind_of_change() -> None:
    assert {code for rows in (MAJOR, MINOR, PATCH) for _, codes in rows.values() for code in codes} == set(BUMPS)
    assert len(TABLE) >= 50


def test_a_change_says_where_it_is() -> None:
    (change,) = compare(version(), version(edited(SPEC, {"1-100": "1-50"}))).changes
    assert (change.method, change.parameter) == ("train", "epochs")
    assert change.message == "train: the input 'epochs' takes 1-50 now; before, it took 1-100."


def test_what_breaks_comes_first() -> None:
    edits = {
        "a folder with one": "a folder that has one",
        "[sgd, adam]": "[sgd, lion]",
        "self, conf={}, names=True": "self, conf, names",
    }
    found = compare(version(), version(edited(SPEC, edits), edited(CODE, edits))).changes
    assert [change.bump for change in found] == [Bump.MAJOR, Bump.MAJOR, Bump.MINOR, Bump.PATCH]


@pytest.mark.parametrize(("bump", "least"), [(Bump.PATCH, "0.3.5"), (Bump.MINOR, "0.4.0"), (Bump.MAJOR, "1.0.0")])
def test_the_least_version(bump: Bump, least: str) -> None:
    assert str(bump.after(Version(0, 3, 4))) == least


def test_methods_inherited_within_the_file_are_the_class_s_own() -> None:
    base = "class Base:\n    def classes(self, conf={}, names=True):\n        return []\n\n"
    own = CODE[CODE.index("    def classes") : CODE.index("    def _fit")]
    moved = base + CODE.replace(own, "").replace("(Estimator)", "(Base, Estimator)")
    assert compare(version(), version(code=moved)).changes == ()
    found = compare(version(code=moved), version(code=moved[len(base) :].replace("Base, ", ""))).changes
    assert [change.code for change in found] == [C.METHOD_REMOVED]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1\n", "there is no class"),
        ("class a:\n    def run(self, conf=" + "-" * 90_000 + "1): ...\n", "not readable as Python"),
        ("class a:\n    def run(self, conf=" + "(" * 250 + ")" * 250 + "): ...\n", "too many nested parentheses"),
        (CODE + "#" * MAX_SOURCE, "keep data out of the source"),
        (CODE + "class " * 3, "syntax error"),
    ],
    ids=["no class", "deep", "nested", "long", "no Python"],
)
def test_what_cannot_be_compared_is_refused(source: str, words: str) -> None:
    old, new = version(), ComparedVersion(spec=version().spec, kind=version().kind, source=source)
    with pytest.raises(SpecError, match=words):
        compare(old, new)


def test_expressions_too_deep_for_a_reader_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    deep = version(code=CODE.replace("names=True", "names=" + "+".join(["1"] * 900)))
    assert compare(deep, deep).changes == ()
    assert caplog.messages == []


def test_the_documentation_says_what_each_change_needs() -> None:
    page = (Path(__file__).parents[4] / "docs" / "explanation" / "module-checks.md").read_text("utf-8")
    told = dict(re.findall(r"\| `(\w+)` \| (\w+) \|", page))
    assert told == {code.value: bump.value for code, bump in BUMPS.items()}
