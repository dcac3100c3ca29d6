"""`openmo module` against the real REST API: what it prints, and what it does."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result
from support.platform import Platform

from openmo.cli.main import cli
from openmo.core.errors import InvalidInput, NotFound, OpenMoError
from openmo.modules.repository import ModuleRepository
from openmo.projects.values import Project

Run = Callable[..., Result]
CODE = "run('openmo/iris_classifier/1.0.0', {})\n"


@pytest.fixture
def project(platform: Platform) -> Project:
    """With 1.0.0 imported and called; there is 2.0.0, too."""
    module = platform.module()
    project = platform.project(files={"train.py": CODE})
    platform.imports.import_module(platform.actor("ada"), project, module)
    with platform.database.begin() as connection:
        modules = ModuleRepository(connection)
        (found,) = modules.versions(module.id)
        modules.add_version(module.id, replace(found, version="2.0.0"))
        modules.set_version(module.id, "2.0.0")
    platform.store.link_tree(found.tree, platform.modules.path(module, "2.0.0"))
    return project


def test_modules_are_listed_as_many_as_wanted(run: Run, platform: Platform) -> None:
    for name in ("one", "two", "three"):
        platform.module("ada", name)
    assert [item["name"] for item in json.loads(run("list", "--sort", "name", "--json").output)["items"]] == [
        "one",
        "three",
        "two",
    ]
    few = run("list", "--limit", "2").output
    assert "There are more" in few
    assert few.count("ada/") == 2
    assert "ada/two" in run("list", "--search", "TWO").output
    assert run("list", "--category", "audio").output == "No modules here.\n"


def test_a_module_is_shown_with_its_methods(run: Run, project: Project) -> None:
    text = run("show", "openmo/iris_classifier").output
    assert "openmo/iris_classifier/2.0.0" in text
    assert "2.0.0, 1.0.0" in text
    assert "a     int" in text
    shown = json.loads(run("show", "openmo/iris_classifier/1.0.0", "--json").output)
    assert shown["shown"]["identifier"] == "openmo/iris_classifier/1.0.0"
    absent = run("show", "openmo/absent").exception
    assert isinstance(absent, OpenMoError)
    assert absent.status == 404


def test_an_import_is_made_and_taken_out(run: Run, platform: Platform) -> None:
    platform.module()
    platform.project()
    made = json.loads(run("import", "digits", "openmo/iris_classifier", "--json").output)
    assert made["folder"] == "modules/openmo/iris_classifier/1.0.0"
    assert "is no longer in ada/digits" in run("unimport", "digits", "openmo/iris_classifier").output
    assert isinstance(run("unimport", "digits", "openmo/iris_classifier").exception, NotFound)


def test_an_update_is_listed_asked_for_and_done(run: Run, platform: Platform, project: Project) -> None:
    train = platform.workspace(project) / "train.py"
    seen = run("update", "digits", "openmo/iris_classifier", "--preview").output
    assert "train.py, line 1" in seen
    assert "+ run('openmo/iris_classifier/2.0.0', {})" in seen
    refused = run("update", "digits", "openmo/iris_classifier", says="n\n")
    assert refused.exit_code != 0
    assert train.read_text() == CODE
    done = run("update", "digits", "openmo/iris_classifier", says="y\n")
    assert "1 lines in 1 files were changed" in done.output
    assert "2.0.0" in train.read_text()
    assert "nothing changes" in run("update", "digits", "openmo/iris_classifier").output
    back = json.loads(run("update", "digits", "openmo/iris_classifier/1.0.0", "--yes", "--json").output)
    assert back["after"] == "openmo/iris_classifier/1.0.0"
    assert train.read_text() == CODE


def test_of_several_imported_versions_one_is_to_be_named(run: Run, project: Project) -> None:
    run("import", "digits", "openmo/iris_classifier/2.0.0")
    ambiguous = run("unimport", "digits", "openmo/iris_classifier").exception
    assert isinstance(ambiguous, NotFound)
    assert "1.0.0" in str(ambiguous)
    assert "nothing changes" in run("update", "digits", "openmo/iris_classifier", "--from", "2.0.0").output
    assert "2.0.0 is no longer" in run("unimport", "digits", "openmo/iris_classifier/2.0.0").output


def test_a_method_is_run_as_a_job_that_tells_what_it_was_made_with(run: Run, project: Project) -> None:
    made = json.loads(
        run("job", "digits", "openmo/iris_classifier/1.0.0", "run", "a=3", "--name", "it", "--json").output
    )
    assert (made["name"], made["script"]) == ("it", "run_iris_classifier.py")
    assert "run_iris_classifier_2.py) pending" in run("job", "digits", "openmo/iris_classifier", "run").output
    wrong = run("job", "digits", "openmo/iris_classifier", "run", "a").exception
    assert isinstance(wrong, InvalidInput)
    assert "a=VALUE" in str(wrong)
    shown = CliRunner().invoke(cli, ["job", "show", "digits", "it"]).output
    assert "openmo/iris_classifier/1.0.0 run" in shown
    inputs = json.loads(CliRunner().invoke(cli, ["job", "show", "digits", "it", "--json"]).output)["inputs"]
    assert [each["identifier"] for each in inputs["modules"]] == ["openmo/iris_classifier/1.0.0"]
