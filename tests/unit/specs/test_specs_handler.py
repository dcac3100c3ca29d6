"""Every shape in which a handler may declare its inputs and outputs, and every wrong one."""

from textwrap import dedent
from typing import Any

import pytest

from openmo.specs.errors import SpecError
from openmo.specs.functions import CallMode
from openmo.specs.handler import read_handler
from openmo.specs.values import Interval, Parameter, ValueType


def reading(body: str) -> Any:
    return read_handler(dedent(body))


def conf(*lines: str, result: str = "return {'y': 1}  # value_type: int") -> str:
    return "def handle(conf):\n" + "".join(f"    {line}\n" for line in (*lines, result))


def one(source: str) -> Parameter:
    inputs = read_handler(source).spec.inputs
    assert len(inputs) == 1
    return inputs[0]


SHAPES = {
    "single quotes": ("a = conf['a']  # value_type: float # description: length", "a", ValueType.FLOAT, "length"),
    "double quotes": ('a = conf["a"]  # value_type: float # description: length', "a", ValueType.FLOAT, "length"),
    "wide colons": ("a = conf['a']  # value_type：int # description：长度", "a", ValueType.INT, "长度"),
    "tags in the other order": ("a = conf['a']  # description: length # value_type: str", "a", ValueType.STR, "length"),
    "no spaces": ("a = conf['a'] #value_type:int#description:length", "a", ValueType.INT, "length"),
    "many spaces": (
        "a = conf[ 'a' ]    #   value_type  :   int   #  description :  length  ",
        "a",
        ValueType.INT,
        "length",
    ),
    "des for description": ("a = conf['a']  # value_type: int # des: length", "a", ValueType.INT, "length"),
    "Chinese key": ("a = conf['照片']  # value_type: img # description: a photo", "照片", ValueType.IMG, "a photo"),
    "key with spaces and quotes": ('a = conf["it\'s a"]  # value_type: bool', "it's a", ValueType.BOOL, ""),
    "docstring": (
        '"""\n    conf[\'a\'] = value # value_type: video # description: clip\n    """',
        "a",
        ValueType.VIDEO,
        "clip",
    ),
    "inline": ("x = f(conf['a'])  # value_type: audio # description: sound", "a", ValueType.AUDIO, "sound"),
    "inline in a call": ("print(float(conf['a']) * 2)  # value_type: float", "a", ValueType.FLOAT, ""),
    "end of the physical line": (
        "x = f(conf['a'],  # value_type: file # description: d\n          2)",
        "a",
        ValueType.FILE,
        "d",
    ),
    "end of the statement": (
        "x = f(\n        conf['a'],\n        2,\n    )  # value_type: file # description: d",
        "a",
        ValueType.FILE,
        "d",
    ),
    "backslash": ("x = conf['a'] + \\\n        1  # value_type: int", "a", ValueType.INT, ""),
    "list of int": ("a = conf['a']  # value_type: [int] # description: numbers", "a", ValueType.INT_LIST, "numbers"),
    "list of float": ("a = conf['a']  # value_type: [ float ]", "a", ValueType.FLOAT_LIST, ""),
    "list of str": ("a = conf['a']  # value_type: list[str]", "a", ValueType.STR_LIST, ""),
    "dataframe": ("a = conf['a']  # value_type: dataframe", "a", ValueType.DATAFRAME, ""),
    "datetime": ("a = conf['a']  # value_type: datetime", "a", ValueType.DATETIME, ""),
    "hash in the description": (
        "a = conf['a']  # value_type: str # description: such as #ff0000",
        "a",
        ValueType.STR,
        "such as #ff0000",
    ),
    "colon in the description": (
        "a = conf['a']  # value_type: str # description: one of: x, y",
        "a",
        ValueType.STR,
        "one of: x, y",
    ),
    "inner function": ("def g():\n        return conf['a']  # value_type: int\n    g()", "a", ValueType.INT, ""),
    "comprehension": ("x = [each for each in conf['a']]  # value_type: [int]", "a", ValueType.INT_LIST, ""),
    "condition": ("if conf['a'] > 3:  # value_type: int\n        pass", "a", ValueType.INT, ""),
    "used twice, annotated once": ("a = conf['a']\n    b = conf['a']  # value_type: int", "a", ValueType.INT, ""),
    "annotated assignment": ("a: float = conf['a']  # value_type: float", "a", ValueType.FLOAT, ""),
}


@pytest.mark.parametrize(("line", "name", "value_type", "description"), SHAPES.values(), ids=SHAPES)
def test_each_shape_declares_its_input(line: str, name: str, value_type: ValueType, description: str) -> None:
    found = one(conf(line))
    assert (found.name, found.value_type, found.description, found.check) == (name, value_type, description, False)
    assert found.required


def test_contract_example() -> None:
    read = reading("""
        def handle(conf):
            '''
            conf['照片'] = value  # value_type: img # description: a photo
            params['key'] = value # value_type: str # description: not an input
            '''
            a = conf['a']            # value_type: float # description: petal length in cm
            b = conf["b"]            # value_type: int
            c = conf.get('c', 3)     # value_type: int # description: optional, default 3
            # d = conf['d']          # value_type: int
            n = conf['n']            # no annotation: declared with value_type str
            return {'class': 'x',    # value_type: str # description: species
                    'mask': path}    # value_type: img
    """)
    assert [(each.name, each.value_type, each.check) for each in read.spec.inputs] == [
        ("照片", ValueType.IMG, False),
        ("a", ValueType.FLOAT, False),
        ("b", ValueType.INT, False),
        ("c", ValueType.INT, False),
        ("n", ValueType.STR, True),
    ]
    assert read.spec.inputs[3].default_value == 3
    assert [(each.name, each.value_type, each.description) for each in read.spec.outputs] == [
        ("class", ValueType.STR, "species"),
        ("mask", ValueType.IMG, ""),
    ]
    assert read.mode is CallMode.CONF
    assert [warning for warning in [each.message for each in read.warnings] if "'n'" in warning]


def test_get_with_a_default_makes_the_input_optional() -> None:
    with_default = one(conf("c = conf.get('c', 3)  # value_type: int"))
    assert (with_default.default_value, with_default.has_default, with_default.optional) == (3, True, True)
    without = one(conf("c = conf.get('c')  # value_type: int"))
    assert (without.has_default, without.optional) == (False, True)
    computed = one(conf("c = conf.get('c', f(2))  # value_type: int"))
    assert (computed.has_default, computed.optional) == (False, True)
    guessed = one(conf("c = conf.get('c', [1.5])"))
    assert (guessed.value_type, guessed.check, guessed.default_value) == (ValueType.FLOAT_LIST, True, [1.5])


def test_tests_and_stores() -> None:
    assert one(conf("if 'c' in conf:", "    x = conf['c']  # value_type: int")).optional
    assert one(conf("conf.setdefault('c', 'x')  # value_type: str")).default_value == "x"
    read = read_handler(conf("conf['own'] = conf['c'] * 2  # value_type: int", "x = conf['own']"))
    assert [each.name for each in read.spec.inputs] == ["c"]
    assert [each.name for each in read_handler(conf("conf['c'] += 1  # value_type: int")).spec.inputs] == ["c"]


def test_ranges() -> None:
    assert one(conf("a = conf['a']  # value_type: float # value_range: 0-10")).value_range == Interval(
        minimum=0, maximum=10
    )
    assert one(conf("a = conf['a']  # value_range: >=1 # value_type: int")).value_range == Interval(minimum=1)
    enum = one(conf("a = conf['a']  # value_range: [cat, 'big dog', 3] # description: kind"))
    assert (enum.value_type, enum.value_range, enum.description) == (ValueType.ENUM, ("cat", "big dog", 3), "kind")
    assert not enum.check
    numbers = one(conf("a = conf['a']  # value_type: int # value_range: [2, 4]"))
    assert (numbers.value_type, numbers.choices) == (ValueType.INT, (2, 4))


def test_unsure_is_marked_for_a_check() -> None:
    assert one(conf("a = conf['a']")).check
    assert one(conf("a = conf['a']  # value_type: integr")).check
    assert one(conf("a = conf['a']  # value_type: int # value_range: around 3")).check
    assert one(conf("a = conf['a']  # description: only words")).check
    assert one(conf("a = conf['a']  # value_type: enum")).check
    both = read_handler(conf("x = f(conf['a'], conf['b'])  # value_type: int")).spec.inputs
    assert [(each.value_type, each.check) for each in both] == [(ValueType.INT, True)] * 2
    computed = read_handler(conf("x = conf[key]"))
    assert any("computed key" in warning for warning in [each.message for each in computed.warnings])


def test_a_statement_end_belongs_to_the_key_on_that_line() -> None:
    first, second = read_handler(conf("x = f(conf['a'],\n          conf['b'])  # value_type: int")).spec.inputs
    assert (first.name, first.check) == ("a", True)
    assert (second.name, second.value_type, second.check) == ("b", ValueType.INT, False)


def test_only_the_handlers_own_parameter_counts() -> None:
    read = reading("""
        import os
        other = {}
        def handle(params):
            '''
            conf['no'] = value # value_type: int
            '''
            x = other['no'] + os.environ['no']  # value_type: int
            y = params['yes']  # value_type: int
            z = (lambda params: params['no'])({})
            return {}
    """)
    assert [each.name for each in read.spec.inputs] == ["yes"]


OUTPUTS = {
    "one line": ("return {'y': 1}  # value_type: int # description: d", [("y", ValueType.INT)]),
    "dict call": ("return dict(y=1)  # value_type: int", [("y", ValueType.INT)]),
    "dict call over lines": (
        "return dict(\n        y=1,  # value_type: int\n        z='',  # value_type: img\n    )",
        [("y", ValueType.INT), ("z", ValueType.IMG)],
    ),
    "several returns": (
        "if 1:\n        return {'y': 1}  # value_type: int\n    return {'y': 2, 'z': 3}",
        [("y", ValueType.INT), ("z", ValueType.STR)],
    ),
    "held by a name": ("out = {'y': 1}  # value_type: int\n    return out", [("y", ValueType.INT)]),
    "stored by key": ("out = {}\n    out['y'] = 1  # value_type: int\n    return out", [("y", ValueType.INT)]),
    "conditional": ("return {'y': 1} if 1 else {'z': 2}", [("y", ValueType.STR), ("z", ValueType.STR)]),
    "spread": ("more = {'z': 1}\n    return {'y': 1, **more}", [("y", ValueType.STR), ("z", ValueType.STR)]),
    "value over lines": (
        "return {\n        'y': [\n            1\n        ],  # value_type: [int]\n    }",
        [("y", ValueType.INT_LIST)],
    ),
    "closing bracket": ("return {\n        'y': 1\n    }  # value_type: int", [("y", ValueType.INT)]),
    "yield": ("for i in range(3):\n        yield {'y': i}  # value_type: int", [("y", ValueType.INT)]),
    "no dictionary": ("return 5", []),
    "inner function": (
        "def g():\n        return {'no': 1}\n    return {'y': g()}  # value_type: file",
        [("y", ValueType.FILE)],
    ),
}


@pytest.mark.parametrize(("result", "expected"), OUTPUTS.values(), ids=OUTPUTS)
def test_outputs(result: str, expected: list[tuple[str, ValueType]]) -> None:
    outputs = read_handler(conf(result=result)).spec.outputs
    assert sorted((each.name, each.value_type) for each in outputs) == expected


def test_input_inside_a_return() -> None:
    read = read_handler(conf("x = conf['a']  # value_type: int", result="return {'y': conf['a']}  # value_type: float"))
    assert (read.spec.inputs[0].value_type, read.spec.inputs[0].check) == (ValueType.INT, False)
    assert (read.spec.outputs[0].value_type, read.spec.outputs[0].check) == (ValueType.FLOAT, False)


def test_typed_signature() -> None:
    read = reading('''
        def handle(sepal_length: float, note: str = "", many: list[int] | None = None,
                   kind: Literal["a", "b"] = "a", when: datetime.datetime = None,
                   photo: Annotated[str, "img"] = "") -> dict:
            """Does it.

            Args:
                sepal_length: The length
                    in cm.
                note (file): A note.

            Returns:
                class: The species.
            """
            return {"class": 1}
    ''')
    assert read.mode is CallMode.SIGNATURE
    by_name = {each.name: each for each in read.spec.inputs}
    assert list(by_name) == ["sepal_length", "note", "many", "kind", "when", "photo"]
    assert by_name["sepal_length"] == Parameter(
        name="sepal_length", value_type=ValueType.FLOAT, description="The length in cm."
    )
    assert (by_name["note"].value_type, by_name["note"].default_value) == (ValueType.FILE, "")
    assert (by_name["many"].value_type, by_name["many"].optional) == (ValueType.INT_LIST, True)
    assert (by_name["kind"].value_type, by_name["kind"].choices) == (ValueType.ENUM, ("a", "b"))
    assert by_name["when"].value_type is ValueType.DATETIME
    assert by_name["photo"].value_type is ValueType.IMG
    assert read.spec.outputs[0].description == "The species."


@pytest.mark.parametrize(
    ("head", "mode", "names"),
    [
        ("def handle(conf: dict):", CallMode.CONF, ["a"]),
        ("def handle(conf: 'dict[str, object]' = {}):", CallMode.CONF, ["a"]),
        ("def handle(conf, debug=False):", CallMode.CONF, ["a"]),
        ("def handle(conf, debug: bool = False):", CallMode.CONF, ["a"]),
        ("async def handle(conf={}):", CallMode.CONF, ["a"]),
        ("def handle(conf=None, **more):", CallMode.CONF, ["a"]),
        ("def handle(conf: Inputs):", CallMode.CONF, ["a"]),
        ("def handle():", CallMode.SIGNATURE, []),
        ("def handle(x: int, y):", CallMode.SIGNATURE, ["x", "y"]),
        ("def handle(x=1, y='b'):", CallMode.SIGNATURE, ["x", "y"]),
        ("def handle(*, x: int):", CallMode.SIGNATURE, ["x"]),
    ],
)
def test_call_modes(head: str, mode: CallMode, names: list[str]) -> None:
    read = read_handler(f"{head}\n    z = conf['a']  # value_type: int\n    return {{}}\n")
    assert read.mode is mode
    assert [each.name for each in read.spec.inputs] == names


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("x = 1", None, "no function `handle`"),
        ("", None, "no function `handle`"),
        ("\n\ndef handle(a, b):\n    return {}", 3, "demands 2 arguments (a, b)"),
        ("def handle(conf: dict, b):\n    return {}", 1, "demands 2 arguments"),
        ("def handle(*args):\n    return {}", 1, "*args"),
        ("def handle(x: int, *rest):\n    return {}", 1, "mixes"),
        ("def handle(x: int, /):\n    return {}", 1, "before `/`"),
        ("def handle(conf):\nreturn {}", 2, "syntax error"),
        ("def handle(conf:\n    return {}", 1, "syntax error"),
        ("def handle(conf):\n    !pip install x\n    return {}", 2, "notebooks only"),
        ("class handle:\n    pass", 1, "is a class"),
        ("handle = lambda conf: {}", 1, "is assigned"),
        ("class A:\n    def handle(self, conf):\n        return {}", 1, "method of A"),
        ("def handle(conf):\n    return {'\\ud800': 1}", 1, "cannot name"),
        (f"def handle(conf):\n    x = conf['{'a' * 300}']", 1, "cannot name"),
        ("\0", None, "null bytes"),
        ("x = 1\n" * 300_000, None, "more than 256 KiB"),
        ("-" * 50_000 + "1", None, "not readable"),
    ],
)
def test_wrong_shapes_name_file_line_and_mend(source: str, line: int | None, words: str) -> None:
    with pytest.raises(SpecError, match=r"^app/handler\.py") as raised:
        read_handler(source, "app/handler.py")
    assert words in str(raised.value)
    assert raised.value.line == line
    assert (raised.value.code, raised.value.status) == ("invalid_handler", 422)


def test_reading_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    read_handler("print('ran')\nimport no_such_module\ndef handle(conf=print('ran')):\n    return {}")
    assert capsys.readouterr().out == ""


def test_the_last_definition_counts_wherever_it_stands() -> None:
    read = reading("""
        def handle(conf):
            return {'old': 1}
        if True:
            def handle(conf):
                return {'new': 1}
    """)
    assert [each.name for each in read.spec.outputs] == ["new"]


def test_line_ends_and_marks_of_other_systems() -> None:
    source = "\ufeffdef handle(conf):\r\n    a = conf['a']  # value_type: int\r\n    return {}\r\n"
    assert one(source).value_type is ValueType.INT


@pytest.mark.parametrize("tail", [" " * 250_000, " value_type:" * 20_000, " value_range: " + "1" * 250_000])
def test_a_hostile_comment_costs_no_more_than_its_length(tail: str) -> None:
    # With time growing as the square of the length, this would run into the suite's time limit.
    assert one(conf(f"a = conf['a']  #{tail}")).name == "a"
