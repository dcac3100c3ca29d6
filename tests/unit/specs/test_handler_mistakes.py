"""What is marked in a generated handler.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.specs.mistakes import MistakeKind, Severity, find_mistakes

HANDLER = "def handle(conf):\n    return {'y': 1}\n"


def found(source: str) -> list[tuple[int | None, MistakeKind, str]]:
    return [(each.line, each.kind, each.subject) for each in find_mistakes(source)]


CASES = {
    "import os\nx = os.sep\ndef handle(conf):\n    return {'y': x}": [],
    "def handle(conf):\n    return {'y': k}": [(2, MistakeKind.UNDEFINED, "k")],
    "def f():\n    k = 1\n    return k\ndef handle(conf):\n    return {'y': k}": [(5, MistakeKind.UNDEFINED, "k")],
    "def handle(conf):\n    return {'y': k}\nk = 1": [],
    "x = k\nk = 1": [(1, MistakeKind.TOO_EARLY, "k")],
    "display(1)": [(1, MistakeKind.NOTEBOOK_ONLY, "display")],
    "from math import *\nx = sqrt(2)": [],
    "print(__file__, __name__)": [],
    "m = 1\nm.fit(2)": [(2, MistakeKind.TRAINING, "m.fit()")],
    "for i in range(9):\n    pass": [(1, MistakeKind.LOOP, "")],
    "def f():\n    for i in ():\n        f.fit()": [],
    "import plt\nif plt:\n    plt.show()": [(3, MistakeKind.SHOWING, "plt.show()")],
    "import subprocess\nsubprocess.run('ls')": [(2, MistakeKind.COMMAND, "subprocess.run()")],
    "import requests\nrequests.get('http://a')": [(2, MistakeKind.NETWORK, "requests.get()")],
    "name = input()": [(1, MistakeKind.INPUT, "input()")],
    "t = open('a.txt').read()": [(1, MistakeKind.READS_FILE, "a.txt")],
    "from pathlib import Path\nt = Path('a.txt').read_text()": [(2, MistakeKind.READS_FILE, "a.txt")],
    HANDLER + "print(handle({}))": [(3, MistakeKind.CALLS_HANDLER, "handle()")],
    HANDLER + "if __name__ == '__main__':\n    print(handle({}))": [],
    "f = lambda: input()": [],
    "def broken(:": [(1, MistakeKind.SYNTAX, "")],
}


@pytest.mark.parametrize("source", CASES)
def test_each_mistake_is_told_with_its_line(source: str) -> None:
    assert found(source) == CASES[source]


def test_what_breaks_is_an_error_and_what_costs_is_a_warning() -> None:
    severities = {each.kind: each.severity for each in find_mistakes("a = b\nc = 1\nc.fit()")}
    assert severities == {MistakeKind.UNDEFINED: Severity.ERROR, MistakeKind.TRAINING: Severity.WARNING}


def test_a_message_names_the_subject_once() -> None:
    (mistake,) = find_mistakes("a = 1\na.fit()\n")
    assert mistake.message.startswith("a.fit() trains at every start")


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(source: str) -> None:
    for mistake in find_mistakes(source):
        assert mistake.message


@given(st.sampled_from(["(", "[", "not ", "-", "a.", "x if y else ", "{1:"]), st.integers(1, 3000))
def test_deep_nesting_is_told_and_kills_nothing(part: str, times: int) -> None:
    assert isinstance(find_mistakes(part * times + "1"), tuple)
