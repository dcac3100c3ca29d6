"""The calls that name a version of a module: found in what people write, changed alone, and back again."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.core.references import Reference
from openmo.projects.imports.calls import change_notebook, change_script

OLD, NEW = Reference("ada", "face_feature", "1.0.0"), Reference("ada", "face_feature", "1.10.0")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("predict('ada/face_feature/1.0.0', conf)", "predict('ada/face_feature/1.10.0', conf)"),
        ('r = client.module("ada/face_feature/1.0.0")', 'r = client.module("ada/face_feature/1.10.0")'),
        ("M = '''ada/face_feature/1.0.0'''", "M = '''ada/face_feature/1.10.0'''"),
        ("a = f(u'ada/face_feature/1.0.0'); !7zx x.zip", "a = f(u'ada/face_feature/1.10.0'); !7zx x.zip"),
        ("# ada/face_feature 1.0.0 · train", "# ada/face_feature 1.10.0 · train"),
        ("    # ada/face_feature 1.0.0", "    # ada/face_feature 1.10.0"),
    ],
)
def test_what_names_the_version_names_the_other(before: str, after: str) -> None:
    changed = change_script(f"x = 1\n{before}\r\ny = 2\n", OLD, NEW)
    assert changed.text == f"x = 1\n{after}\r\ny = 2\n"
    (change,) = changed.changes
    assert (change.line, change.cell) == (2, None)
    assert (change.before, change.after) == (before.strip(), after.strip())
    assert change_script(changed.text, NEW, OLD).text == f"x = 1\n{before}\r\ny = 2\n"


@pytest.mark.parametrize(
    "text",
    [
        "'ada/face_feature/1.0.00'",
        "'ada/face_feature/1.0.0/weights.npz'",
        "'xada/face_feature/1.0.0'",
        "'ada/face_feature/1x0.0'",
        "'ada/face_feature/dev'",
        "'ada/face_feature'",
        "'bob/face_feature/1.0.0'",
        "'ada/face_feature/1.0.0\"",
        "ada/face_feature/1.0.0",
        "# ada/face_feature 1.0.01",
        "# see ada/face_feature 1.0.0",
    ],
)
def test_all_else_stays(text: str) -> None:
    assert change_script(text, OLD, NEW).text == text
    assert change_script(text, OLD, NEW).changes == ()


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": {"a": 1.5, "名": "字"}, "nbformat": 4, "nbformat_minor": 5}


CALL = "predict('ada/face_feature/1.0.0')"


def code(source: Any, **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": 3, "metadata": {}, "source": source, "outputs": [], **more}


def test_code_cells_change_and_nothing_else_does() -> None:
    said = {"output_type": "stream", "name": "stdout", "text": [CALL]}
    cells = notebook(
        {"cell_type": "markdown", "metadata": {}, "source": [f"Then `{CALL}`."]},
        code(["x = 1\n", f"{CALL}\n", "# 完"], outputs=[said]),
        code(CALL),
        code(["untouched = 'ada/face_feature/2.0.0'"]),
    )
    text = json.dumps(cells, indent=1, ensure_ascii=False) + "\n"
    changed = change_notebook(text, OLD, NEW)
    assert [(each.cell, each.line) for each in changed.changes] == [(2, 2), (3, 1)]
    different = [
        (one, other) for one, other in zip(text.split("\n"), changed.text.split("\n"), strict=True) if one != other
    ]
    assert len(different) == 2
    assert all("source" in one or "predict" in one for one, _ in different)
    assert change_notebook(changed.text, NEW, OLD).text == text


@pytest.mark.parametrize("wrong", ["", "{", "[]", "{}", '{"cells": 3}', "[" * 100_000, "\ufeff{}"])
def test_what_is_no_notebook_is_said_so(wrong: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (json's own, or ours)
        change_notebook(wrong, OLD, NEW)


def test_however_deep_it_nests_it_is_changed_or_said_to_be_no_notebook() -> None:
    refused = False
    for depth in range(900, 1001):
        text = json.dumps({"cells": [code(CALL)], "metadata": 0}).replace(": 0", ": " + "[" * depth + "]" * depth)
        try:
            assert change_notebook(text, OLD, NEW).changes
        except ValueError:
            refused = True
    assert refused


def test_half_a_character_stays_the_escape_that_it_was() -> None:
    text = '{"cells": [{"cell_type":"code", "source": "%s"}], "metadata": "é \\ud83d"}' % CALL  # noqa: UP031 (braces)
    changed = change_notebook(text, OLD, NEW)
    assert len(changed.changes) == 1
    assert json.loads(changed.text.encode())["metadata"] == "é \ud83d"


@pytest.mark.parametrize("cell", [None, 3, [], {}, code(None), code(3), code([3, None, CALL]), {"cell_type": "code"}])
def test_odd_cells_do_no_harm(cell: Any) -> None:
    text = json.dumps({"cells": [cell]})
    changed = change_notebook(text, OLD, NEW)
    assert len(changed.changes) == str(text).count("1.0.0")


_PIECES = st.sampled_from(
    [CALL, "'ada/face_feature/1.0.0'", "\n", "é", "\u2028", "\\", '"', "'", "# ada/face_feature ", "1.0.0", " "]
)
_SOURCES = st.lists(_PIECES, max_size=12).map("".join)


@given(st.lists(_SOURCES, max_size=4), st.sampled_from([None, 1, 2, 4]), st.booleans(), st.booleans())
def test_updating_back_gives_the_same_bytes(sources: list[str], indent: int | None, plain: bool, end: bool) -> None:
    cells = notebook(*(code(source.splitlines(keepends=True)) for source in sources))
    text = json.dumps(cells, indent=indent, ensure_ascii=plain) + ("\n" if end else "")
    there = change_notebook(text, OLD, NEW)
    assert change_notebook(there.text, NEW, OLD).text == text
    assert len(there.text) - len(text) >= len(there.changes)
    assert json.loads(there.text)["metadata"] == cells["metadata"]
