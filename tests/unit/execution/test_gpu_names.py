"""GPUs are named by what `nvidia-smi -L` prints."""

from pathlib import Path

import pytest

from openmo.execution.local import LocalExecutor, gpu_names
from openmo.sandbox.none import NoSandbox

WHOLE = """\
GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-1f2e3d4c-aaaa-bbbb-cccc-000000000000)
GPU 1: NVIDIA H100 80GB HBM3 (UUID: GPU-1f2e3d4c-aaaa-bbbb-cccc-000000000001)
"""
DIVIDED = """\
GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77)
  MIG 1g.5gb      Device  0: (UUID: MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f)
  MIG 1g.5gb      Device  1: (UUID: MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb)
"""


def test_whole_gpus() -> None:
    assert gpu_names(WHOLE) == tuple(f"GPU-1f2e3d4c-aaaa-bbbb-cccc-00000000000{number}" for number in range(2))


def test_parts_stand_for_a_divided_gpu() -> None:
    assert gpu_names(DIVIDED) == (
        "MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f",
        "MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb",
    )


def test_none() -> None:
    assert gpu_names("No devices found.\n") == ()


def test_a_driver_that_is_not_ready_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n[ -e {tmp_path}/ready ] || exit 9\ncat {tmp_path}/ready\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    seconds = iter((0.0, 0.0, 10.0, 31.0, 31.0))
    monkeypatch.setattr("openmo.execution.local.monotonic", lambda: next(seconds))
    executor = LocalExecutor(NoSandbox())
    assert executor.capacity().gpus == ()
    (tmp_path / "ready").write_text(WHOLE)
    assert executor.capacity().gpus == (), "not at each asking"
    assert len(executor.capacity().gpus) == 2
    (tmp_path / "ready").unlink()
    assert len(executor.capacity().gpus) == 2, "what is known stays known"
