"""Metrics of jobs over the REST API: tables, curves, files and comparisons, over what real log lines made."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyarrow.parquet as pq
import pytest
from support.asgi import Answer, Client, bearer
from support.identity import MemoryIdentity
from support.platform import Platform

from openmo.db.engine import Database
from openmo.execution.executor import Exit, ExitKind
from openmo.execution.memory import MemoryExecutor
from openmo.jobs.values import Job

JOBS = "/api/v1/projects/ada/digits/jobs"
HOSTILE = [
    "=1+1",
    "<img src=x onerror=alert(1)>",
    "../../etc/passwd",
    '"; drop table jobs; --',
    "准确率",
    "a\nb",
    "x" * 200,
]

Lines = list[dict[str, Any]]


class Bench:
    """Ada's project, jobs that printed, and callers."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.project = platform.project(files={"train.py": ""})
        platform.account("bob")
        identity = MemoryIdentity()
        self.client = Client(platform.app(identity))
        self.tokens = {name: bearer(identity.token(name)) for name in ("ada", "bob")}

    def job(self, lines: Lines | str, *args: str, ended: bool = True) -> Job:
        executor, job = self.platform.executor, self.platform.submit(self.project, args=args)
        assert isinstance(executor, MemoryExecutor)
        runner, folder = self.platform.runner(), self.platform.launcher.folder(job)
        runner.step()
        text = lines if isinstance(lines, str) else "".join(json.dumps(line) + "\n" for line in lines)
        executor.emit(folder, text.encode())
        if ended:
            executor.finish(folder, Exit(kind=ExitKind.EXITED, code=0, ended_at=self.platform.clock.now().timestamp()))
        runner.step()
        return self.platform.job(job)

    def get(self, path: str, *, name: str = "ada", **parameters: str) -> Answer:
        return self.client.get(f"{JOBS}/{path}?{urlencode(parameters)}", headers=self.tokens[name])

    def json(self, path: str, **parameters: str) -> Any:
        answer = self.get(path, **parameters)
        assert answer.status == 200, answer.text
        return answer.json

    def table(self, path: str, **parameters: str) -> list[list[str]]:
        answer = self.get(path, **parameters)
        assert answer.status == 200, answer.text
        return list(csv.reader(io.StringIO(answer.text, newline="")))


@pytest.fixture
def bench(database: Database, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(Platform(database, tmp_path / "data"))
    yield bench
    bench.client.close()


def losses(values: list[float]) -> Lines:
    return [{"metric": "loss", "value": value, "step": step} for step, value in enumerate(values)]


def test_a_curve_refines_to_what_was_printed(bench: Bench) -> None:
    values = [float((at * 7919) % 1009) for at in range(5000)]
    job = bench.job(losses(values))
    coarse = bench.json(f"{job.number}/metrics/series", metric="loss", points="100")
    assert (coarse["total"], coarse["raw"], coarse["x_kind"]) == (5000, False, "step")
    assert {min(values), max(values)} <= set(coarse["y"])
    fine = bench.json(f"{job.number}/metrics/series", metric="loss", points="100", start="1000", end="1050")
    assert (fine["raw"], fine["x"], fine["y"]) == (True, list(range(1000, 1051)), values[1000:1051])
    wider = bench.json(f"{job.number}/metrics/series", metric="loss", start="1000.5", end="1001.5", beside="true")
    assert wider["x"] == [1000, 1001, 1002]
    elapsed = bench.json(f"{job.number}/metrics/series", metric="loss", x="elapsed")
    assert elapsed["x_kind"] == "elapsed"
    assert all(abs(x) < 3600 * 24 * 365 * 100 for x in elapsed["x"])
    assert bench.get(f"{job.number}/metrics/series", metric="loss", start="nan").status == 422
    assert bench.get(f"{job.number}/metrics/series", metric="gone").status == 404


def test_what_could_not_be_charted_is_told(bench: Bench) -> None:
    job = bench.job("{'metric': 'loss', 'value': 0.5}\n" * 3)
    found = bench.json(f"{job.number}/metrics")
    assert (found["metrics"], found["malformed"]) == ([], 3)
    assert found["malformed_line"] == "{'metric': 'loss', 'value': 0.5}"


def test_names_of_any_kind_are_text_in_every_file(bench: Bench) -> None:
    job = bench.job([{"metric": name, "value": 1.5, "step": 1} for name in HOSTILE])
    assert [item["name"] for item in bench.json(f"{job.number}/metrics")["metrics"]] == HOSTILE
    rows = bench.table(f"{job.number}/metrics/export")
    assert [row[0] for row in rows[1:]] == ["'=1+1", *HOSTILE[1:]]
    for name in HOSTILE:
        answer = bench.get(f"{job.number}/metrics/export", metric=name, format="parquet")
        assert pq.read_table(io.BytesIO(answer.body))["metric"].to_pylist() == [name]
        disposition = answer.headers["content-disposition"]
        saved_as = disposition.removeprefix('attachment; filename="').removesuffix('"')
        assert saved_as.replace("-", "").replace("_", "").replace(".", "").isalnum()
        assert ".." not in saved_as
        assert len(saved_as) <= 108
    assert bench.get(f"{job.number}/metrics/export", metric="nothing").status == 404
    assert bench.get(f"{job.number}/metrics/export", format="exe").status == 422


def test_ten_thousand_names(bench: Bench) -> None:
    job = bench.job([{"metric": f"m{at}", "value": at, "step": 0} for at in range(10_003)])
    found = bench.json(f"{job.number}/metrics")
    assert (len(found["metrics"]), found["dropped"]) == (10_000, 3)
    compared = bench.json("compare", n=str(job.number))
    assert (len(compared["metrics"]), compared["metrics_left_out"]) == (200, 9_800)
    assert [one["name"] for one in bench.json("compare", n=str(job.number), q="M9999")["metrics"]] == ["m9999"]


def test_jobs_are_compared(bench: Bench) -> None:
    first = bench.job([*losses([3.0, 1.0, 2.0]), {"metric": "acc", "value": 0.5}], "--lr", "0.1", "--seed", "1")
    second = bench.job(losses([5.0, 3.0, 4.0]), "--lr", "0.1", "--seed", "2")
    third = bench.job(losses([9.0, 9.0, 9.0]), "--lr", "0.2")
    silent = bench.job("nothing\n", "--lr", "0.2", ended=False)
    numbers = ",".join(str(job.number) for job in (third, first, second, silent))
    found = bench.json("compare", n=f"{numbers},999")
    assert [job["number"] for job in found["jobs"]] == [third.number, first.number, second.number, silent.number]
    assert found["missing"] == [999]
    assert found["differing"] == ["--lr", "--seed"]
    assert found["metrics"] == [{"name": "loss", "jobs": 3}, {"name": "acc", "jobs": 1}]
    assert found["jobs"][1]["metrics"]["loss"] == {"count": 3, "last": 2.0, "min": 1.0, "max": 3.0}
    assert [one["jobs"] for one in found["groups"]] == [
        [third.number, silent.number],
        [first.number, second.number],
    ]
    curves = bench.json("compare/series", n=numbers, metric="loss")
    assert curves["x_kind"] == "step"
    assert [(curve["job"], curve["y"]) for curve in curves["curves"]] == [
        (third.number, [9, 9, 9]),
        (first.number, [3, 1, 2]),
        (second.number, [5, 3, 4]),
    ]
    means = bench.json("compare/series", n=numbers, metric="loss", grouped="true")["groups"]
    assert [one["mean"] for one in means] == [[9, 9, 9], [4, 2, 3]]
    assert [one["deviation"] for one in means] == [[None] * 3, pytest.approx([2**0.5] * 3)]
    assert bench.json("compare/series", n=numbers, metric="acc")["x_kind"] == "elapsed"
    rows = bench.table("compare/table", n=numbers)
    assert rows[0][5:10] == ["'--lr", "'--seed", "loss last", "loss min", "loss max"]
    assert rows[2][5:10] == ["0.1", "1", "2.0", "1.0", "3.0"]
    points = bench.table("compare/export", n=numbers, metric="loss")
    assert [row[0] for row in points[1:]] == [str(job.number) for job in (third, first, second) for _ in range(3)]


def test_a_job_deleted_elsewhere_leaves_the_others(bench: Bench) -> None:
    one, other = bench.job(losses([1.0])), bench.job(losses([2.0]))
    bench.platform.jobs.delete(bench.platform.actor("ada"), one)
    numbers = f"{one.number},{other.number}"
    found = bench.json("compare", n=numbers)
    assert ([job["number"] for job in found["jobs"]], found["missing"]) == ([other.number], [one.number])
    assert len(bench.json("compare/series", n=numbers, metric="loss")["curves"]) == 1
    assert bench.json("compare", n=str(one.number))["jobs"] == []
    assert bench.json("compare/series", n=str(one.number), metric="loss", grouped="true")["groups"] == []


def test_a_hundred_jobs_share_a_bounded_answer(bench: Bench) -> None:
    job = bench.job(losses([float(at % 17) for at in range(3000)]))
    jobs = [job, *(bench.job(losses([float(at % 13) for at in range(3000)])) for _ in range(3))]
    found = bench.json("compare/series", n=",".join(str(one.number) for one in jobs), metric="loss", points="20000")
    assert sum(len(curve["x"]) for curve in found["curves"]) <= 20_000
    assert bench.get("compare", n=",".join(map(str, range(101)))).status == 422
    assert bench.get("compare", n="1;drop").status == 422


@pytest.mark.parametrize(
    "path",
    [
        "{number}/metrics",
        "{number}/metrics/series",
        "{number}/metrics/export",
        "compare",
        "compare/series",
        "compare/table",
        "compare/export",
    ],
)
def test_others_find_nothing(bench: Bench, path: str) -> None:
    job = bench.job(losses([1.0]))
    path = path.format(number=job.number)
    parameters = {"n": str(job.number), "metric": "loss"}
    assert bench.get(path, **parameters).status == 200
    answer = bench.get(path, name="bob", **parameters)
    assert answer.status == 404
    assert "loss" not in answer.text
    assert bench.client.get(f"{JOBS}/{path}?n={job.number}&metric=loss").status == 401
