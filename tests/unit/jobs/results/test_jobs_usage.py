"""What a job used: sampled by real shims, read without losing a peak."""

import math
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support.job_launches import end_of, launch_of, wait_until

from openmo.execution.inside.nvml import Gpus
from openmo.execution.inside.usage import RECORD, USAGE, UsageMeter
from openmo.execution.local import LocalExecutor
from openmo.jobs.results.usage import read_usage
from openmo.jobs.results.values import Usage
from openmo.sandbox.none import NoSandbox

BUSY = """
import os
block = bytearray(b"x") * (100 << 20)
if os.fork() == 0:
    while True: pass
while True: pass
"""
FAKE_DRIVER = """
#include <string.h>
int nvmlInit_v2(void) { return 0; }
int nvmlDeviceGetHandleByUUID(const char *uuid, void **device) {
    if (strncmp(uuid, "GPU-", 4)) return 6;
    *device = (void *)(long)(uuid[4] - '0');
    return 0;
}
int nvmlDeviceGetUtilizationRates(void *device, unsigned *rates) { rates[0] = 25 * (long)device; return 0; }
int nvmlDeviceGetMemoryInfo(void *device, unsigned long long *memory) { memory[2] = 1000 * (long)device; return 0; }
"""


def test_a_running_jobs_use_is_sampled_with_all_its_processes(tmp_path: Path) -> None:
    executor, folder = LocalExecutor(NoSandbox()), tmp_path / "job"
    executor.start(launch_of(folder, BUSY))

    def seen() -> Usage | None:
        found = read_usage(folder)
        return found if len(found.time) >= 2 else None

    try:
        found: Usage = wait_until(seen)
    finally:
        executor.terminate(folder)
    assert max(found.cpus) > 0.05
    assert max(found.memory) > 100 << 20
    assert (found.has_gpus, found.gpus[0]) == (False, None)
    peak = end_of(executor, folder).peak_memory_bytes
    assert peak is not None
    assert peak >= max(found.memory)


def test_no_peak_is_dropped_and_half_a_record_is_none(tmp_path: Path) -> None:
    records = [RECORD.pack(second, 0.5, 1000, math.nan, 0) for second in range(10_000)]
    records[7777] = RECORD.pack(7777, 3.5, 9_000_000, 1.0, 5)
    (tmp_path / USAGE).write_bytes(b"".join(records) + b"half")
    found = read_usage(tmp_path, points=100)
    assert len(found.time) == 100
    assert (max(found.cpus), max(found.memory), max(found.gpu_memory)) == (3.5, 9_000_000, 5)
    assert sorted({value for value in found.gpus if value is not None}) == [1.0]
    assert found.has_gpus


def test_a_job_without_samples_has_empty_curves(tmp_path: Path) -> None:
    assert read_usage(tmp_path).time == []


@pytest.mark.skipif(shutil.which("cc") is None, reason="a C compiler makes the stand-in of NVIDIA's library")
def test_gpus_are_asked_by_uuid(tmp_path: Path) -> None:
    """A stand-in with the driver's functions: their names and structures, not their values."""
    (tmp_path / "driver.c").write_text(FAKE_DRIVER)
    library = tmp_path / "driver.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, tmp_path / "driver.c"], check=True)
    assert Gpus(["GPU-1", "GPU-2"], str(library)).use() == (0.75, 3000)
    with pytest.raises(OSError, match="no-gpu"):
        Gpus(["no-gpu"], str(library))


def test_a_full_disk_spoils_no_later_sample(tmp_path: Path) -> None:
    """Where the disk fills up in the middle of a record, the next one takes its place."""
    meter = UsageMeter(str(tmp_path), os.getpid(), [])
    meter.sample()
    with (tmp_path / USAGE).open("ab") as file:
        file.write(b"\xff" * 16)
    meter.sample()
    assert (tmp_path / USAGE).stat().st_size == 2 * RECORD.size
    moments = read_usage(tmp_path).time
    assert moments == sorted(moments)
    assert len(moments) == 2
