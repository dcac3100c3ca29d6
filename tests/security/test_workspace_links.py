"""Each process of the platform goes through a project's workspace while code there swaps a folder for a link."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.doses import dose
from support.platform import HANDLER, Platform
from support.swapping import swapping

from openmo.core.errors import OpenMoError
from openmo.projects.deletion import ProjectDeletion
from openmo.projects.lab import LabService
from openmo.projects.values import Project

ROUNDS = dose(40, 800)
SLOW = 20
"""Verbs that copy all of a project are tried once in so many rounds."""
SECRET = "precious"
FOLDERS = ("sub", "results", "modules", "datasets", "examples", "packages")


@pytest.fixture
def neighbour(platform: Platform) -> Path:
    """Somebody else's workspace, with files of the same names."""
    platform.samples()
    project = platform.project("bob", "neighbour")
    platform.write(project, {f"{name}/{file}": SECRET for name in FOLDERS for file in ("helper.py", "only-bobs.py")})
    return platform.workspace(project)


@pytest.fixture
def project(platform: Platform, neighbour: Path) -> Project:
    del neighbour
    files = {f"{name}/helper.py": "mine = 1\n" for name in FOLDERS}
    return platform.project("ada", "mine", files={"handler.py": HANDLER, "train.py": "print(1)\n", **files})


def content(folder: Path) -> dict[str, str]:
    return {
        str(path): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()
    }


def stored(platform: Platform, digest: str) -> Iterator[str]:
    """All that a tree of the store holds."""
    for path, data in platform.store.read_files(digest, lambda _: True, limit=1 << 20, total=1 << 30).items():
        yield path
        yield data.decode("utf-8", "replace")


def quick_verbs(platform: Platform, project: Project, name: str) -> tuple[Callable[[], Any], ...]:
    """What web does for people who look; each gives what it told."""
    actor, workspace = platform.actor("ada"), platform.projects.folders(project).workspace
    return (
        lambda: platform.files.list(actor, project, name),
        lambda: platform.files.view(actor, project, f"{name}/helper.py"),
        lambda: platform.files.read(actor, project, f"{name}/helper.py", limit=999),
        lambda: platform.preparing.candidates(actor, project),
        lambda: workspace.make(f"{name}/inner"),
        lambda: workspace.write(f"{name}/new.txt", b"x", folders=True),
    )


def slow_verbs(platform: Platform, project: Project, name: str) -> tuple[Callable[[], Any], ...]:
    """What web and runner do to keep a project's code."""
    actor = platform.actor("ada")
    iris = platform.datasets.get(actor, "openmo", "iris")

    def submitted() -> list[str]:
        job = platform.submit(project)
        code = platform.launcher.prepare(job).folder / "code"
        own = [path for path in code.rglob("*") if path.is_file() and not path.is_symlink()]
        return [*stored(platform, job.tree), *map(str, own), *(path.read_text("utf-8", "replace") for path in own)]

    return (
        submitted,
        lambda: platform.submit(project, f"{name}/helper.py").script,
        lambda: list(stored(platform, platform.apps.deploy(actor, project).tree)),
        lambda: platform.imports.import_dataset(actor, project, iris),
        lambda: platform.imports.remove_dataset(actor, project, iris),
    )


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_that_is_now_and_then_a_link_gives_nothing_away(
    platform: Platform, project: Project, neighbour: Path, name: str
) -> None:
    workspace, before = platform.workspace(project), content(neighbour)
    (workspace / ".link").symlink_to(neighbour / name)
    told = []
    with swapping(workspace / name, workspace / ".link"):
        for number in range(ROUNDS):
            slow = slow_verbs(platform, project, name) if number % SLOW == 0 else ()
            for act in (*quick_verbs(platform, project, name), *slow):
                with contextlib.suppress(OpenMoError, OSError):
                    told.append(str(act()))
    assert not [text for text in told if SECRET in text or "only-bobs" in text]
    assert any("mine" in text for text in told)
    assert content(neighbour) == before
    assert not [path for path in neighbour.rglob("*") if path.is_symlink() and ".link" in str(path.readlink())]


@pytest.mark.parametrize("name", FOLDERS)
def test_a_project_is_deleted_and_nothing_that_its_links_lead_to(
    platform: Platform, project: Project, neighbour: Path, name: str
) -> None:
    workspace, before = platform.workspace(project), content(neighbour)
    (workspace / ".link").symlink_to(neighbour / name)
    deletion = ProjectDeletion(platform.projects, LabService(platform.projects, platform.servers), ())
    with swapping(workspace / name, workspace / ".link"):
        asyncio.run(deletion.delete(platform.actor("ada"), project))
    assert not workspace.parent.exists()
    assert content(neighbour) == before
    assert not [path for path in workspace.parent.parent.iterdir() if path.name.startswith(".deleted")]
