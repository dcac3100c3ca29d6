"""Cells with their commands turned off."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.notebooks.quiet import turn_off_commands

CASES = {
    "!pip install x\nimport x": ["!pip install x"],
    "%matplotlib inline": ["%matplotlib inline"],
    "if a:\n    !ls \\\n      -l\nb = 1": ["!ls \\\n      -l"],
    "files = !ls": ["files = !ls"],
    "a.b?\n": ["a.b?"],
    "?a": ["?a"],
    "%%time\nx = 1": ["%%time"],
    "\n%%capture out\n%load_ext y\nx = 1": ["%%capture out", "%load_ext y"],
    "%%bash\necho 1": ["%%bash"],
    "x = 7 % 3\ny = x != 2": [],
    "s = '''\n!not a command\n'''": [],
    "x = (1\n  % 2)": [],
}


@pytest.mark.parametrize("source", CASES)
def test_commands_become_comments_and_lines_keep_their_places(source: str) -> None:
    quiet = turn_off_commands(source)
    assert [command for _, command in quiet.turned_off] == CASES[source]
    assert quiet.text.count("\n") == source.count("\n")
    ast.parse(quiet.text)
    for line, command in quiet.turned_off:
        assert command.split("\n")[0].rstrip("\\").strip() in quiet.text.split("\n")[line - 1]


def test_code_below_a_timing_magic_still_runs() -> None:
    assert turn_off_commands("%%time\nx = 1").text == "# Turned off: %%time\nx = 1"


@given(st.text(st.sampled_from("ab!%?=\\'\"()\n ="), max_size=40))
def test_any_text_passes_and_a_second_time_changes_nothing(source: str) -> None:
    once = turn_off_commands(source)
    assert once.text.count("\n") == source.count("\n")
    assert all(0 < line <= once.text.count("\n") + 1 for line, _ in once.turned_off)
