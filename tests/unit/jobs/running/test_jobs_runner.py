"""The runner, with an executor whose jobs do what the test says."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import Connection, update
from support.platform import Platform

from openmo.core.errors import Unavailable
from openmo.core.hostile.folder import HostileFolder
from openmo.core.states import JobState
from openmo.db.engine import Database
from openmo.db.tables import jobs
from openmo.execution.executor import Capacity, Exit, ExitKind, JobLaunch, RunningProcess, Unstarted
from openmo.execution.memory import MemoryExecutor
from openmo.jobs.values import Job
from openmo.projects.values import Project


class TestedExecutor(MemoryExecutor):
    """Starts may fail, before or after the process runs."""

    __test__ = False

    def __init__(self, *, cpus: int = 2) -> None:
        super().__init__(capacity=Capacity(cpus=cpus))
        self.before: list[Exception] = []
        self.after: list[Exception] = []
        self.unreadable: set[Path] = set()

    def start(self, launch: JobLaunch) -> None:
        if self.before:
            raise self.before.pop(0)
        super().start(launch)
        if self.after:
            raise self.after.pop(0)

    def observe(self, folder: Path) -> Unstarted | RunningProcess | Exit:
        if folder in self.unreadable:
            raise OSError("the folder cannot be read")
        return super().observe(folder)


@pytest.fixture
def executor() -> TestedExecutor:
    return TestedExecutor()


@pytest.fixture
def platform(database: Database, tmp_path: Path, executor: TestedExecutor) -> Platform:
    return Platform(database, tmp_path / "data", executor=executor)


@pytest.fixture
def project(platform: Platform) -> Project:
    return platform.project(files={"train.py": "print(1)"})


@pytest.fixture
def end(platform: Platform, executor: TestedExecutor) -> Callable[..., None]:
    def finish(job: Job, kind: ExitKind = ExitKind.EXITED, *, code: int | None = 0, detail: str = "") -> None:
        now = platform.clock.now().timestamp()
        executor.finish(
            platform.launcher.folder(job), Exit(kind=kind, code=code, started_at=now - 1, ended_at=now, detail=detail)
        )

    return finish


def test_a_job_runs_and_succeeds(platform: Platform, project: Project, end: Callable[..., None]) -> None:
    runner, job = platform.runner(), platform.submit(project)
    runner.step()
    assert platform.job(job).state is JobState.RUNNING
    end(job)
    runner.step()
    ended = platform.job(job)
    assert (ended.state, ended.reason, ended.exit_code, ended.ending) == (JobState.SUCCEEDED, "", 0, "exited")
    assert ended.seconds == pytest.approx(1)


@pytest.mark.parametrize(
    ("kind", "code", "detail", "state", "reason"),
    [
        (ExitKind.EXITED, 3, "", JobState.FAILED, "It ended with exit code 3"),
        (ExitKind.SIGNALLED, None, "", JobState.FAILED, "ended by a signal"),
        (ExitKind.TIME_LIMIT, None, "", JobState.FAILED, "time limit"),
        (ExitKind.OUT_OF_MEMORY, None, "", JobState.FAILED, "memory"),
        (ExitKind.LOST, None, "", JobState.FAILED, "Run it again"),
        (ExitKind.NOT_STARTED, None, "", JobState.FAILED, "could not be started"),
        (ExitKind.TERMINATED, None, "", JobState.TERMINATED, "was stopped"),
    ],
)
def test_every_ending_has_one_state_and_a_reason(
    *,
    platform: Platform,
    project: Project,
    end: Callable[..., None],
    kind: ExitKind,
    code: int | None,
    detail: str,
    state: JobState,
    reason: str,
) -> None:
    runner, job = platform.runner(), platform.submit(project)
    runner.step()
    end(job, kind, code=code, detail=detail)
    runner.step()
    assert platform.job(job).state is state
    assert reason in platform.job(job).reason


def test_the_last_error_of_a_traceback_is_the_reason(
    platform: Platform, project: Project, executor: TestedExecutor, end: Callable[..., None]
) -> None:
    runner, job = platform.runner(), platform.submit(project)
    runner.step()
    executor.emit(platform.launcher.folder(job), b"Traceback ...\n\x1b[31mValueError: no rows\x1b[0m\nbye\n")
    end(job, code=1)
    runner.step()
    assert platform.job(job).reason.startswith("Exit code 1: ValueError: no rows. The end of the log")


@pytest.mark.both_databases
def test_slots_are_shared_between_owners(platform: Platform, project: Project, end: Callable[..., None]) -> None:
    runner = platform.runner()
    mine = [platform.submit(project) for _ in range(3)]
    theirs = platform.submit(platform.project("bob", "other", files={"train.py": ""}))
    runner.step()
    states = [platform.job(job).state for job in (*mine, theirs)]
    assert states == [JobState.RUNNING, JobState.PENDING, JobState.PENDING, JobState.RUNNING]
    end(mine[0])
    runner.step()
    assert platform.job(mine[1]).state is JobState.RUNNING


def test_stopping_a_running_job_ends_it_as_terminated(platform: Platform, project: Project) -> None:
    runner, job = platform.runner(), platform.submit(project)
    runner.step()
    platform.jobs.terminate(platform.actor("ada"), job)
    runner.step()
    runner.step()
    assert (platform.job(job).state, platform.job(job).reason) == (JobState.TERMINATED, "Stopped by ada.")


@pytest.mark.both_databases
def test_a_job_marked_but_never_started_is_started_by_the_next_runner(
    platform: Platform, project: Project, executor: TestedExecutor
) -> None:
    job = platform.submit(project)
    executor.before.append(KeyboardInterrupt())  # type: ignore[arg-type]  # the runner dies right there
    with pytest.raises(KeyboardInterrupt):
        platform.runner().step()
    assert platform.job(job).state is JobState.RUNNING
    platform.runner().step()
    assert len(executor.launches) == 1


def test_a_job_stopped_before_it_was_started_never_runs(
    platform: Platform, project: Project, executor: TestedExecutor
) -> None:
    job = platform.submit(project)
    executor.before.append(KeyboardInterrupt())  # type: ignore[arg-type]  # the runner dies right there
    with pytest.raises(KeyboardInterrupt):
        platform.runner().step()
    platform.jobs.terminate(platform.actor("ada"), job)
    platform.runner().step()
    assert (platform.job(job).state, platform.job(job).reason) == (JobState.TERMINATED, "Stopped by ada.")
    assert executor.launches == []


def test_a_busy_machine_starts_the_job_later(platform: Platform, project: Project, executor: TestedExecutor) -> None:
    runner, job = platform.runner(), platform.submit(project)
    executor.before.append(Unavailable("too busy", retry_after=5.0))
    runner.step()
    runner.step()
    assert executor.launches == []
    assert platform.job(job).state is JobState.RUNNING
    platform.clock.advance(5.0)  # type: ignore[attr-defined]  # a ManualClock
    runner.step()
    assert len(executor.launches) == 1


def test_a_start_that_fails_after_the_process_began_leaves_none_running(
    platform: Platform, project: Project, executor: TestedExecutor
) -> None:
    runner, job = platform.runner(), platform.submit(project)
    executor.after.append(OSError("the answer was lost"))
    runner.step()
    runner.step()
    assert platform.job(job).state is JobState.TERMINATED
    assert isinstance(executor.observe(platform.launcher.folder(job)), Exit)


def test_a_start_that_fails_ends_the_job_with_the_reason(
    platform: Platform, project: Project, executor: TestedExecutor
) -> None:
    runner, job = platform.runner(), platform.submit(project)
    executor.before.append(OSError("no more processes"))
    runner.step()
    assert platform.job(job).state is JobState.FAILED
    assert "no more processes" in platform.job(job).reason
    assert isinstance(executor.observe(platform.launcher.folder(job)), Unstarted)


@pytest.mark.parametrize("broken", [b"\xff\xfe\x00", b"[" * 100_000, b'{"cells": 3}'])
def test_a_notebook_that_cannot_be_read_breaks_its_own_job_alone(
    platform: Platform, project: Project, executor: TestedExecutor, broken: bytes, tmp_path: Path
) -> None:
    platform.write(project, {"work.ipynb": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'})
    bad, good = platform.submit(project, "work.ipynb"), platform.submit(project)
    changed = tmp_path / "changed"
    changed.mkdir()
    (changed / "work.ipynb").write_bytes(broken)
    tree = platform.store.put_tree(HostileFolder(changed)).digest
    with platform.database.begin() as connection:  # as if it had changed just before the snapshot
        connection.execute(update(jobs).where(jobs.c.id == bad.id).values(tree=tree))
    runner = platform.runner()
    runner.step()
    assert platform.job(bad).state is JobState.FAILED
    assert platform.job(bad).reason
    assert platform.job(good).state is JobState.RUNNING


def test_one_job_that_cannot_be_looked_at_stops_no_other(
    platform: Platform, project: Project, executor: TestedExecutor, end: Callable[..., None]
) -> None:
    runner, bad, good = platform.runner(), platform.submit(project), platform.submit(project)
    runner.step()
    executor.unreadable.add(platform.launcher.folder(bad))
    end(good)
    end(bad)
    runner.step()
    assert [platform.job(job).state for job in (bad, good)] == [JobState.RUNNING, JobState.SUCCEEDED]
    executor.unreadable.clear()
    runner.step()
    assert platform.job(bad).state is JobState.SUCCEEDED


def test_a_job_whose_metrics_cannot_be_stored_ends_all_the_same(
    platform: Platform, project: Project, end: Callable[..., None]
) -> None:
    runner, job = platform.runner(), platform.submit(project)
    runner.step()
    (platform.launcher.folder(job) / "metrics").write_text("a file where a folder should be")
    end(job)
    runner.step()
    assert platform.job(job).state is JobState.SUCCEEDED


def test_a_job_prints_metrics_and_they_are_there_when_it_ends(
    platform: Platform, project: Project, executor: TestedExecutor, end: Callable[..., None]
) -> None:
    runner, job, actor = platform.runner(), platform.submit(project), platform.actor("ada")
    runner.step()
    folder = platform.launcher.folder(job)
    for step in range(3):
        executor.emit(folder, b'{"metric": "loss", "value": %d.5, "step": %d}\n' % (step, step))
        runner.step()
    executor.emit(folder, b'{"metric": "loss", "value": 9, "step": 3}')
    end(job)
    runner.step()
    found = platform.job_results.metrics(actor, job).summaries()
    assert [(item.name, item.count, item.last_value) for item in found] == [("loss", 4, 9.0)]


@pytest.mark.both_databases
def test_a_deleted_projects_job_ends_instead_of_hanging(platform: Platform, project: Project) -> None:
    platform.submit(project)
    runner = platform.runner()
    runner._launcher = platform.launcher
    (platform.workspace(project) / "results").rmdir()
    (platform.workspace(project) / "results").symlink_to("/tmp")
    job = platform.jobs.list(platform.actor("ada"), project)[0]
    runner.step()
    assert platform.job(job).state is JobState.FAILED
    assert "results folder is a link" in platform.job(job).reason


def test_a_job_has_its_own_home_and_no_secret_of_the_platform(
    platform: Platform, project: Project, executor: TestedExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENMO_DATABASE_URL", "postgresql://user:canary@host/db")
    monkeypatch.setenv("CONFIGPROXY_AUTH_TOKEN", "canary")
    job = platform.submit(project, env={"MY": "1"}, args=("--epochs", "3"))
    platform.runner().step()
    (launch,) = executor.launches
    folder = platform.launcher.folder(job)
    assert launch.variables["HOME"] == str(folder / "home")
    assert launch.variables["TMPDIR"] == str(folder / "tmp")
    assert launch.variables["MY"] == "1"
    assert launch.variables["OPENMO_PROJECT"] == "ada/digits"
    assert "canary" not in str(launch.variables)
    assert list(launch.argv)[-3:] == ["train.py", "--epochs", "3"]
    assert platform.folder.root not in launch.policy.read_write
    assert not any(path.is_relative_to(platform.folder.run) for path in launch.policy.read_write)


def test_links_in_the_workspace_lead_no_preparation_astray(
    platform: Platform, project: Project, executor: TestedExecutor
) -> None:
    outside, workspace = platform.folder.root / "outside", platform.workspace(project)
    outside.mkdir()
    (outside / "precious").write_text("keep me")
    platform.imports.import_module(platform.actor("ada"), project, platform.module())
    platform.write(project, {"nb.ipynb": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'})
    (workspace / "results" / "evil").symlink_to(outside)
    (workspace / "results" / "file").symlink_to(outside / "precious")
    (workspace / "modules" / "openmo" / "iris_classifier" / "1.0.0").unlink()
    (workspace / "modules" / "openmo" / "iris_classifier").rmdir()
    (workspace / "modules" / "openmo").rmdir()
    (workspace / "modules").rmdir()
    (workspace / "modules").symlink_to("results/evil")
    (workspace / "nb.job.py").symlink_to("results/file")
    job = platform.submit(project, "nb.ipynb")
    platform.runner().step()
    assert platform.job(job).state is JobState.RUNNING
    assert {path.name: path.read_text() for path in outside.iterdir()} == {"precious": "keep me"}
    assert list(executor.launches[0].argv)[-1] == "nb.job.py"


def test_a_database_that_is_away_for_a_moment_stops_no_runner(
    platform: Platform, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, runner, read = platform.submit(project), platform.runner(), platform.database.read
    asked = 0

    def away_at_first() -> AbstractContextManager[Connection]:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise Unavailable("The database is away.", retry_after=0.0)
        if asked > 10:
            runner.stop()
        return read()

    monkeypatch.setattr(platform.database, "read", away_at_first)
    runner.run()
    assert platform.job(job).state is JobState.RUNNING


def test_a_stopped_runner_returns_and_lets_go_of_the_logs(platform: Platform, project: Project) -> None:
    job, first = platform.submit(project), platform.runner()
    first.step()
    first.step()
    first.stop()
    first.run()
    second = platform.runner()
    second.step()
    assert second._troubled == set()
    assert platform.job(job).state is JobState.RUNNING
