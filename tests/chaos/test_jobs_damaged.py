"""Files of jobs, snapshots and releases are damaged while OpenMo works: one sentence each, and the others go on."""

import contextlib
import shutil
from pathlib import Path

import pytest
from support.asgi import Client, bearer
from support.damage import DAMAGES, Damage, folder, half, link, nulls, pipe
from support.doses import dose
from support.identity import MemoryIdentity
from support.job_launches import processes_of
from support.platform import Platform
from support.real_jobs import RealJobs

from openmo.core.states import JobState
from openmo.execution import local
from openmo.execution.executor import Exit, ExitKind, Unstarted
from openmo.execution.inside.records import ShimRecord
from openmo.execution.memory import MemoryExecutor
from openmo.execution.records import read_shim
from openmo.sandbox.none import NoSandbox

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]
JOBS = "/api/v1/projects/ada/digits/jobs"
PRINTS = """
import json, pathlib, time
step = 0
while not pathlib.Path("results/enough").exists():
    print(json.dumps({"metric": "n", "value": step, "step": step}), flush=True)
    step += 1
    time.sleep(0.01)
"""
LIVE: dict[str, Damage] = {
    "shim.json": half,
    "job.json": pipe,
    "log": pipe,
    "log.times": nulls,
    "usage": folder,
    "metrics/commit.0": folder,
    "exit.json": pipe,
    "metrics": link,
}
"""One job for each: what is damaged while it runs, and how."""


def test_a_running_job_whose_files_are_damaged_ends_with_one_sentence_and_the_others_go_on(
    tmp_path: Path, migrated_sqlite: Path
) -> None:
    """A new runner takes over in the middle, which knows nothing but what it finds."""
    chosen = dict([*LIVE.items()][: dose(4, len(LIVE))])
    jobs = RealJobs(tmp_path / "root", migrated_sqlite, cpus=20)
    try:
        platform = jobs.platform
        project = platform.project("ada", "digits", files={"train.py": PRINTS})
        well, *damaged = (platform.submit(project, "train.py") for _ in range(len(chosen) + 1))
        jobs.step_until(lambda: all(jobs.log(job).count(b"\n") > 3 for job in (well, *damaged)))
        for job, (name, damage) in zip(damaged, chosen.items(), strict=True):
            damage(jobs.folder(job) / name)
        jobs.runner.step()
        assert {platform.job(job).state for job in (well, *damaged)} == {JobState.RUNNING}, "all of them still run"
        (platform.workspace(project) / "results" / "enough").touch()
        jobs.new_runner()
        for job in (well, *damaged):
            assert jobs.ended(job).state in (JobState.SUCCEEDED, JobState.FAILED)
        assert platform.job(well).state is JobState.SUCCEEDED
        assert jobs.log(well).count(b"\n") > 3
        for job in damaged:
            ended = platform.job(job)
            assert ended.state is JobState.SUCCEEDED or ended.reason.endswith("."), ended
    finally:
        jobs.close()


def test_a_job_that_starts_while_somebody_looks_is_never_called_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its shim takes the folder, and the job begins to print, right after the look for the shim's record."""
    place = tmp_path / "job"
    place.mkdir()

    def look_too_early(folder: Path) -> ShimRecord | None:
        found = read_shim(folder)
        for name in ("shim.json", "log", "job.json"):
            (folder / name).touch()
        return found

    monkeypatch.setattr(local, "read_shim", look_too_early)
    assert isinstance(local.LocalExecutor(NoSandbox()).observe(place), Unstarted)
    assert not (place / "exit.json").exists()


def test_a_job_whose_folder_is_removed_is_not_run_twice(tmp_path: Path, migrated_sqlite: Path) -> None:
    jobs = RealJobs(tmp_path / "root", migrated_sqlite)
    try:
        project = jobs.platform.project("ada", "digits", files={"train.py": PRINTS})
        job = jobs.platform.submit(project, "train.py")
        jobs.step_until(lambda: jobs.log(job).count(b"\n") > 3)
        shutil.rmtree(jobs.folder(job))
        for _ in range(3):
            jobs.runner.step()
        assert jobs.platform.job(job).state is JobState.RUNNING, "its process runs"
        assert not (jobs.folder(job) / "log").exists(), "it was not started anew"
        jobs.platform.jobs.terminate(jobs.platform.actor("ada"), job)
        assert jobs.ended(job).state is JobState.TERMINATED
        assert not processes_of(job.id)
    finally:
        jobs.close()


API = (
    "", "/log", "/log/rows", "/log/search?text=loss", "/log/place?line=3", "/log/download", "/metrics",
    "/metrics/series?metric=loss", "/metrics/export", "/resources", "/snapshot", "/environment", "/draft",
)  # fmt: skip


@pytest.mark.parametrize("damage", dose((pipe, folder, half), DAMAGES), ids=lambda damage: damage.__name__)
def test_whoever_asks_for_a_damaged_job_hears_one_sentence(platform: Platform, damage: Damage) -> None:
    """Never `internal_error`, and never nothing; other jobs answer as before."""
    identity = MemoryIdentity()
    headers = bearer(identity.token("ada"))
    with contextlib.closing(Client(platform.app(identity))) as client:
        _ask_all(platform, client, headers, damage)


def _ask_all(platform: Platform, client: Client, headers: dict[str, str], damage: Damage) -> None:
    project = platform.project("ada", "digits", files={"train.py": "print(1)"})
    damaged = platform.submit(project, "train.py")
    platform.write(project, {"other.py": "print(2)"})
    well = platform.submit(project, "train.py")
    executor = platform.executor
    assert isinstance(executor, MemoryExecutor)
    runner = platform.runner()
    runner.step()
    for job in (damaged, well):
        place = platform.launcher.folder(job)
        executor.emit(place, b'{"metric": "loss", "value": 1, "step": 1}\n' * 50)
        executor.finish(place, Exit(kind=ExitKind.EXITED, code=0, ended_at=platform.clock.now().timestamp()))
    runner.step()
    place = platform.launcher.folder(damaged)
    (tree,) = (platform.folder.store / "trees").glob(f"{damaged.tree}.json")
    before = {path: client.get(f"{JOBS}/{well.number}{path}", headers=headers).status for path in API}
    assert set(before.values()) <= {200, 404}
    for name in (*("log", "log.times", "log.lines", "usage", "metrics/commit.0", "metrics/names"), "metrics"):
        damage(place / name)
        for path in API:
            answer = client.get(f"{JOBS}/{damaged.number}{path}", headers=headers)
            assert answer.status in (200, 404) or answer.json["code"] == "damaged", (name, path, answer.text)
    assert {path: client.get(f"{JOBS}/{well.number}{path}", headers=headers).status for path in API} == before
    damage(tree)
    answer = client.get(f"{JOBS}/{damaged.number}/snapshot", headers=headers)
    assert answer.status == 404 or answer.json["code"] == "damaged", answer.text
    again = [platform.jobs.restart(platform.actor("ada"), job) for job in (damaged, well)]
    runner.step()
    failed, runs = (platform.job(job) for job in again)
    assert (failed.state, runs.state) == (JobState.FAILED, JobState.RUNNING)
    assert failed.reason.endswith("."), failed.reason
