"""`openmo module create`: out of another project; and publishing the very same files once more."""

from collections.abc import Callable

from click.testing import Result
from support.platform import Platform

Run = Callable[..., Result]


def test_a_module_begins_as_a_copy_of_a_project(run: Run, platform: Platform) -> None:
    platform.project("ada", "digits", files={"helper.py": "x = 1", ".env": "KEY=1"})
    done = run("create", "copied", "--from", "digits", "--kind", "model")
    assert (done.exit_code, done.output) == (0, "Copied digits as ada/copied.\n")
    copy = platform.projects.by_name("ada", "copied")
    names = {path.name for path in platform.workspace(copy).iterdir()}
    assert {"helper.py", "main.py"} <= names
    assert ".env" not in names
    assert run("create", "copied", "--from", "digits").exit_code == 1
    assert "--from PROJECT" in run("create", "other").output


def test_the_same_files_are_published_again_only_when_that_is_said(run: Run) -> None:
    assert run("create", "counter", "--kind", "toolkit").exit_code == 0
    assert run("publish", "counter").exit_code == 0
    refused = run("publish", "counter")
    assert refused.exit_code == 1
    assert "Nothing has changed since 0.1.0" in str(refused.exception)
    assert "`--again`" in str(refused.exception)
    assert "ada/counter/0.1.1" in run("publish", "counter", "--again").output
