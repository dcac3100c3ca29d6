"""Calls are noted in memory, and saved when the records can take them."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from support.clocks import ManualClock
from support.served_apps import make_release

from openmo.gateway.recorder import CallRecorder
from openmo.serving.pool import AppBusy, HandlerFailed
from openmo.serving.records import CallTally, RecordedCall

SOURCE = "def handle(conf):\n    return {}\n"


class Records:
    """Remembers what it gets; fails while it is broken."""

    def __init__(self) -> None:
        self.tallies: list[CallTally] = []
        self.calls: list[RecordedCall] = []
        self.broken = False

    def save(self, tallies: Sequence[CallTally], calls: Sequence[RecordedCall]) -> None:
        if self.broken:
            raise OSError("the disk is full")
        self.tallies += tallies
        self.calls += calls


def test_counts_survive_records_that_fail_for_a_while(tmp_path: Path) -> None:
    records = Records()
    recorder = CallRecorder(records, ManualClock())
    release = make_release(tmp_path, SOURCE)
    records.broken = True
    recorder.note(release, 0.1, {"x": 1})
    recorder.note(release, 0.1, {"x": 1}, HandlerFailed("no", trace="Traceback"))
    asyncio.run(recorder.save())
    recorder.note(release, 0.1, {"x": 1}, HandlerFailed("again"))
    asyncio.run(recorder.save())
    records.broken = False
    asyncio.run(recorder.save())
    asyncio.run(recorder.save())
    (tally,) = records.tallies
    assert (tally.calls, tally.errors, sum(tally.durations.values())) == (3, 2, 3)
    assert [call.message for call in records.calls] == ["no", "again"]
    assert [call.trace for call in records.calls] == ["Traceback", ""]
    assert [call.inputs for call in records.calls] == [None, None]


def test_a_storm_of_failures_is_kept_within_bounds(tmp_path: Path) -> None:
    records = Records()
    records.broken = True
    recorder = CallRecorder(records, ManualClock())
    release = make_release(tmp_path, SOURCE, keep_inputs=True)
    for number in range(3000):
        recorder.note(release, 0.1, {"x": "y" * 10_000}, AppBusy(f"busy {number}"))
    asyncio.run(recorder.save())
    records.broken = False
    asyncio.run(recorder.save())
    assert records.tallies[0].calls == 3000
    assert len(records.calls) == 1000
    assert records.calls[-1].message == "busy 2999"
    assert all(len(call.inputs or "") <= 4000 for call in records.calls)


def test_without_records_nothing_is_noted(tmp_path: Path) -> None:
    recorder = CallRecorder(None, ManualClock())
    recorder.note(make_release(tmp_path, SOURCE), 0.1, {})
    asyncio.run(recorder.save())
    assert recorder._counts == {}
