"""A job fills the disk of all data: it is ended before the platform cannot write any more."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.disks import small_disk
from support.identity import MemoryIdentity
from support.platform import HANDLER
from support.real_jobs import RealJobs
from support.served_pages import served_pages

from openmo.core.errors import StorageFull
from openmo.core.states import JobState

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]
LOW_MB = 64
FILLER = """
import time
with open("results/model.bin", "wb", buffering=0) as file:
    while True:
        file.write(b"x" * 65536)
        time.sleep(0.004)
"""
QUIET = """
import time
print("ready", flush=True)
for number in range(100000):
    print(number, flush=True)
    time.sleep(0.05)
"""


@pytest.fixture
def jobs(tmp_path: Path, migrated_sqlite: Path) -> Iterator[RealJobs]:
    with small_disk(tmp_path / "disk", "128m"):
        made = RealJobs(tmp_path / "disk", migrated_sqlite, low_space_mb=LOW_MB)
        yield made
        made.close()


def _free(jobs: RealJobs) -> int:
    found = os.statvfs(jobs.platform.folder.root)
    return found.f_bavail * found.f_frsize


def test_the_job_that_fills_the_disk_is_ended_and_nothing_else(jobs: RealJobs) -> None:
    platform = jobs.platform
    files = {"fill.py": FILLER, "quiet.py": QUIET, "handler.py": HANDLER}
    project = platform.project("ada", "digits", files=files)
    quiet = platform.submit(project, "quiet.py")
    jobs.step_until(lambda: b"ready\n" in jobs.log(quiet))
    filler = jobs.ended(platform.submit(project, "fill.py"))
    assert (filler.state, filler.ending, filler.reason_code) == (JobState.FAILED, "disk_full", "disk_full")
    assert "disk is full" in filler.reason
    assert platform.job(quiet).state is JobState.RUNNING
    assert 0 < _free(jobs) < LOW_MB << 20

    waiting = platform.job(quiet)
    for refused in (
        lambda: platform.submit(project, "quiet.py"),
        lambda: platform.jobs.restart(platform.actor("ada"), waiting),
        lambda: platform.apps.deploy(platform.actor("ada"), project),
    ):
        with pytest.raises(StorageFull, match="nearly full"):
            refused()
    platform.jobs.terminate(platform.actor("ada"), waiting)
    assert jobs.ended(waiting).reason_code == "terminated_by", "what was kept back is enough to stop a job"

    (platform.workspace(project) / "results" / "model.bin").unlink()
    assert platform.apps.deploy(platform.actor("ada"), project).version
    assert platform.submit(project, "quiet.py").state is JobState.PENDING


def test_a_waiting_job_waits_for_space_and_says_so(jobs: RealJobs) -> None:
    platform, identity = jobs.platform, MemoryIdentity()
    project = platform.project("ada", "digits", files={"quick.py": "print(1)"})
    job = platform.submit(project, "quick.py")
    filler = platform.folder.root / "filler"
    filler.write_bytes(b"x" * (_free(jobs) - (LOW_MB << 19)))
    for _ in range(3):
        jobs.runner.step()
    assert platform.job(job).reason_code == "waiting_disk"
    with served_pages(platform.app(identity, hosts=("127.0.0.1",))) as url:
        headers = {"Authorization": f"Bearer {identity.token('ada')}"}
        answer = httpx.post(f"{url}/api/v1/projects/ada/digits/jobs", json={"script": "quick.py"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
    filler.unlink()
    assert jobs.ended(job).state is JobState.SUCCEEDED
