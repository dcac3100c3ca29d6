import pytest

from openmo.notebooks.lines import statements
from openmo.notebooks.python import all_compile


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a\nb", ["a", "b"]),
        ("f(\n1)\nb", ["f(\n1)", "b"]),
        ("'''\n(\n'''\nb", ["'''\n(\n'''", "b"]),
        ('x = "#" + """a\n\\""" b"""\nc', ['x = "#" + """a\n\\""" b"""', "c"]),
        ("a \\\nb\nc", ["a \\\nb", "c"]),
        ("!ls (\nb", ["!ls (", "b"]),
        ("!ls ( \\\n '''\nb", ["!ls ( \\\n '''", "b"]),
        ("# (\nb", ["# (", "b"]),
        ("x = '\\'('\nb", ["x = '\\'('", "b"]),
        ("x = (\n!ls\n)\nb", ["x = (\n!ls\n)", "b"]),
        ("(", ["("]),
        (")\nb", [")", "b"]),
    ],
)
def test_statements(source: str, expected: list[str]) -> None:
    assert list(statements(source)) == expected


@pytest.mark.parametrize(
    ("texts", "valid"),
    [
        ([], True),
        (["x = 1", "# only a comment", "if x:\n    y = 2"], True),
        (["s = '''", "'''"], False),
        (["f(1,", ")"], False),
        (["if 1:\n    pass", "else:\n    pass"], False),
        (["@f", "def g(): ..."], False),
        (["x = \\", "1"], False),
        (["    x = 1"], False),
        (["await x"], False),
        (["x = 1", "def ("], False),
    ],
)
def test_all_compile(texts: list[str], valid: bool) -> None:
    assert all_compile(texts) is valid
