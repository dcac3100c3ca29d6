import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from openmo.cli.export import command
from openmo.core.errors import Conflict, InvalidInput, NotFound
from openmo.notebooks.errors import NotebookError

NOTEBOOK = {"cells": [{"cell_type": "code", "source": "x = 1\n%matplotlib inline"}]}


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "训练 1.ipynb"
    path.write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    return path


def invoke(*arguments: object) -> tuple[str, str]:
    texts = [str(each) for each in arguments]
    result = CliRunner().invoke(command, texts, catch_exceptions=False, standalone_mode=False)
    return result.stdout, result.stderr


def test_writes_beside_the_notebook_and_says_what_is_left_out(notebook: Path) -> None:
    printed, advice = invoke(notebook)
    target = notebook.with_suffix(".py")
    assert printed == f"Wrote {target}\n"
    assert "cell 1: %matplotlib inline: left out" in advice
    compile(target.read_bytes(), "x.py", "exec")


def test_json(notebook: Path, tmp_path: Path) -> None:
    data = json.loads(invoke(notebook, "--json", "-o", tmp_path / "other.py")[0])
    assert data["file"] == str(tmp_path / "other.py")
    assert data["changes"][0]["cell"] == 1


def test_replaces_its_own_work_only(notebook: Path) -> None:
    target = notebook.with_suffix(".py")
    invoke(notebook)
    invoke(notebook)
    target.write_text("mine = 1\n")
    with pytest.raises(Conflict, match="--force"):
        invoke(notebook)
    assert target.read_text() == "mine = 1\n"
    invoke(notebook, "--force")
    assert "mine" not in target.read_text()


def test_refusals(notebook: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        invoke(tmp_path / "absent.ipynb")
    with pytest.raises(InvalidInput, match="itself"):
        invoke(notebook, "-o", notebook)
    with pytest.raises(InvalidInput, match="cannot be written"):
        invoke(notebook, "-o", tmp_path / "no" / "folder.py")
    bad = tmp_path / "bad.ipynb"
    bad.write_bytes(b"\xff\xfe")
    with pytest.raises(NotebookError):
        invoke(bad)
