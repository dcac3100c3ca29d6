"""Jobs as values, for tests of what is decided about them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from openmo.core.ids import AccountId, JobId, ProjectId, new_id
from openmo.core.states import JobState
from openmo.jobs.values import Device, Job

START = datetime(2026, 1, 1, tzinfo=UTC)


def a_job(*, owner: str = "ada", after: float = 0.0, **values: Any) -> Job:
    """A waiting job of that owner, created `after` seconds."""
    gpus = values.get("gpus", 0)
    defaults: dict[str, Any] = {
        "id": JobId(new_id()),
        "project_id": ProjectId(f"project of {owner}"),
        "owner": owner,
        "project": "digits",
        "number": 1,
        "name": "train-1",
        "script": "train.py",
        "args": (),
        "env": {},
        "secret_names": (),
        "sealed_secrets": "",
        "device": Device.GPU if gpus else Device.CPU,
        "cpus": 1,
        "gpus": 0,
        "memory_limit": None,
        "time_limit": None,
        "priority": 0,
        "granted_gpus": (),
        "state": JobState.PENDING,
        "reason": "",
        "reason_code": "",
        "reason_params": {},
        "ending": None,
        "exit_code": None,
        "peak_memory": None,
        "stop_requested": False,
        "tree": "0" * 64,
        "snapshot_bytes": 0,
        "snapshot_files": 0,
        "created_by": AccountId(owner),
        "created_at": START + timedelta(seconds=after),
        "started_at": None,
        "ended_at": None,
        "change": 0,
    }
    return Job(**{**defaults, **values})


def running(job: Job, *, gpus: tuple[str, ...] = (), since: float = 0.0) -> Job:
    """That job, as it runs since `since` seconds after the start."""
    started = START + timedelta(seconds=since)
    return replace(job, state=JobState.RUNNING, granted_gpus=gpus, started_at=started)
