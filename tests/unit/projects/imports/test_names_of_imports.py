"""Which imports a script or notebook names, read without running it."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.core.references import Reference
from openmo.projects.imports.naming import Named, NamedModule, named_in

IRIS = [Reference("openmo", "iris", version) for version in ("1.0.0", "1.2.0", "dev")]
DIGITS = Reference("ada", "digits", "0.1.0")
FOLDERS = ("openmo-digits", "openmo-digits-small")


def named(source: str, path: str = "train.py") -> Named:
    return named_in(path, source.encode(), modules=(*IRIS, DIGITS), folders=FOLDERS)


def calls(source: str, path: str = "train.py") -> list[tuple[str, str]]:
    return [(str(each.module), each.method) for each in named(source, path).modules]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("result = train('openmo/iris/1.0.0', conf)", [("openmo/iris/1.0.0", "train")]),
        ("client.predict(\n  'openmo/iris/1.2.0', {})", [("openmo/iris/1.2.0", "predict")]),
        ("predict('openmo/iris', {})", [("openmo/iris/1.2.0", "predict")]),
        ("client.module('ada/digits/0.1.0').run({})", [("ada/digits/0.1.0", "run")]),
        (
            "clf = client.module('ada/digits')\nclf.train()\nclf.predict({})",
            [("ada/digits/0.1.0", "train"), ("ada/digits/0.1.0", "predict")],
        ),
        ("MODEL = 'openmo/iris/dev'\npredict(MODEL)", [("openmo/iris/dev", "")]),
        ("print('openmo/iris/1.0.0')\ntrain('openmo/iris/1.0.0')", [("openmo/iris/1.0.0", "train")]),
        ("# openmo/iris/1.0.0\ntrain('openmo/iris/3.0.0')\ntrain('eve/iris/1.0.0')", []),
        ("see = 'about openmo/iris/1.0.0, too'", []),
        ("def broken(:\n  train('openmo/iris/1.0.0')", [("openmo/iris/1.0.0", "")]),
        ("", []),
    ],
)
def test_modules_are_found_with_the_method_that_is_called(source: str, found: list[tuple[str, str]]) -> None:
    assert calls(source) == found


def test_a_notebook_names_in_its_code_alone_what_it_names() -> None:
    cells = [
        {"cell_type": "markdown", "source": "'ada/digits/0.1.0'"},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!ls 'ada/digits/0.1.0'\n"]},
        {"cell_type": "code", "source": "", "outputs": [{"text": "'openmo/iris/dev'"}]},
        {"cell_type": "code", "source": "train('openmo/iris/1.0.0', conf)"},
    ]
    notebook = json.dumps({"cells": cells, "nbformat": 4, "metadata": {}})
    assert calls(notebook, "a.ipynb") == [("openmo/iris/1.0.0", "train")]
    assert named("no notebook", "a.ipynb") == Named()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("open('datasets/openmo-digits/train.csv')", ["openmo-digits"]),
        ("root = Path('datasets') / 'openmo-digits'", ["openmo-digits"]),
        ("f'/home/datasets/openmo-digits-small/{name}'", ["openmo-digits-small"]),
        ("open('results/openmo-digits.csv')", []),
        ("train('ada/digits', {'data': 'datasets/openmo-digits'})", ["openmo-digits"]),
    ],
)
def test_datasets_are_found_by_their_folders(source: str, found: list[str]) -> None:
    assert list(named(source).folders) == found


@given(st.binary(max_size=200), st.sampled_from(["a.py", "a.ipynb"]))
def test_whatever_a_file_holds_something_is_answered(data: bytes, path: str) -> None:
    assert isinstance(named_in(path, data, modules=(DIGITS,), folders=FOLDERS), Named)


def test_what_is_nested_without_end_is_read_as_text() -> None:
    deep = "x = " + "(" * 3000 + "train('ada/digits/0.1.0')" + ")" * 3000
    assert named(deep).modules == (NamedModule(DIGITS, ""),)


@pytest.mark.parametrize("path", ["train.py", "train.ipynb"])
def test_long_code_is_read_as_text_and_soon(path: str) -> None:
    too_long = "x = f'" + "{a}" * 300_000 + "'\ntrain('ada/digits/0.1.0')\nopen('datasets/openmo-digits/a.csv')"
    too_costly = "x = f'" + "{a}" * 80_000 + "'\ntrain('ada/digits/0.1.0')"
    for source, folders in ((too_long, ("openmo-digits",)), (too_costly, ())):
        text = source
        if path.endswith(".ipynb"):
            text = json.dumps({"cells": [{"cell_type": "code", "source": source}], "nbformat": 4, "metadata": {}})
        started = time.process_time()
        assert named(text, path) == Named(modules=(NamedModule(DIGITS, ""),), folders=folders)
        assert time.process_time() - started < 10  # a minute and more, where it is parsed


def test_code_without_end_names_what_stands_at_its_beginning() -> None:
    assert named("train('ada/digits/0.1.0')\n" + "'a/b'\n" * 2_000_000).modules == (NamedModule(DIGITS, ""),)
