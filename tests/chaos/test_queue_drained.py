"""Many jobs of three people are queued and run dry, while runner and web are killed again and again.

OPENMO_DRAIN sets how many jobs (if not said: 30, in a deep run 100), OPENMO_SEED repeats a run.
"""

import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from support.doses import dose
from support.job_launches import processes_of
from support.real_jobs import RealJobs, kill, reap

from openmo.core.states import JobState
from openmo.events.values import Cursor, Event, JobEnded, JobStarted, JobSubmitted
from openmo.jobs.values import Job
from openmo.notices.values import KEPT

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

OWNERS = ("ada", "bob", "eve")
_STEPS = (JobSubmitted, JobStarted, JobEnded)
RESTARTS = dose(6, 20)
WEB_KILLS = dose(2, 5)


def test_every_job_of_a_long_queue_ends_once_and_in_turn(tmp_path: Path, migrated_sqlite: Path) -> None:
    wanted = int(os.environ.get("OPENMO_DRAIN") or dose(30, 100))
    chosen = int(os.environ.get("OPENMO_SEED") or dose(1, random.randrange(1 << 32)))
    print(f"OPENMO_SEED={chosen} OPENMO_DRAIN={wanted}")
    chance = random.Random(chosen)
    real = RealJobs(tmp_path, migrated_sqlite, cpus=len(OWNERS))
    try:
        for owner in OWNERS:
            real.platform.project(owner, "queue", files={"line.py": "import os\nprint(os.environ['OPENMO_JOB'])\n"})
        killed = fill(real, wanted, chance)
        began = time.monotonic()
        restarts = drain(real, chance)
        seconds = time.monotonic() - began
        found = jobs_of(real)
        print(f"{len(found)} jobs in {seconds:.1f} s, {len(found) / seconds:.1f} a second; web killed {killed} times")
        assert restarts == RESTARTS
        assert len(found) >= wanted
        assert Counter(job.state for job in found) == {JobState.SUCCEEDED: len(found)}
        for job in found:
            assert real.log(job) == b"%d\n" % job.number, "each ran once"
            assert processes_of(job.id) == []
        check_turns(found)
        check_events(real, found)
    finally:
        real.close()


def fill(real: RealJobs, wanted: int, chance: random.Random) -> int:
    """Web processes submit, and some are killed in the midst of it; returns how many."""
    killed = 0
    while (there := len(jobs_of(real))) < wanted:
        web = real.fork(lambda real, left=wanted - there: submit_all(real, min(left, 100)))  # type: ignore[misc]
        if killed < WEB_KILLS:
            time.sleep(chance.uniform(0.1, 0.5))
            kill(web)
            killed += 1
        assert reap(web) in (0, -9)
    return killed


def submit_all(real: RealJobs, count: int) -> None:
    projects = [real.platform.projects.get(real.platform.actor(owner), owner, "queue") for owner in OWNERS]
    for number in range(count):
        real.platform.submit(projects[number % len(projects)], "line.py")


def drain(real: RealJobs, chance: random.Random) -> int:
    """A runner at a time, killed when a random number of jobs more has ended; returns how many were killed."""
    total, restarts = len(jobs_of(real)), 0
    moments = sorted(chance.sample(range(total - 1), RESTARTS))
    runner = real.fork_runner()
    try:
        while (done := sum(job.state.is_terminal for job in jobs_of(real))) < total or restarts < RESTARTS:
            if restarts < RESTARTS and done >= moments[restarts]:
                time.sleep(chance.uniform(0, 0.05))
                kill(runner)
                reap(runner)
                restarts += 1
                runner = real.fork_runner()
            assert os.waitpid(runner, os.WNOHANG) == (0, 0), "the runner died by itself"
            time.sleep(0.05)
        return restarts
    finally:
        kill(runner)
        reap(runner)


def jobs_of(real: RealJobs) -> list[Job]:
    found: list[Job] = []
    for owner in OWNERS:
        actor = real.platform.actor(owner)
        found += real.platform.jobs.list(actor, real.platform.projects.get(actor, owner, "queue"), limit=100_000)
    return found


def check_events(real: RealJobs, found: Sequence[Job]) -> None:
    """Whoever was killed when: each job was submitted, started and ended once, and its owner has one notice of that."""
    log, cursor = real.platform.events, Cursor(0)
    happened: Counter[tuple[type[Event], str]] = Counter()
    while (page := log.since(cursor)).events:
        happened.update(
            (type(recorded.event), recorded.event.subject_id)
            for recorded in page.events
            if isinstance(recorded.event, _STEPS)
        )
        cursor = page.cursor
    assert happened == {(kind, job.id): 1 for job in found for kind in _STEPS}
    for owner in OWNERS:
        notices = real.platform.notices.list(real.platform.actor(owner))
        mine = [f"/projects/{owner}/queue/jobs/{job.number}" for job in found if job.owner == owner]
        addresses = [notice.address for notice in notices]
        assert len(addresses) == min(len(mine), KEPT)
        assert set(addresses) <= set(mine)
        assert len(set(addresses)) == len(addresses)


def check_turns(found: Iterable[Job]) -> None:
    """First come, first served for each person; and nobody had two of three slots while another had jobs waiting."""
    mine: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for job in sorted(found, key=lambda job: job.number):
        assert job.started_at is not None
        assert job.ended_at is not None
        mine[job.owner].append((job.started_at, job.ended_at))
    first_to_finish = min(spans[-1][0] for spans in mine.values())
    for spans in mine.values():
        for earlier, later in pairwise(spans):
            assert earlier[0] <= later[0], "overtaken by a later job of the same person"
            assert earlier[1] <= later[0] or later[0] >= first_to_finish, "two at once while others waited"
