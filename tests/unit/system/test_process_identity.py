"""A process is known by more than its number."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.system.process_identity import ProcessIdentity
from openmo.system.start_ticks import start_ticks


def test_this_process_is_alive_and_can_be_opened() -> None:
    identity = ProcessIdentity.of()
    assert identity.alive()
    descriptor = identity.open()
    assert descriptor is not None
    os.close(descriptor)


def test_another_start_time_or_boot_is_another_process() -> None:
    identity = ProcessIdentity.of()
    for started, boot in ((identity.started or 0) + 1, identity.boot), (None, identity.boot), (identity.started, "x"):
        other = ProcessIdentity(pid=identity.pid, started=started, boot=boot)
        assert not other.alive()
        assert other.open() is None


def test_a_zombie_is_not_alive() -> None:
    child = subprocess.Popen(["true"])
    identity = ProcessIdentity.seen(child.pid)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not identity.alive()
    assert start_ticks(child.pid) is None
    with pytest.raises(ProcessLookupError):
        ProcessIdentity.of(child.pid)
    child.wait()
    assert identity.open() is None


def test_a_command_name_may_hold_anything(tmp_path: Path) -> None:
    program = tmp_path / ") S 1 (Z"
    program.symlink_to(shutil.which("sleep") or "/bin/sleep")
    with subprocess.Popen([program, "100"]) as child:
        assert ProcessIdentity.of(child.pid).alive()
        child.kill()


def test_what_was_kept_is_the_same_process() -> None:
    identity = ProcessIdentity.of()
    assert ProcessIdentity.read(identity.values()) == identity


@given(st.recursive(st.none() | st.integers() | st.text(), lambda each: st.dictionaries(st.text(), each)))
def test_anything_else_that_was_kept_is_no_process(kept: object) -> None:
    assert ProcessIdentity.read(kept) is None


def test_a_number_beyond_all_pids_is_nobody() -> None:
    for pid in (-1, 0, 1 << 80):
        assert ProcessIdentity(pid=pid, started=1, boot="x").open() is None
