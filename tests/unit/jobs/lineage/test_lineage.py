"""What jobs were made with: written down at their submission, told to those who may see it."""

from dataclasses import replace

import pytest
from support.platform import Platform

from openmo.accounts.values import VISITOR
from openmo.core.errors import Forbidden
from openmo.core.visibility import Visibility
from openmo.datasets.values import Dataset
from openmo.jobs.lineage.values import JobInputs
from openmo.jobs.repository import JobRepository
from openmo.modules.repository import ModuleRepository
from openmo.modules.values import Module
from openmo.projects.values import Project

pytestmark = pytest.mark.both_databases
TRAIN = "train('openmo/iris_classifier/1.0.0', {'data': 'datasets/openmo-iris/data.csv'})\n"


@pytest.fixture
def module(platform: Platform) -> Module:
    return platform.module()


@pytest.fixture
def dataset(platform: Platform) -> Dataset:
    return platform.dataset()


@pytest.fixture
def project(platform: Platform, module: Module, dataset: Dataset) -> Project:
    project = platform.project(files={"train.py": TRAIN, "other.py": "print(1)\n"}, visibility=Visibility.PUBLIC)
    ada = platform.actor("ada")
    platform.imports.import_module(ada, project, module)
    platform.imports.import_dataset(ada, project, dataset)
    return project


def inputs_of(inputs: JobInputs) -> list[tuple[str, str | int]]:
    modules = [(each.identifier, each.method) for each in inputs.modules]
    return [*modules, *((each.dataset.full_name, each.version) for each in inputs.datasets)]


WHOLE = [("openmo/iris_classifier/1.0.0", "train"), ("openmo/iris", 1)]


def test_a_job_was_made_with_what_its_script_names(platform: Platform, project: Project) -> None:
    ada = platform.actor("ada")
    job, other = platform.submit(project), platform.submit(project, "other.py")
    assert inputs_of(platform.lineage.inputs(ada, job)) == WHOLE
    assert inputs_of(platform.lineage.inputs(ada, other)) == []
    with pytest.raises(Forbidden):
        platform.lineage.inputs(platform.actor("bob"), job)


def test_running_again_keeps_it_whatever_the_script_is_by_now(platform: Platform, project: Project) -> None:
    ada, job = platform.actor("ada"), platform.submit(project)
    platform.write(project, {"train.py": "print(2)\n"})
    assert inputs_of(platform.lineage.inputs(ada, platform.jobs.restart(ada, job))) == WHOLE
    assert inputs_of(platform.lineage.inputs(ada, platform.submit(project, script="", code_of=job.number))) == WHOLE
    assert inputs_of(platform.lineage.inputs(ada, platform.submit(project))) == []


def test_what_is_no_import_or_not_to_be_seen_any_more_is_not_told(platform: Platform, project: Project) -> None:
    ada = platform.actor("ada")
    platform.write(project, {"train.py": TRAIN.replace("1.0.0", "3.0.0")})
    assert inputs_of(platform.lineage.inputs(ada, platform.submit(project))) == [("openmo/iris", 1)]
    hidden = platform.module("bob", "hidden")
    platform.write(project, {"train.py": "run('bob/hidden', {})\n"})
    platform.imports.import_module(ada, project, hidden)
    job = platform.submit(project)
    assert inputs_of(platform.lineage.inputs(ada, job)) == [("bob/hidden/1.0.0", "run")]
    with platform.database.begin() as connection:
        ModuleRepository(connection).save(replace(hidden, visibility=Visibility.PRIVATE))
    assert inputs_of(platform.lineage.inputs(ada, job)) == []


def test_a_module_and_a_dataset_tell_each_of_their_users_their_own_jobs(
    platform: Platform, project: Project, module: Module, dataset: Dataset
) -> None:
    ada = platform.actor("ada")
    platform.write(project, {"train.py": f"{TRAIN}predict('openmo/iris_classifier', {{}})\n"})
    jobs = [platform.submit(project) for _ in range(5)]
    other = platform.project("ada", "other", files={"train.py": TRAIN})
    platform.imports.import_module(ada, other, module)
    jobs.append(platform.submit(other))
    seen: list[str] = []
    after, pages = "", 0
    while after or not pages:
        page = platform.lineage.uses(ada, module, after=after, limit=4)
        seen, after, pages = [*seen, *(use.job.id for use in page.items)], page.next, pages + 1
    assert seen == sorted((job.id for job in jobs), reverse=True)
    assert pages == 2
    assert platform.lineage.uses(ada, module, limit=2).items[1].methods == ("train", "predict")
    assert len(platform.lineage.uses(ada, dataset).items) == 5
    assert len(platform.lineage.uses(platform.actor("ada", only=other), module).items) == 1
    for nobody in (platform.actor("bob"), VISITOR):
        assert platform.lineage.uses(nobody, module).items == ()


def test_what_is_deleted_is_used_by_nothing(platform: Platform, project: Project, module: Module) -> None:
    ada = platform.actor("ada")
    job = platform.submit(project)
    with platform.database.begin() as connection:
        JobRepository(connection).remove(job.id)
    assert platform.lineage.uses(ada, module).items == ()
