from typing import Any

from openmo.cli.job.comparison import compared_groups, compared_jobs
from openmo.jobs.results.schemas import ComparisonView


def job(number: int, last: float | None, **arguments: str) -> dict[str, Any]:
    metrics = {} if last is None else {"loss": {"count": 3, "last": last, "min": last, "max": 9.0}}
    named = {f"--{name}": value for name, value in arguments.items()}
    when = "2026-01-31T12:00:00Z"
    told = {"url": "/", "created_at": when, "started_at": when, "seconds": 1.0, "code": "c0de", "script": "train.py"}
    name = f"train-{number}"
    return {"number": number, "name": name, "state": "succeeded", "arguments": named, "metrics": metrics, **told}


FOUND: dict[str, Any] = {
    "jobs": [job(1, 1.0, lr="0.1", seed="1"), job(2, 3.0, lr="0.1", seed="2"), job(3, None, lr="0.2")],
    "missing": [9],
    "differing": ["--lr"],
    "metrics": [{"name": "loss", "jobs": 2}],
    "metrics_left_out": 4,
    "groups": [{"jobs": [1, 2], "arguments": {"--lr": "0.1"}}, {"jobs": [3], "arguments": {"--lr": "0.2"}}],
}


def test_a_line_for_each_job() -> None:
    head, *rows, more, missing = compared_jobs(ComparisonView(**FOUND)).splitlines()
    assert head.split() == ["NUMBER", "NAME", "STATE", "--lr", "loss"]
    assert [row.split() for row in rows] == [
        ["1", "train-1", "succeeded", "0.1", "1"],
        ["2", "train-2", "succeeded", "0.1", "3"],
        ["3", "train-3", "succeeded", "0.2", "–"],
    ]
    assert more.startswith("4 more metrics")
    assert missing == "No longer there: 9."


def test_a_line_for_each_group() -> None:
    _, first, second, *_ = compared_groups(ComparisonView(**FOUND)).splitlines()
    assert first.split("  ")[0] == "1, 2"
    assert "2 ± 1.4142" in first
    assert second.rstrip().endswith("–")
    empty = ComparisonView(**{**FOUND, "jobs": [], "groups": [], "metrics": [], "missing": [], "metrics_left_out": 0})
    assert compared_jobs(empty) == compared_groups(empty) == "No such jobs."
