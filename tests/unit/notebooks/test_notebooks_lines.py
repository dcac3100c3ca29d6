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


@pytest.mark.parametrize("line", ['"\\' * 200_000, '"""' * 200_001, " " * 400_000 + "x", "a= " * 100_000])
def test_a_hostile_line_costs_no_more_than_its_length(line: str) -> None:
    # With time growing as the square of the length, this would run into the suite's time limit.
    assert "\n".join(statements(f"{line}\n!ls")) == f"{line}\n!ls"
