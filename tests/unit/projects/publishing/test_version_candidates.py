"""Which files a version of a module holds."""

from pathlib import Path, PurePosixPath

import pytest
from support.files import write_files

from openmo.core.errors import InvalidInput
from openmo.core.hostile.folder import HostileFolder
from openmo.projects.publishing.candidates import version_files, version_selection


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    main = (
        "from package import inner\nimport helper\nW = open('weights.json')\nA = open('data/labels.txt')\n"
        "B = load('saved')\nC = open('results/net.pt')\n"
    )
    write_files(
        tmp_path,
        {
            "main.py": main,
            "module_spec.yml": "",
            "README.md": "",
            "helper.py": "",
            "package/__init__.py": "",
            "package/inner.py": "",
            "package/unused.txt": "12345",
            "weights.json": "{}",
            "data/labels.txt": "1",
            "data/train.csv": "123456789",
            "saved/a": "",
            "saved/b": "",
            "notes/plan.md": "",
            "test.ipynb": "{}",
            "results/net.pt": "",
            "datasets/openmo-iris/iris.csv": "",
            "modules/openmo/x/1.0.0/main.py": "",
            ".env": "SECRET=1",
            ".git/config": "",
            "package/__pycache__/x.pyc": "",
        },
    )
    return tmp_path


def test_what_is_needed_is_ticked_with_folders_as_a_whole(workspace: Path) -> None:
    found = version_files(HostileFolder(workspace))
    assert found.needed == (
        "README.md",
        "data/labels.txt",
        "helper.py",
        "main.py",
        "module_spec.yml",
        "weights.json",
        "package",
        "saved",
    )
    rows = {each.path: each for each in found.items}
    assert (rows["package"].files, rows["package"].bytes, rows["package"].needed_by) == (3, 5, "main.py")
    assert (rows["data"].ticked, rows["data"].files, rows["data"].bytes) == (False, 2, 10)
    assert not rows["test.ipynb"].ticked
    assert not rows["notes"].ticked


def test_results_datasets_modules_and_hidden_files_are_not_offered(workspace: Path) -> None:
    tops = {PurePosixPath(each.path).parts[0] for each in version_files(HostileFolder(workspace)).items}
    assert tops.isdisjoint({"results", "datasets", "modules", ".env", ".git"})
    for path in ("results/net.pt", "modules", ".env", "package/__pycache__", "absent"):
        with pytest.raises(InvalidInput, match="no file that a version can hold"):
            version_selection(HostileFolder(workspace), [path])


def test_a_selection_always_holds_the_module_itself(workspace: Path) -> None:
    holds = version_selection(HostileFolder(workspace), ["package", "data/labels.txt"])
    asked = "main.py module_spec.yml package package/inner.py data data/labels.txt data/train.csv helper.py .env"
    held = [path for path in asked.split() if holds(PurePosixPath(path))]
    assert held == ["main.py", "module_spec.yml", "package", "package/inner.py", "data", "data/labels.txt"]
    assert not holds(PurePosixPath("package/.env"))
