"""Which names code defines, and which it takes from elsewhere."""

import pytest

from openmo.specs.names import names_of

CASES = {
    "import os.path": ({"os"}, set(), set()),
    "import a.b as c": ({"c"}, set(), set()),
    "from m import a as b": ({"b"}, set(), set()),
    "x = y": ({"x"}, {"y"}, set()),
    "x = x + 1": ({"x"}, {"x"}, set()),
    "x += 1": ({"x"}, {"x"}, set()),
    "x = 1\nx += 1": ({"x"}, set(), set()),
    "n = 1; m = n + u": ({"n", "m"}, {"u"}, set()),
    "for i in r:\n    use(i)": ({"i"}, {"r", "use"}, set()),
    "for i in r:\n    total = total + i": ({"i", "total"}, {"r", "total"}, set()),
    "for i in r:\n    i = i + 1": ({"i"}, {"r"}, set()),
    "with open(p) as f:\n    t = f.read()": ({"f", "t"}, {"open", "p"}, set()),
    "[x for x in xs if x > k]": (set(), {"xs", "k"}, set()),
    "f = lambda v: v + w": ({"f"}, set(), {"w"}),
    "def f(a: T, b=d) -> R:\n    return a + g": ({"f"}, {"T", "d", "R"}, {"g"}),
    "def f():\n    return f()": ({"f"}, set(), set()),
    "@deco(w)\ndef f(): ...": ({"f"}, {"deco", "w"}, set()),
    "def f():\n    global made\n    made = 1": ({"f", "made"}, set(), set()),
    "def f():\n    x = 1\n    return [x + y for y in z]": ({"f"}, set(), {"z"}),
    "class C(Base):\n    a = k\n    def m(self):\n        return a": ({"C"}, {"Base", "k"}, {"a"}),
    "class C:\n    x = 1\n    y = x": ({"C"}, set(), set()),
    "del x": (set(), {"x"}, set()),
    "if (n := len(a)) > 1:\n    b = n": ({"n", "b"}, {"len", "a"}, set()),
    "try:\n    import a\nexcept ImportError as e:\n    a = None": ({"a", "e"}, {"ImportError"}, set()),
    "match v:\n    case {'k': w}:\n        r = w": ({"w", "r"}, {"v"}, set()),
    "f'{a:{b}}'": (set(), {"a", "b"}, set()),
    "名 = 值": ({"名"}, {"值"}, set()),
    "": (set(), set(), set()),
}


@pytest.mark.parametrize("code", CASES)
def test_what_is_defined_and_read(code: str) -> None:
    names = names_of(code)
    assert (set(names.bound), set(names.at_once), set(names.later)) == CASES[code]
    assert not names.star


def test_a_star_import_may_define_anything() -> None:
    assert names_of("from math import *").star
    assert names_of("if x:\n    from math import *").star


def test_statements_of_one_line_are_told_apart_whatever_script_they_are_in() -> None:
    names = names_of("甲 = '文字'; 乙 = 甲 + 丙\nx = (\n  乙,\n)  # 注\n")
    assert (set(names.bound), set(names.at_once)) == ({"甲", "乙", "x"}, {"丙"})
