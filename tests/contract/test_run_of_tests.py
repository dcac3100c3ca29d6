"""A run of the tests names what it leaves behind, and what ends a run ends all that it had started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from support.processes import wait_for
from support.run import lives

RUN = """
import subprocess, sys, time
from support.run import Run, described
run = Run.begin()
run.watched()
sleeper = subprocess.Popen(["sleep", "1000"], cwd=run.folder, env={}, start_new_session=True)
(run.temporary / "forgotten").touch()
print(run.folder, sleeper.pid, flush=True)
if sys.argv[1] == "ends":
    print(*(described(each) for each in run.left_processes(0.1)), *run.left_files(), sep="\\n", flush=True)
else:
    time.sleep(1000)
"""


def start(how: str) -> tuple[subprocess.Popen[str], Path, int]:
    variables = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    run = subprocess.Popen([sys.executable, "-c", RUN, how], env=variables, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    folder, pid = run.stdout.readline().split()
    return run, Path(folder), int(pid)


def test_what_is_left_is_named_and_then_ended() -> None:
    run, folder, pid = start("ends")
    said, _ = run.communicate()
    assert said.splitlines() == [f"{pid} sleep 1000", str(folder / "tmp" / "forgotten")]
    wait_for(lambda: not lives(pid) and not folder.exists())


def test_a_killed_run_leaves_nothing() -> None:
    run, folder, pid = start("is killed")
    run.send_signal(signal.SIGKILL)
    run.communicate()
    wait_for(lambda: not lives(pid) and not folder.exists())
