from textwrap import dedent

import pytest

from openmo.specs.errors import SpecError
from openmo.specs.module import ModuleKind, is_module, read_module
from openmo.specs.values import ValueType

MODEL = dedent("""
    class Helper:
        pass

    class iris_classifier:
        def __init__(self, conf={}):
            self.x = conf['ignored']

        def train(self, conf={}):
            epochs = conf.get('epochs', 5)  # value_type: int # description: rounds
            return {'loss': 0.1}  # value_type: float

        def predict(self, conf={}):
            return [conf['sepal']]  # value_type: float # description: cm

        def load_model(self):
            pass
""")


def test_a_model() -> None:
    read = read_module(MODEL)
    assert (read.class_name, read.kind, read.methods) == ("iris_classifier", ModuleKind.MODEL, ("train", "predict"))
    assert [(each.name, each.default_value) for each in read.spec.inputs["train"]] == [("epochs", 5)]
    assert [(each.name, each.value_type) for each in read.spec.outputs["train"]] == [("loss", ValueType.FLOAT)]
    assert [(each.name, each.value_type) for each in read.spec.inputs["predict"]] == [("sepal", ValueType.FLOAT)]
    assert not read.warnings
    assert is_module(MODEL)


def test_a_toolkit() -> None:
    read = read_module("class tool:\n    def run(self, conf={}):\n        return {'y': conf['x']}\n")
    assert (read.class_name, read.kind) == ("tool", ModuleKind.TOOLKIT)
    assert any(warning.startswith("run: input 'x'") for warning in [each.message for each in read.warnings])


def test_predict_alone_is_a_whole_module() -> None:
    source = dedent("""
        class scaler(object):
            def predict(self, conf={}):
                xs = conf['xs']  # value_type: [float]
                lo, hi = min(xs), max(xs)
                return {'res': [(x - lo) / (hi - lo) for x in xs]}
    """)
    read = read_module(source)
    assert (read.class_name, read.kind, read.methods) == ("scaler", ModuleKind.MODEL, ("predict",))
    assert [(each.name, each.value_type) for each in read.spec.inputs["predict"]] == [("xs", ValueType.FLOAT_LIST)]
    assert [each.name for each in read.spec.outputs["predict"]] == ["res"]


def test_a_method_that_takes_nothing_needs_no_word() -> None:
    assert not read_module("class tool:\n    def run(self, conf={}):\n        return work(conf)\n").warnings


def test_typed_and_static_methods() -> None:
    source = "class tool:\n    @staticmethod\n    def run(x: int, y: str = 'b'):\n        return {}\n"
    assert [each.name for each in read_module(source).spec.inputs["run"]] == ["x", "y"]


def test_a_handler_beside_a_class_is_no_module() -> None:
    assert not is_module(MODEL + "\ndef handle(conf):\n    return {}\n")
    assert not is_module("def handle(conf):\n    return {}\n")


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("x = 1", None, "there is no class"),
        ("class a:\n    def train(self, conf): pass", 1, "it has train"),
        ("class a:\n    pass", 1, "it has none of them"),
        ("class a:\n    def run(): pass", 2, "lacks its parameter `self`"),
        ("class a:\n    def run(self, a, b): pass", 2, "demands 2 arguments"),
        ("class a\n    pass", 1, "syntax error"),
    ],
)
def test_wrong_modules(source: str, line: int | None, words: str) -> None:
    with pytest.raises(SpecError, match=r"^main\.py") as raised:
        read_module(source)
    assert words in str(raised.value)
    assert raised.value.line == line
