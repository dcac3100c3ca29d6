"""What `openmo job` prints for people."""

from datetime import datetime

from openmo.cli.job.showing import shown_job
from openmo.jobs.schemas import JobView


def test_a_job_is_shown_without_a_trace_of_python() -> None:
    shown = dict(
        shown_job(
            JobView.model_construct(
                number=3,
                args=["--epochs", "10 a"],
                env=[],
                secrets=["TOKEN", "KEY"],
                memory_limit=None,
                peak_memory=3 << 30,
                time_limit=5400.0,
                reason="",
                reason_params={"count": 2},
                stop_requested=False,
                snapshot_bytes=326352,
                created_at=datetime.fromisoformat("2026-01-31T12:00:00+01:00"),
                ended_at=None,
            )
        )
    )
    assert shown == {
        "number": "3",
        "args": "--epochs '10 a'",
        "env": "-",
        "secrets": "TOKEN, KEY",
        "memory_limit": "-",
        "peak_memory": "3 GiB",
        "time_limit": "1 h 30 min",
        "reason": "-",
        "reason_params": "count 2",
        "stop_requested": "no",
        "snapshot_bytes": "319 KiB",
        "created_at": "2026-01-31 11:00:00 UTC",
        "ended_at": "-",
    }
