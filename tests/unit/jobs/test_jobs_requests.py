"""What may be asked for, what is kept secret, and what the job gets."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from support.platform import Platform
from support.web_site import Site

from openmo.accounts.values import Actor
from openmo.core.errors import Conflict, Forbidden, InvalidInput, OpenMoError
from openmo.core.states import JobState
from openmo.db.engine import Database
from openmo.db.tables import jobs as table
from openmo.execution.executor import Capacity, Exit, ExitKind
from openmo.execution.memory import MemoryExecutor
from openmo.jobs.schemas import JobView
from openmo.jobs.values import Device, Job, JobRequest
from openmo.projects.values import Project

CANARY = "s3cret-canary-价值"
CAPACITY = Capacity(cpus=4, gpus=("GPU-a", "GPU-b"), memory_bytes=8 << 30)


@pytest.fixture
def executor() -> MemoryExecutor:
    return MemoryExecutor(capacity=CAPACITY)


@pytest.fixture
def platform(database: Database, tmp_path: Path, executor: MemoryExecutor) -> Platform:
    return Platform(database, tmp_path / "data", executor=executor)


@pytest.fixture
def project(platform: Platform) -> Project:
    return platform.project(files={"train.py": "print(1)", "other.py": ""})


def environment(platform: Platform, executor: MemoryExecutor, job: Job) -> Mapping[str, str]:
    """What the job was started with."""
    platform.runner().step()
    return next(launch.variables for launch in executor.launches if launch.job_id == job.id)


@pytest.mark.parametrize(
    ("options", "field", "error", "says"),
    [
        ({"cpus": 0}, "cpus", InvalidInput, "at least one"),
        ({"cpus": 5}, "cpus", Conflict, "has 4 CPUs"),
        ({"gpus": 3}, "gpus", Conflict, "has 2 GPUs"),
        ({"gpus": -1}, "gpus", InvalidInput, "0 or more"),
        ({"memory_limit": 9 << 30}, "memory_limit", Conflict, "has 8 GiB"),
        ({"memory_limit": 1}, "memory_limit", InvalidInput, "at least 32M"),
        ({"priority": 1}, "priority", Forbidden, "administrators"),
        ({"priority": 1000}, "priority", InvalidInput, "-100 to 100"),
        ({"secrets": {"LD_PRELOAD": "x"}}, "secrets", InvalidInput, "cannot be set"),
        ({"env": {"CUDA_VISIBLE_DEVICES": "0"}}, "env", InvalidInput, "cannot be set"),
        ({"env": {"A": "1"}, "secrets": {"A": "2"}}, "secrets", InvalidInput, "name it once"),
    ],
)
def test_what_cannot_be_met_is_refused_with_what_there_is(
    *, platform: Platform, project: Project, options: dict[str, Any], field: str, error: type[OpenMoError], says: str
) -> None:
    with pytest.raises(error, match=says) as refused:
        platform.submit(project, **options)
    assert refused.value.fields["field"] == field
    assert platform.jobs.list(platform.actor("ada"), project) == ()


def test_an_administrator_may_go_first(platform: Platform, project: Project) -> None:
    account = platform.account("ada")
    admin = Actor(account=replace(account, admin=True))
    job = platform.jobs.submit(admin, project, JobRequest(script="train.py", priority=7))
    assert job.priority == 7
    assert platform.jobs.restart(platform.actor("ada"), job).priority == 0
    with pytest.raises(Forbidden):
        platform.jobs.set_priority(platform.actor("ada"), job, 8)
    assert platform.jobs.set_priority(platform.actor("ada"), job, -1).priority == -1


def test_a_gpu_job_sees_its_gpus_alone_and_others_none(
    platform: Platform, project: Project, executor: MemoryExecutor
) -> None:
    one, two = platform.submit(project, device=Device.GPU), platform.submit(project, gpus=1)
    none = platform.submit(project)
    assert (one.gpus, two.device) == (1, Device.GPU)
    found = [environment(platform, executor, job)["CUDA_VISIBLE_DEVICES"] for job in (one, two, none)]
    assert found == ["GPU-a", "GPU-b", ""]
    assert platform.job(one).granted_gpus == ("GPU-a",)


def test_slots_of_running_jobs_are_not_granted_again_by_a_restarted_runner(
    platform: Platform, project: Project, executor: MemoryExecutor
) -> None:
    first = platform.submit(project, gpus=1, cpus=3)
    platform.runner().step()
    second, third = platform.submit(project, gpus=1), platform.submit(project, gpus=1)
    platform.runner().step()
    assert [platform.job(job).granted_gpus for job in (first, second, third)] == [("GPU-a",), ("GPU-b",), ()]
    assert platform.job(third).state is JobState.PENDING
    assert platform.job(third).reason_code == "waiting_gpus"


def test_libraries_take_the_granted_cpus_unless_told_otherwise(
    platform: Platform, project: Project, executor: MemoryExecutor
) -> None:
    plain, own = platform.submit(project, cpus=2), platform.submit(project, env={"OMP_NUM_THREADS": "1"})
    assert environment(platform, executor, plain)["OMP_NUM_THREADS"] == "2"
    found = environment(platform, executor, own)
    assert (found["OMP_NUM_THREADS"], found["MKL_NUM_THREADS"]) == ("1", "1")


def test_a_memory_limit_reaches_the_shim(platform: Platform, project: Project, executor: MemoryExecutor) -> None:
    platform.submit(project, memory_limit=1 << 30)
    platform.runner().step()
    assert executor.launches[0].policy.memory_bytes == 1 << 30


def test_a_secret_reaches_the_job_and_nothing_else(
    platform: Platform, project: Project, executor: MemoryExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    job = platform.submit(project, secrets={"TOKEN": CANARY})
    assert environment(platform, executor, job)["TOKEN"] == CANARY
    request = JobRequest(script="train.py", secrets={"TOKEN": CANARY})
    shown = [job, request, executor.launches, JobView.of(job).model_dump_json(), caplog.text]
    with platform.database.read() as connection:
        shown += [tuple(row) for row in connection.execute(select(table))]
    assert not any(CANARY in part or repr(CANARY)[1:-1] in part for part in map(str, shown))
    assert JobView.of(job).secrets == ["TOKEN"]
    written = [
        path for path in platform.folder.root.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()
    ]
    assert written == []


def test_a_secret_is_kept_for_another_run_and_given_up_on_wish(
    platform: Platform, project: Project, executor: MemoryExecutor
) -> None:
    job = platform.submit(project, secrets={"TOKEN": CANARY, "KEY": "k"})
    again = platform.jobs.restart(platform.actor("ada"), job)
    other = platform.submit(project, secrets_of=job.number, secrets={"KEY": "new"})
    bare = platform.submit(project)
    found = [environment(platform, executor, each) for each in (again, other, bare)]
    assert [(env.get("TOKEN"), env.get("KEY")) for env in found] == [(CANARY, "k"), (CANARY, "new"), (None, None)]


def test_secrets_of_another_installation_are_not_guessed(platform: Platform, project: Project) -> None:
    job = platform.submit(project, secrets={"TOKEN": CANARY})
    (platform.folder.run / "job-secrets.secret").write_text("00" * 32)
    platform.runner().step()
    assert platform.job(job).state is JobState.FAILED
    assert "give them again" in platform.job(job).reason


def test_changed_arguments_run_the_same_code(platform: Platform, project: Project) -> None:
    job = platform.submit(project, args=("--lr", "1"))
    platform.write(project, {"train.py": "print('changed since')"})
    changed = platform.submit(project, code_of=job.number, args=("--lr", "2"))
    assert (changed.tree, changed.script, changed.args) == (job.tree, job.script, ("--lr", "2"))
    with pytest.raises(InvalidInput, match="as it is now"):
        platform.submit(project, "other.py", code_of=job.number)


def test_several_jobs_are_deleted_or_none(platform: Platform, project: Project, executor: MemoryExecutor) -> None:
    actor = platform.actor("ada")
    ended, active = platform.submit(project), platform.submit(project)
    runner = platform.runner()
    runner.step()
    executor.finish(platform.launcher.folder(ended), Exit(kind=ExitKind.EXITED, code=0, ended_at=1e9))
    runner.step()
    with pytest.raises(Conflict):
        platform.jobs.delete_several(actor, project, [ended.number, active.number])
    assert len(platform.jobs.list(actor, project)) == 2
    platform.jobs.delete_several(actor, project, [ended.number, ended.number, 99])
    assert [job.id for job in platform.jobs.list(actor, project)] == [active.id]


def test_rows_of_the_first_release_are_read(platform: Platform, project: Project) -> None:
    job = platform.submit(project)
    empty = "secret_names=NULL, sealed_secrets=NULL, granted_gpus=NULL, reason_code=NULL, reason_params=NULL"
    with platform.database.begin() as connection:
        connection.execute(text(f"UPDATE jobs SET {empty}, state='failed', reason='It broke.'"))
    now = platform.job(job)
    assert (now.secret_names, now.granted_gpus, now.reason) == ((), (), "It broke.")


def test_the_form_speaks_chinese_about_endings_and_never_shows_a_secret(
    platform: Platform, project: Project, executor: MemoryExecutor
) -> None:
    browser = Site(platform).browser("ada", language="zh-CN")
    jobs = "/projects/ada/digits/jobs"
    token = browser.get(jobs).text.split('name="csrf_token" value="')[1].split('"')[0]
    form = {
        "csrf_token": token, "script": "train.py", "args": "--lr 1", "cpus": "2", "memory": "2G", "time_limit": "1h30m",
        "env": "A=1\nB=x=y", "secrets": f"TOKEN={CANARY}",
    }  # fmt: skip
    wrong = browser.post(jobs, data={**form, "cpus": "many"})
    assert wrong.status_code == 422
    assert "请填写整数" in wrong.text
    assert CANARY not in wrong.text
    assert browser.post(jobs, data=form).headers["location"] == f"{jobs}/1"
    job = platform.jobs.get(platform.actor("ada"), project, 1)
    assert (job.cpus, job.memory_limit, job.time_limit) == (2, 2 << 30, 5400)
    assert (dict(job.env), job.secret_names) == ({"A": "1", "B": "x=y"}, ("TOKEN",))
    runner = platform.runner()
    runner.step()
    end = Exit(kind=ExitKind.OUT_OF_MEMORY, ended_at=1e9, peak_memory_bytes=3 << 30)
    executor.finish(platform.launcher.folder(job), end)
    runner.step()
    page = browser.get(f"{jobs}/1").text
    assert "内存不足：占用了 3 GiB，上限为 2 GiB" in page
    like = browser.get(f"{jobs}?like=1").text
    assert 'value="1 h 30 min"' in like
    assert 'name="secrets_of" value="1"' in like
    assert CANARY not in page + like


def test_selected_jobs_are_deleted_on_the_page(platform: Platform, project: Project, executor: MemoryExecutor) -> None:
    jobs, kept = [platform.submit(project) for _ in range(2)], platform.submit(project)
    runner = platform.runner()
    runner.step()
    for job in (*jobs, kept):
        executor.finish(platform.launcher.folder(job), Exit(kind=ExitKind.EXITED, code=0, ended_at=1e9))
    runner.step()
    browser = Site(platform).browser("ada")
    page = browser.get("/projects/ada/digits/jobs").text
    assert page.count('form="delete-several"') == 3
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": token, "number": [str(job.number) for job in jobs]}
    assert browser.post("/projects/ada/digits/jobs/delete", data=form).status_code == 303
    assert [job.id for job in platform.jobs.list(platform.actor("ada"), project)] == [kept.id]
