"""A module's method as a job: imported, written down as a script, and submitted."""

import pytest
from support.platform import Platform

from openmo.bootstrap.web import web_services
from openmo.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from openmo.core.references import Reference
from openmo.core.visibility import Visibility
from openmo.jobs.module_jobs import ModuleCall, ModuleJobService
from openmo.projects.values import Project

IRIS = Reference("openmo", "iris_classifier")
MODULE = "openmo/iris_classifier/1.0.0"


@pytest.fixture
def project(platform: Platform) -> Project:
    platform.module()
    return platform.project(visibility=Visibility.PUBLIC)


@pytest.fixture
def service(platform: Platform) -> ModuleJobService:
    return web_services(platform._platform, platform.servers, platform.app_tokens).module_jobs


def call(**values: object) -> ModuleCall:
    return ModuleCall(module=IRIS, method="run", values=values)


def scripts(platform: Platform, project: Project) -> list[str]:
    return sorted(path.name for path in platform.workspace(project).glob("run_*"))


def test_the_version_is_imported_and_called_by_a_script(
    platform: Platform, project: Project, service: ModuleJobService
) -> None:
    ada = platform.actor("ada")
    job = service.submit(ada, project, call(a="7"))
    assert (job.script, job.name) == ("run_iris_classifier.py", "run_iris_classifier-1")
    source = (platform.workspace(project) / job.script).read_text()
    assert source.startswith("from modules import json_parser, Client\n")
    assert "'a': 7," in source
    assert source.endswith(f"result = run('{MODULE}', conf)\nprint(result)\n")
    compile(source, job.script, "exec")
    assert [each.identifier for each in platform.imports.modules(ada, project)] == [MODULE]
    (used,) = platform.lineage.inputs(ada, job).modules
    assert (used.identifier, used.method) == (MODULE, "run")


def test_own_environment_is_asked_for_in_the_call(
    platform: Platform, project: Project, service: ModuleJobService
) -> None:
    own = ModuleCall(module=IRIS, method="run", own_environment=True, name="apart")
    job = service.submit(platform.actor("ada"), project, own)
    source = (platform.workspace(project) / job.script).read_text()
    assert f"result = run('{MODULE}', conf, environment='own')\n" in source
    assert job.name == "apart"


def test_what_somebody_wrote_is_not_overwritten(
    platform: Platform, project: Project, service: ModuleJobService
) -> None:
    ada = platform.actor("ada")
    platform.write(project, {"run_iris_classifier.py": "mine\n"})
    (platform.workspace(project) / "run_iris_classifier_2.py").mkdir()
    (platform.workspace(project) / "run_iris_classifier_3.py").symlink_to("/etc/passwd")
    names = [service.submit(ada, project, call(a=value)).script for value in ("1", "1", "2", "1")]
    assert names == [f"run_iris_classifier_{number}.py" for number in (4, 4, 5, 4)]
    assert (platform.workspace(project) / "run_iris_classifier.py").read_text() == "mine\n"


def test_what_is_wrong_is_refused_before_anything_is_done(
    platform: Platform, project: Project, service: ModuleJobService, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = platform.actor("ada")
    wrong_name = ModuleCall(module=IRIS, method="run", name="x" * 300)
    for wrong in (call(a="seven"), call(b="1"), ModuleCall(module=IRIS, method="train"), wrong_name):
        with pytest.raises(InvalidInput):
            service.submit(ada, project, wrong)
    with pytest.raises(NotFound):
        service.submit(ada, project, ModuleCall(module=Reference("openmo", "absent"), method="run"))
    with pytest.raises(Forbidden):
        service.submit(platform.actor("bob"), project, call())
    assert scripts(platform, project) == []
    assert platform.imports.modules(ada, project) == ()
    monkeypatch.setattr("openmo.jobs.module_jobs._NAMES", 1)
    platform.write(project, {"run_iris_classifier.py": "mine\n"})
    with pytest.raises(Conflict, match="delete old ones"):
        service.submit(ada, project, call())
