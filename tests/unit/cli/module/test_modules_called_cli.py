"""`openmo module call` and `try`: what is sent, what is printed, and where files go."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openmo_sdk
import pytest
from click.testing import Result
from support.files import write_files
from support.platform import Platform, ThisEnvironment

from openmo.core.errors import OpenMoError
from openmo.core.visibility import Visibility
from openmo.execution.local import LocalExecutor
from openmo.projects.values import ProjectKind
from openmo.sandbox.detect import detect_sandbox

Run = Callable[..., Result]
FILES = {
    "main.py": (
        "class tool:\n    def run(self, conf={}):\n        print('at work')\n"
        "        return {'n': 1 / conf['n'], 'back': open(conf['file'], 'rb').read()}\n"
    ),
    "module_spec.yml": (
        "input:\n  run:\n    n: float\n    file: {value_type: file}\n"
        "output:\n  run:\n    n: float\n    back: {value_type: file}\n"
    ),
}


@pytest.fixture
def platform(platform: Platform) -> Platform:
    assert isinstance(platform.provider, ThisEnvironment)
    found = platform.provider.environment
    read_only = (*found.read_only, Path(openmo_sdk.__file__).parents[1])
    platform.provider.environment = replace(found, read_only=read_only)
    platform.use(LocalExecutor(detect_sandbox()))
    return platform


def test_a_method_is_called_with_values_and_files(run: Run, platform: Platform, tmp_path: Path) -> None:
    write_files(tmp_path / "source", FILES)
    platform.modules.create(
        platform.account("ada"),
        name="tool",
        version="1.0.0",
        title="Tool",
        description="",
        visibility=Visibility.PRIVATE,
        source=tmp_path / "source",
    )
    write_files(tmp_path, {"given.txt": "to and fro"})
    given = f"file=@{tmp_path / 'given.txt'}"
    done = run("call", "ada/tool", "run", "n=4", given, "--save", str(tmp_path / "out"))
    assert "at work" in done.output
    assert "0.25" in done.output
    (saved,) = (tmp_path / "out").iterdir()
    assert saved.read_text() == "to and fro"
    answer = json.loads(run("call", "ada/tool/1.0.0", "run", '{"n": 2}', given, "--json").output)
    assert answer["output"]["n"] == 0.5
    failed = run("call", "ada/tool", "run", "n=0", given)
    assert "at work" in failed.output
    assert isinstance(failed.exception, OpenMoError)
    assert "ZeroDivisionError" in str(failed.exception)


def test_the_module_of_a_project_is_called_before_it_is_published(run: Run, platform: Platform, tmp_path: Path) -> None:
    project = platform.projects.create(platform.actor("ada"), title="tool", name="tool", kind=ProjectKind.MODULE)
    platform.write(project, FILES)
    write_files(tmp_path, {"given.txt": "given"})
    answer = json.loads(run("try", "tool", "run", "n=4", f"file=@{tmp_path / 'given.txt'}", "--json").output)
    assert (answer["identifier"], answer["output"]["n"]) == ("ada/tool/dev", 0.25)
