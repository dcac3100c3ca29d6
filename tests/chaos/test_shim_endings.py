"""Every way in which a job can end is told apart, and takes all processes of the job with it."""

import json
import os
import signal
import struct
import time
from pathlib import Path

import pytest
from support.job_launches import end_of, launch_of, processes_of, wait_until

from openmo.execution.executor import ExitKind, RunningProcess
from openmo.execution.local import LocalExecutor
from openmo.sandbox.detect import detect_sandbox
from openmo.sandbox.none import NoSandbox

pytestmark = pytest.mark.chaos

IGNORES_SIGTERM = """
    import signal, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("deaf", flush=True)
    while True: time.sleep(1)
"""
DAEMONS = """
    import os, sys, time, signal
    for number in range(50):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                if number % 2:
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                if number % 3 == 0:
                    os.close(1), os.close(2)
                while True: time.sleep(1)
            os._exit(0)
    print("ready", flush=True)
"""


@pytest.fixture(params=["none", "sandboxed"])
def executor(request: pytest.FixtureRequest) -> LocalExecutor:
    return LocalExecutor(detect_sandbox() if request.param == "sandboxed" else NoSandbox())


def wait_for_line(folder: Path, line: str) -> None:
    wait_until(lambda: (folder / "log").exists() and f"{line}\n".encode() in (folder / "log").read_bytes())


def test_a_deaf_job_is_killed_after_the_grace_time(executor: LocalExecutor, tmp_path: Path) -> None:
    launch = launch_of(tmp_path / "job", IGNORES_SIGTERM, grace=0.2)
    executor.start(launch)
    wait_for_line(launch.folder, "deaf")
    executor.terminate(launch.folder)
    end = end_of(executor, launch.folder)
    assert (end.kind, end.signal) == (ExitKind.TERMINATED, signal.SIGKILL)


def test_a_job_may_clean_up_when_asked_to_stop(executor: LocalExecutor, tmp_path: Path) -> None:
    source = """
        import signal, sys, time
        signal.signal(signal.SIGTERM, lambda *_: (print("saved"), sys.exit(0)))
        print("up", flush=True)
        while True: time.sleep(1)
    """
    launch = launch_of(tmp_path / "job", source)
    executor.start(launch)
    wait_for_line(launch.folder, "up")
    executor.terminate(launch.folder)
    end = end_of(executor, launch.folder)
    assert (end.kind, end.code) == (ExitKind.TERMINATED, 0)
    assert (launch.folder / "log").read_bytes() == b"up\nsaved\n"


def test_daemons_end_with_the_job(executor: LocalExecutor, tmp_path: Path) -> None:
    launch = launch_of(tmp_path / "job", DAEMONS)
    executor.start(launch)
    end = end_of(executor, launch.folder)
    assert (end.kind, end.code) == (ExitKind.EXITED, 0)
    assert processes_of(launch.job_id) == []


def test_terminate_reaches_daemons_too(executor: LocalExecutor, tmp_path: Path) -> None:
    launch = launch_of(tmp_path / "job", DAEMONS + "    time.sleep(1000)", grace=0.5)
    executor.start(launch)
    wait_for_line(launch.folder, "ready")
    wait_until(lambda: len(processes_of(launch.job_id)) > 50)
    executor.terminate(launch.folder)
    assert end_of(executor, launch.folder).kind is ExitKind.TERMINATED
    assert processes_of(launch.job_id) == []


def test_a_killed_shim_is_lost_and_leaves_nothing(executor: LocalExecutor, tmp_path: Path) -> None:
    launch = launch_of(tmp_path / "job", DAEMONS + "    time.sleep(1000)")
    executor.start(launch)
    wait_for_line(launch.folder, "ready")
    shim = json.loads((launch.folder / "shim.json").read_text())["pid"]
    os.kill(shim, signal.SIGKILL)
    end = end_of(executor, launch.folder)
    assert end.kind is ExitKind.LOST
    assert end.started_at is not None
    assert processes_of(launch.job_id) == []
    assert (launch.folder / "log").read_bytes() == b"ready\n"
    executor.start(launch)
    assert executor.observe(launch.folder) == end


def test_a_killed_job_is_signalled(executor: LocalExecutor, tmp_path: Path) -> None:
    launch = launch_of(tmp_path / "job", "import time\nprint('up', flush=True)\ntime.sleep(1000)")
    executor.start(launch)
    wait_for_line(launch.folder, "up")
    seen = executor.observe(launch.folder)
    assert isinstance(seen, RunningProcess)
    os.kill(seen.pid, signal.SIGKILL)
    end = end_of(executor, launch.folder)
    assert (end.kind, end.signal) == (ExitKind.SIGNALLED, signal.SIGKILL)
    assert "SIGKILL" in end.detail


def test_a_crash_names_its_signal(executor: LocalExecutor, tmp_path: Path) -> None:
    launch = launch_of(tmp_path / "job", "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")
    executor.start(launch)
    end = end_of(executor, launch.folder)
    assert (end.kind, end.signal) == (ExitKind.SIGNALLED, signal.SIGSEGV)


def test_time_limit(executor: LocalExecutor, tmp_path: Path) -> None:
    launch = launch_of(tmp_path / "job", "import time\nprint('up', flush=True)\ntime.sleep(1000)", time_limit=0.3)
    executor.start(launch)
    end = end_of(executor, launch.folder)
    assert end.kind is ExitKind.TIME_LIMIT
    assert "0.3 seconds" in end.detail
    assert end.started_at is not None
    assert end.ended_at - end.started_at >= 0.3


def test_memory_of_the_whole_tree_has_a_ceiling(executor: LocalExecutor, tmp_path: Path) -> None:
    source = """
        import os, time
        for _ in range(4):
            if os.fork() == 0:
                break
        hold = os.urandom(1) * (40 << 20)
        time.sleep(1000)
    """
    launch = launch_of(tmp_path / "job", source, memory_bytes=120 << 20)
    executor.start(launch)
    end = end_of(executor, launch.folder)
    assert end.kind is ExitKind.OUT_OF_MEMORY
    assert end.peak_memory_bytes is not None
    assert end.peak_memory_bytes > 120 << 20
    assert "120 MiB" in end.detail
    assert processes_of(launch.job_id) == []


@pytest.mark.parametrize(
    "start", ["os.fork() or time.sleep(1000)", "threading.Thread(target=time.sleep, args=[1000], daemon=True).start()"]
)
def test_processes_and_threads_of_the_whole_tree_have_a_ceiling(
    executor: LocalExecutor, tmp_path: Path, start: str
) -> None:
    source = f"""
        import os, threading, time
        while True:
            try:
                {start}
            except (OSError, RuntimeError):  # the kernel's own ceiling
                time.sleep(0.1)
    """
    launch = launch_of(tmp_path / "job", source, processes=600)
    executor.start(launch)
    end = end_of(executor, launch.folder)
    assert end.kind is ExitKind.TOO_MANY_PROCESSES
    assert "600 processes and threads" in end.detail
    assert processes_of(launch.job_id) == []


def test_as_many_processes_as_are_allowed_are_no_fault(executor: LocalExecutor, tmp_path: Path) -> None:
    source = "import os, time\nfor n in range(90): os.fork() or (time.sleep(0.5), os._exit(0))\ntime.sleep(0.5)"
    launch = launch_of(tmp_path / "job", source, processes=100)
    executor.start(launch)
    assert end_of(executor, launch.folder).code == 0


def test_shared_memory_counts_once(executor: LocalExecutor, tmp_path: Path) -> None:
    source = """
        import os, time
        hold = os.urandom(1) * (60 << 20)
        children = []
        for _ in range(4):
            if (child := os.fork()) == 0:
                time.sleep(0.8)
                os._exit(0)
            children.append(child)
        for child in children:
            os.waitpid(child, 0)
    """
    launch = launch_of(tmp_path / "job", source, memory_bytes=150 << 20)
    executor.start(launch)
    end = end_of(executor, launch.folder)
    assert (end.kind, end.code) == (ExitKind.EXITED, 0)


def test_missing_working_directory_is_said(executor: LocalExecutor, tmp_path: Path) -> None:
    launch = launch_of(tmp_path / "job", "print(1)")
    Path(launch.cwd).rmdir()
    executor.start(launch)
    end = end_of(executor, launch.folder)
    assert end.kind is ExitKind.NOT_STARTED
    assert str(launch.cwd) in end.detail


def test_every_line_of_a_fast_printer_is_there_once(executor: LocalExecutor, tmp_path: Path) -> None:
    source = "import os\nfor n in range(100_000): os.write(1 + n % 2, b'line %d\\n' % n)"
    launch = launch_of(tmp_path / "job", source)
    executor.start(launch)
    assert end_of(executor, launch.folder).code == 0
    assert (launch.folder / "log").read_bytes() == b"".join(b"line %d\n" % n for n in range(100_000))


def test_times_cover_the_log_in_order(executor: LocalExecutor, tmp_path: Path) -> None:
    source = "import time\nfor n in range(20):\n    print('x' * n, flush=True)\n    time.sleep(0.015)"
    launch = launch_of(tmp_path / "job", source)
    before = time.time()
    executor.start(launch)
    assert end_of(executor, launch.folder).code == 0
    records = list(struct.iter_unpack("<Qd", (launch.folder / "log.times").read_bytes()))
    offsets = [offset for offset, _ in records]
    moments = [moment for _, moment in records]
    assert offsets == sorted(set(offsets))
    assert moments == sorted(moments)
    assert offsets[-1] == (launch.folder / "log").stat().st_size
    assert len(records) >= 10
    assert before <= moments[0] <= moments[-1] <= time.time()


def test_an_endless_log_keeps_its_ends_and_says_what_is_gone(executor: LocalExecutor, tmp_path: Path) -> None:
    source = "import os\nfor n in range(200_000): os.write(1, b'%08d' % n + b'.' * 91 + b'\\n')"
    launch = launch_of(tmp_path / "job", source, log_limit=4 << 20)
    executor.start(launch)
    assert end_of(executor, launch.folder).code == 0
    log = launch.folder / "log"
    data = log.read_bytes()
    hole = json.loads((launch.folder / "log.hole").read_text())
    assert len(data) == 20_000_000
    assert hole["start"] == 2 << 20
    assert len(data) - hole["end"] >= 2 << 20
    assert data[hole["start"] : hole["end"]].strip(b"\0") == b""
    assert data[: hole["start"]].count(b"\0") == data[hole["end"] :].count(b"\0") == 0
    assert data.endswith(b"00199999" + b"." * 91 + b"\n")
    assert log.stat().st_blocks * 512 < 8 << 20


def test_stopped_processes_can_be_terminated(executor: LocalExecutor, tmp_path: Path) -> None:
    launch = launch_of(tmp_path / "job", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)")
    executor.start(launch)
    executor.terminate(launch.folder)
    assert end_of(executor, launch.folder).kind is ExitKind.TERMINATED


def test_shim_closes_what_it_inherits(executor: LocalExecutor, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    launch = launch_of(tmp_path / "job", "import os\nprint(sorted(os.listdir('/proc/self/fd')))\nopen(0).read()")
    executor.start(launch)
    os.close(writing)
    assert os.read(reading, 1) == b"", "somebody still holds the pipe"
    os.close(reading)
    assert end_of(executor, launch.folder).code == 0
    assert (launch.folder / "log").read_bytes() == b"['0', '1', '2', '3']\n"
