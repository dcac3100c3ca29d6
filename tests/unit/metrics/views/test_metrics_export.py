import csv
import io
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.metrics.follower import LogFollower
from openmo.metrics.store.reader import MetricRecords, MetricsReader
from openmo.metrics.values import NO_STEP, POINT, Axis, Metric, Source
from openmo.metrics.views.export import Format, Part, cell, export

FORMULAS = ['=HYPERLINK("http://evil.example")', "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"]
NAMES = [*FORMULAS, "loss", "准确率", 'quo"te', "two\nlines", "a,b", "../../etc/passwd", "<b>x</b>"]


def points(rows: list[tuple[int | None, float, float]]) -> MetricRecords:
    records = np.array([(NO_STEP if step is None else step, time, value) for step, time, value in rows], dtype=POINT)
    metric = Metric(name="loss", source=Source.JSON, axis=Axis.STEP)
    return MetricRecords(metric=metric, records=records, stepped=len(rows), is_ascending=True)


ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**62), 2**62),
        st.floats(0, 4e9).map(lambda seconds: round(seconds, 6)),
        st.floats(allow_infinity=False),
    ),
    max_size=40,
)


@given(rows=ROWS, name=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20))
def test_both_formats_hold_every_point_as_it_was_printed(
    rows: list[tuple[int | None, float, float]], name: str
) -> None:
    parts = [Part(labels=(name,), points=points(rows)), Part(labels=("other",), points=points(rows))]
    table = pq.read_table(io.BytesIO(b"".join(export(Format.PARQUET, ("metric",), parts))))
    assert table.column_names == ["metric", "step", "time", "value"]
    assert table["metric"].to_pylist() == [name] * len(rows) + ["other"] * len(rows)
    assert table["step"].to_pylist() == [step for step, _, _ in rows] * 2
    values = np.array([value for _, _, value in rows] * 2)
    assert np.array_equal(table["value"].to_numpy(), values, equal_nan=True)
    assert [round(time.timestamp() * 1e6) for time in table["time"].to_pylist()] == [
        round(time * 1e6) for _, time, _ in rows
    ] * 2

    text = b"".join(export(Format.CSV, ("metric",), parts)).decode()
    head, *lines = csv.reader(io.StringIO(text, newline=""))
    assert head == ["metric", "step", "time", "value"]
    assert [line[0].removeprefix("'") for line in lines][: len(rows)] == [name.removeprefix("'")] * len(rows)
    assert [int(line[1]) if line[1] else None for line in lines] == [step for step, _, _ in rows] * 2
    assert np.array_equal([float(line[3] or "nan") for line in lines], values, equal_nan=True)


def test_a_file_of_many_groups_and_steps_here_and_there(tmp_path: Path) -> None:
    count = 300_000
    records = np.zeros(count, dtype=POINT)
    records["step"] = np.where(np.arange(count) % 3 == 0, NO_STEP, np.arange(count))
    records["value"] = np.arange(count) / 7
    metric = Metric(name="loss", source=Source.JSON, axis=Axis.STEP)
    found = MetricRecords(metric=metric, records=records, stepped=200_000, is_ascending=False)
    path = tmp_path / "points.parquet"
    pieces = list(export(Format.PARQUET, ("metric",), [Part(labels=("loss",), points=found)]))
    assert max(map(len, pieces)) < 4 << 20
    path.write_bytes(b"".join(pieces))
    table = pq.read_table(path)
    assert pq.ParquetFile(path).num_row_groups == 2
    assert table["step"].null_count == 100_000
    assert table["value"].to_numpy().tolist() == records["value"].tolist()


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_is_a_formula(name: str) -> None:
    assert cell(name).startswith("\"'")


def test_names_that_a_program_may_print_reach_the_file_as_text(tmp_path: Path) -> None:
    from json import dumps

    log = tmp_path / "log"
    log.write_text("".join(dumps({"metric": name, "value": 1, "step": 2}) + "\n" for name in NAMES))
    with LogFollower(log, tmp_path / "times", tmp_path / "metrics") as follower:
        follower.finish()
    reader = MetricsReader(tmp_path / "metrics")
    parts = [Part(labels=(name,), points=reader.records(name)) for name in reader.names()]
    text = b"".join(export(Format.CSV, ("metric",), parts)).decode()
    lines = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert [line[0] for line in lines] == [f"'{name}" if name in FORMULAS else name for name in NAMES]
    assert not any(line[0].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for line in lines)


def test_no_metric_makes_an_empty_file() -> None:
    assert b"".join(export(Format.CSV, ("metric",), [])) == b"metric,step,time,value\r\n"
    assert pq.read_table(io.BytesIO(b"".join(export(Format.PARQUET, ("metric",), [])))).num_rows == 0
