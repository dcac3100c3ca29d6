"""`openmo module publish` and `check` wait for the environment that the module asks for."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from support.built_environments import Built
from support.platform import Platform

from openmo.db.engine import Database
from openmo.languages.language import ENGLISH
from openmo.projects.values import ProjectKind
from openmo.specs.module import ModuleKind

Run = Callable[..., Result]


@pytest.fixture
def built(tmp_path: Path) -> Built:
    return Built(tmp_path / "environments")


@pytest.fixture
def platform(database_factory: Callable[[], Database], tmp_path: Path, built: Built) -> Platform:
    """With a module of ada's that asks for another numpy than the base's."""
    platform = Platform(database_factory(), tmp_path / "data", environments=built)
    ada = platform.actor("ada")
    project = platform.projects.create(ada, title="Word count", name="word-count", kind=ProjectKind.MODULE)
    platform.publishing.begin(ada, project, ModuleKind.TOOLKIT, language=ENGLISH)
    platform.write(project, {"requirements.txt": "numpy==1.26.4\n"})
    return platform


def test_a_command_waits_and_says_so_once(run: Run, built: Built) -> None:
    threading.Timer(0.5, built.may_build.set).start()
    said = run("publish", "word-count").output.splitlines()
    assert said[0] == "Building a module's environment from its requirements: a minute or two, once ..."
    assert said[1].startswith("Published ada/word_count/0.1.0:")
    assert len(said) == 2
    digest = next(built.folder.iterdir()).name
    assert f"{digest} (Python 3.99.1)" in run("show", "ada/word_count").output
    assert "It may be published as 0.1.1." in run("check", "word-count").output, "it is there now"
    next(built.folder.iterdir()).rmdir()
    assert f"{digest} (Python 3.99.1), built at its next import" in run("show", "ada/word_count").output
