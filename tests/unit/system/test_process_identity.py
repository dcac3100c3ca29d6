"""A process is known by more than its number."""

import os
import shutil
import subprocess
from pathlib import Path

from openmo.system import start_ticks as process_identity


def test_this_process_is_alive_and_can_be_opened() -> None:
    identity = process_identity.identify(os.getpid())
    assert process_identity.is_alive(identity)
    descriptor = process_identity.open_process(identity)
    assert descriptor is not None
    os.close(descriptor)


def test_another_start_time_or_boot_is_another_process() -> None:
    identity = process_identity.identify(os.getpid())
    for changed in ({"start": identity["start"] + 1}, {"start": None}, {"boot": "another"}):
        assert not process_identity.is_alive(identity | changed)
        assert process_identity.open_process(identity | changed) is None


def test_a_zombie_is_not_alive() -> None:
    child = subprocess.Popen(["true"])
    identity = process_identity.identify(child.pid)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not process_identity.is_alive(identity)
    assert process_identity.start_ticks(child.pid) is None
    child.wait()
    assert process_identity.open_process(identity) is None


def test_a_command_name_may_hold_anything(tmp_path: Path) -> None:
    program = tmp_path / ") S 1 (Z"
    program.symlink_to(shutil.which("sleep") or "/bin/sleep")
    with subprocess.Popen([program, "100"]) as child:
        assert process_identity.is_alive(process_identity.identify(child.pid))
        child.kill()
