"""Submitting, watching, stopping and deleting jobs."""

import json
import threading
from typing import Any

import pytest
from sqlalchemy import text
from support.job_launches import wait_until
from support.platform import Platform

from openmo.accounts.values import VISITOR
from openmo.core.errors import Conflict, Forbidden, InvalidInput, NotFound, NotSignedIn, OpenMoError
from openmo.core.states import JobState
from openmo.core.visibility import Visibility
from openmo.events.values import (
    Cursor,
    EventFilter,
    JobDeleted,
    JobEnded,
    JobEvent,
    JobPriorityChanged,
    JobStarted,
    JobStopRequested,
    JobSubmitted,
)
from openmo.execution.executor import Exit, ExitKind
from openmo.execution.memory import MemoryExecutor
from openmo.jobs.values import Device
from openmo.notices.repository import NoticeRepository, of_job
from openmo.projects.values import Project

NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.fixture
def project(platform: Platform) -> Project:
    return platform.project(files={"train.py": "print(1)", "work.ipynb": NOTEBOOK}, visibility=Visibility.PUBLIC)


def finish(platform: Platform, number: int = 0) -> None:
    executor = platform.executor
    assert isinstance(executor, MemoryExecutor)
    now = platform.clock.now().timestamp()
    executor.finish(executor.launches[number].folder, Exit(kind=ExitKind.EXITED, code=0, ended_at=now))


@pytest.mark.both_databases
def test_jobs_are_numbered_and_named_within_their_project(platform: Platform, project: Project) -> None:
    other = platform.project("bob", "other", files={"train.py": ""})
    jobs = [platform.submit(project), platform.submit(project, name="  my \n run "), platform.submit(other)]
    assert [(job.number, job.name) for job in jobs] == [(1, "train-1"), (2, "my run"), (1, "train-1")]
    assert jobs[0].state is JobState.PENDING
    assert platform.jobs.list(platform.actor("ada"), project)[0].number == 2


@pytest.mark.both_databases
def test_deleting_and_reading_notices_never_wait_for_each_other(platform: Platform, project: Project) -> None:
    """Whoever marks notices as read has its turn when the deletion begins, and needs the rows of notices."""
    if platform.database.is_sqlite:
        pytest.skip("SQLite lets one write at a time")
    job, ada = platform.submit(project), platform.actor("ada")
    platform.jobs.terminate(ada, job)
    platform.runner().step()
    assert ada.account is not None
    deleting = threading.Thread(target=platform.jobs.delete, args=(ada, platform.job(job)))
    with platform.events.begin() as connection:
        deleting.start()
        with platform.database.read() as watcher:
            waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            wait_until(lambda: watcher.execute(waits).scalar_one())
        NoticeRepository(connection).mark_read(ada.account.id, of_job(job.id), platform.clock.now(), project_id=None)
    deleting.join()
    with pytest.raises(NotFound):
        platform.jobs.get(ada, project, 1)


@pytest.mark.both_databases
def test_numbers_are_never_used_again(platform: Platform, project: Project) -> None:
    actor = platform.actor("ada")
    job = platform.submit(project)
    platform.jobs.terminate(actor, job)
    platform.runner().step()
    platform.jobs.delete(actor, job)
    with pytest.raises(NotFound):
        platform.jobs.get(actor, project, 1)
    assert platform.submit(project).number == 2


@pytest.mark.both_databases
def test_a_waiting_job_says_what_it_waits_for(platform: Platform, project: Project) -> None:
    jobs = [platform.submit(project) for _ in range(4)]
    assert [job.reason for job in jobs[:2]] == ["It starts in a moment."] * 2
    assert jobs[2].reason == "Waiting for its turn. Jobs ahead of it: 2."
    platform.runner().step()
    missing = "Waiting for CPUs: it needs 1, and 0 of 2 are free."
    assert platform.job(jobs[2]).reason == missing
    assert platform.job(jobs[3]).reason == f"{missing} Jobs ahead of it: 1."
    assert (jobs[2].reason_code, platform.job(jobs[3]).reason_code) == ("waiting_turn", "waiting_cpus")


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("absent.py", NotFound),
        ("../other/train.py", InvalidInput),
        ("/etc/passwd", InvalidInput),
        ("README.md", InvalidInput),
        ("results/x.py", InvalidInput),
        ("venv/x.py", InvalidInput),
        ("inner/__pycache__/x.py", InvalidInput),
        ("broken.ipynb", OpenMoError),
        ("folder.py", NotFound),
        ("", OpenMoError),
        ("a\0.py", InvalidInput),
        ("link.py", NotFound),
        ("to_train.py", InvalidInput),
        ("datasets/openmo-iris/x.py", InvalidInput),
        ("modules/openmo/iris_classifier/1.0.0/main.py", InvalidInput),
    ],
)
def test_what_no_job_can_run_is_refused_at_submission(
    platform: Platform, project: Project, script: str, error: type[OpenMoError]
) -> None:
    files = {"results/x.py": "", "venv/x.py": "", "inner/__pycache__/x.py": "", "broken.ipynb": "{", "folder.py/a": ""}
    platform.write(project, files)
    (platform.workspace(project) / "link.py").symlink_to("/etc/passwd")
    (platform.workspace(project) / "to_train.py").symlink_to("train.py")
    actor = platform.actor("ada")
    platform.imports.import_dataset(actor, project, platform.dataset(files={"x.py": ""}))
    platform.imports.import_module(actor, project, platform.module())
    with pytest.raises(error):
        platform.submit(project, script)
    assert platform.jobs.list(actor, project) == ()


def test_a_notebook_full_of_outputs_is_too_large_and_not_broken(
    platform: Platform, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openmo.jobs.requests._NOTEBOOK_LIMIT", 1 << 20)
    output = {"output_type": "stream", "name": "stdout", "text": "x" * (1 << 20)}
    notebook = {"cells": [{"cell_type": "code", "source": "1", "outputs": [output]}], "nbformat": 4}
    platform.write(project, {"big.ipynb": json.dumps(notebook)})
    with pytest.raises(OpenMoError, match=r"big\.ipynb is too large \(1 MiB\): clear its outputs"):
        platform.submit(project, "big.ipynb")


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"env": {"1A": ""}}, "env"),
        ({"env": {"A=B": ""}}, "env"),
        ({"env": {"LD_PRELOAD": "x.so"}}, "env"),
        ({"env": {"OPENMO_JOB": "7"}}, "env"),
        ({"env": {"JUPYTERHUB_API_TOKEN": "x"}}, "env"),
        ({"env": {"A": "nul\0"}}, "args"),
        ({"args": ("nul\0",)}, "args"),
        ({"args": ("a" * 100_001,)}, "args"),
        ({"time_limit": 0.0}, "time_limit"),
        ({"time_limit": -1.0}, "time_limit"),
        ({"time_limit": float("nan")}, "time_limit"),
        ({"time_limit": float("inf")}, "time_limit"),
        ({"name": "a" * 201}, "name"),
        ({"name": "nul\0"}, "name"),
        ({"device": Device.GPU}, "device"),
    ],
)
def test_wrong_requests_name_their_field(
    platform: Platform, project: Project, options: dict[str, Any], field: str
) -> None:
    with pytest.raises(OpenMoError) as refused:
        platform.submit(project, **options)
    assert refused.value.fields["field"] == field


def test_a_snapshot_holds_the_code_alone(platform: Platform, project: Project) -> None:
    kept = {"inner/lib.py": "", "data.csv": "", ".hidden": ""}
    left_out = {
        ".git/config": "",
        "venv/bin/python": "",
        "inner/.venv/x": "",
        "results/model.pt": "",
        "a/__pycache__/b": "",
    }
    platform.write(project, kept | left_out)
    actor = platform.actor("ada")
    platform.imports.import_dataset(actor, project, platform.dataset())
    job = platform.submit(project)
    target = platform.folder.root / "copy"
    platform.store.copy_tree(job.tree, target)
    names = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert names == {*kept, "train.py", "work.ipynb", "README.md", "coding_here.ipynb"}
    assert job.snapshot_files == len(names)


@pytest.mark.both_databases
def test_a_job_is_the_owners_alone(platform: Platform, project: Project) -> None:
    job = platform.submit(project)
    for actor, error in ((platform.actor("bob"), Forbidden), (VISITOR, NotSignedIn)):
        for act in (
            lambda who: platform.jobs.list(who, project),
            lambda who: platform.jobs.get(who, project, job.number),
            lambda who: platform.jobs.terminate(who, job),
            lambda who: platform.jobs.restart(who, job),
            lambda who: platform.jobs.delete(who, job),
            lambda who: platform.job_logs.read(who, job),
            lambda who: platform.job_results.metrics(who, job),
        ):
            with pytest.raises(error):
                act(actor)
        assert platform.job_watch.active(actor) == ()
        assert platform.job_watch.changed_since(actor, 0) == ()
    assert platform.job(job).state is JobState.PENDING


def test_a_projects_own_token_sees_that_projects_jobs_alone(platform: Platform, project: Project) -> None:
    other = platform.project("ada", "other", files={"train.py": ""})
    mine, theirs = platform.submit(project), platform.submit(other)
    only = platform.actor("ada", only=project)
    assert [job.id for job in platform.job_watch.active(only)] == [mine.id]
    assert [job.id for job in platform.job_watch.changed_since(only, 0)] == [mine.id]
    assert {job.id for job in platform.job_watch.active(platform.actor("ada"))} == {mine.id, theirs.id}
    with pytest.raises(NotFound):
        platform.jobs.terminate(only, theirs)


@pytest.mark.both_databases
def test_every_change_is_seen_once_and_in_order(platform: Platform, project: Project) -> None:
    actor = platform.actor("ada")
    start = platform.events.last()
    first, second = platform.submit(project), platform.submit(project)
    seen = platform.job_watch.changed_since(actor, start)
    assert [job.id for job in seen] == [first.id, second.id]
    platform.jobs.terminate(actor, first)
    again = platform.job_watch.changed_since(actor, seen[-1].change)
    assert [job.id for job in again] == [first.id]
    assert platform.job_watch.changed_since(actor, platform.events.last()) == ()


def test_what_happens_to_a_job_is_on_record_once_with_who_did_it(platform: Platform, project: Project) -> None:
    actor, runner = platform.actor("ada"), platform.runner()
    first, second = platform.submit(project), platform.submit(project)
    platform.jobs.set_priority(actor, second, -1)
    for _ in range(2):
        platform.jobs.terminate(actor, second)  # the first wish stands: the second is no news
    runner.step()
    platform.jobs.set_priority(actor, second, -2)  # it waits no more
    finish(platform)
    runner.step()
    platform.jobs.delete_several(actor, project, [second.number, second.number])
    found = platform.events.since(Cursor(0), EventFilter(project_id=project.id)).events
    assert actor.account is not None
    happened = [(type(one.event), one.event.subject_id) for one in found if isinstance(one.event, JobEvent)]
    assert happened == [
        (JobSubmitted, first.id),
        (JobSubmitted, second.id),
        (JobPriorityChanged, second.id),
        (JobStopRequested, second.id),
        (JobEnded, second.id),
        (JobStarted, first.id),
        (JobEnded, first.id),
        (JobDeleted, second.id),
    ]
    by_user = {JobSubmitted, JobPriorityChanged, JobStopRequested, JobDeleted}
    assert {type(one.event) for one in found if one.event.actor_id == actor.account.id} >= by_user
    assert {one.owner_id for one in found} == {actor.account.id}


@pytest.mark.both_databases
def test_a_job_that_waits_is_stopped_without_starting(platform: Platform, project: Project) -> None:
    job = platform.submit(project)
    asked = platform.jobs.terminate(platform.actor("ada"), job)
    assert asked.stop_requested
    platform.runner().step()
    assert (platform.job(job).state, platform.job(job).reason) == (JobState.TERMINATED, "Stopped by ada.")
    assert isinstance(platform.executor, MemoryExecutor)
    assert platform.executor.launches == []


@pytest.mark.both_databases
def test_an_ended_job_can_be_restarted_and_deleted_but_not_stopped(platform: Platform, project: Project) -> None:
    actor, runner = platform.actor("ada"), platform.runner()
    job = platform.submit(project, args=("--fast",), env={"A": "1"})
    with pytest.raises(Conflict, match="terminate it first"):
        platform.jobs.delete(actor, job)
    with pytest.raises(Conflict):
        platform.jobs.check_deletable(actor, project)
    runner.step()
    finish(platform)
    runner.step()
    assert platform.job(job).state is JobState.SUCCEEDED
    with pytest.raises(Conflict, match="ended already"):
        platform.jobs.terminate(actor, job)
    platform.write(project, {"train.py": "print('changed since')"})
    again = platform.jobs.restart(actor, job)
    assert (again.tree, again.args, again.env, again.name) == (job.tree, job.args, job.env, "train-2")
    platform.jobs.delete(actor, job)
    assert not (platform.folder.jobs / job.id).exists()


def test_a_given_name_stays_on_restart(platform: Platform, project: Project) -> None:
    job = platform.submit(project, name="baseline")
    assert platform.jobs.restart(platform.actor("ada"), job).name == "baseline"


def test_submitting_wakes_the_runner(platform: Platform, project: Project) -> None:
    platform.submit(project)
    assert platform.notifier.wait("runner", 0.0)
    assert not platform.notifier.wait("runner", 0.0)
