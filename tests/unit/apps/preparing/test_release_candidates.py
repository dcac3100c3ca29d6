"""Which files a release needs."""

import os
from pathlib import Path, PurePosixPath

import pytest
from support.files import write_files

from openmo.apps.preparing.candidates import release_candidates, release_selection
from openmo.core.errors import InvalidInput
from openmo.core.hostile.folder import HostileFolder
from openmo.projects.candidates.values import FileReason


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    write_files(
        tmp_path,
        {
            "handler.py": (
                "import os, helper\nfrom package import inner\nfrom package.deep.leaf import x\nimport numpy\n"
                "A = open('./data/labels.txt')\nB = os.path.join('results', 'net.pt')\nC = load('saved')\n"
                "from pathlib import Path\nD = Path('data') / 'more' / 'e.csv'\nF = 'unique.joblib'\n"
                "G = conf['loose']\n"
                "client = Client(api_key='', source_file_path='coding_here.ipynb')\n"
            ),
            "helper.py": "import second\nT = 'pictures/a.png'\n",
            "second.py": "",
            "unused.py": "",
            "package/__init__.py": "",
            "package/inner.py": "from . import sibling\nfrom ..helper import T\n",
            "package/sibling.py": "",
            "package/deep/__init__.py": "",
            "package/deep/leaf.py": "x = 1",
            "data/labels.txt": "",
            "data/more/e.csv": "",
            "data/other.csv": "",
            "results/net.pt": "12345",
            "saved/a": "",
            "saved/b/c": "",
            "loose/file": "",
            "pictures/a.png": "",
            "models/unique.joblib": "",
            "a/twice.txt": "",
            "b/twice.txt": "",
            "app_spec.yml": "input: {}",
            "coding_here.ipynb": "{}",
            ".git/config": "",
            "venv/lib.py": "",
            "datasets/openmo-iris/iris.csv": "",
        },
    )
    return tmp_path


def test_imports_and_named_paths_are_followed(workspace: Path) -> None:
    found = {each.path: each for each in release_candidates(HostileFolder(workspace)).items}
    assert {path for path, each in found.items() if each.ticked} == {
        "handler.py",
        "app_spec.yml",
        "helper.py",
        "second.py",
        "package/__init__.py",
        "package/inner.py",
        "package/sibling.py",
        "package/deep/__init__.py",
        "package/deep/leaf.py",
        "data/labels.txt",
        "data/more/e.csv",
        "results/net.pt",
        "saved/a",
        "saved/b/c",
        "pictures/a.png",
        "models/unique.joblib",
    }
    assert found["second.py"].reason is FileReason.IMPORTED
    assert found["second.py"].needed_by == "helper.py"
    assert found["data/labels.txt"].reason is FileReason.NAMED
    assert found["results/net.pt"].bytes == 5
    assert not any(path.startswith((".git", "venv", "datasets")) for path in found)


def test_needed_files_come_first(workspace: Path) -> None:
    ticks = [each.ticked for each in release_candidates(HostileFolder(workspace)).items]
    assert ticks == sorted(ticks, reverse=True)


def test_a_selection_holds_files_folders_and_always_the_app_itself(workspace: Path) -> None:
    holds = release_selection(HostileFolder(workspace), ["helper.py", "saved", "data/labels.txt"])
    asked = (
        "handler.py app_spec.yml helper.py saved/b/c data data/labels.txt data/other.csv unused.py saved .git package"
    )
    held = [path for path in asked.split() if holds(PurePosixPath(path))]
    assert held == ["handler.py", "app_spec.yml", "helper.py", "saved/b/c", "data", "data/labels.txt", "saved"]


@pytest.mark.parametrize(
    "path", ["absent.py", "../handler.py", "/etc/passwd", ".git/config", "datasets/openmo-iris", "\ud800", ""]
)
def test_a_selection_names_what_no_release_can_hold(workspace: Path, path: str) -> None:
    with pytest.raises(InvalidInput, match="no file that a release can hold"):
        release_selection(HostileFolder(workspace), [path])


def test_links_pipes_and_odd_names_are_no_candidates(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text("secret")
    (workspace / "link").symlink_to(outside)
    (workspace / "secret.txt").symlink_to(outside / "secret.txt")
    os.mkfifo(workspace / "pipe")
    (workspace / os.fsdecode(b"\xff.txt")).write_text("")
    paths = {each.path for each in release_candidates(HostileFolder(workspace)).items}
    assert not any("secret" in path or "pipe" in path or "\udcff" in path for path in paths)


def test_a_handler_that_is_a_link_or_no_python_needs_nothing_more(workspace: Path) -> None:
    (workspace / "handler.py").write_text("def broken(:")
    assert "helper.py" not in {each.path for each in release_candidates(HostileFolder(workspace)).items if each.ticked}
    (workspace / "handler.py").unlink()
    (workspace / "handler.py").symlink_to("helper.py")
    assert "handler.py" not in {each.path for each in release_candidates(HostileFolder(workspace)).items}


def test_a_deep_or_broken_source_stops_nothing(workspace: Path) -> None:
    (workspace / "handler.py").write_text("x = " + "(" * 150 + "1" + ")" * 150 + "\nimport helper\n")
    (workspace / "helper.py").write_bytes(b"\xff\xfe\0")
    assert release_candidates(HostileFolder(workspace)).items


def test_a_workspace_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openmo.projects.candidates.finding.FILE_LIMIT", 3)
    write_files(tmp_path, {f"{n}.txt": "" for n in range(5)})
    found = release_candidates(HostileFolder(tmp_path))
    assert (len(found.items), found.truncated) == (3, True)
