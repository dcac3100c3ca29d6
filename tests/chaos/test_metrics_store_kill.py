"""kill -9 of the process that follows a log, again and again, while the log grows and others read the store."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from support.doses import dose

from openmo.metrics.follower import LogFollower
from openmo.metrics.store.reader import MetricsReader

pytestmark = pytest.mark.chaos

FOLLOW = """
import sys
from pathlib import Path
from openmo.metrics import follower as following
following.CHUNK = 8_000  # commits often, so that kills fall into all parts of one
root = Path(sys.argv[1])
with following.LogFollower(root / "log", root / "log.times", root / "metrics") as follower:
    print("following", flush=True)
    while True:
        follower.poll(limit=1)
"""
KILLS = dose(6, 15)
METRICS = 3
LINES = dose(150_000, 400_000)


def grow(path: Path, done: threading.Event) -> None:
    """Write LINES lines in pieces that end anywhere, as a program's buffer does."""
    dice = random.Random(1)
    text = "".join(
        json.dumps({"metric": f"m{number % METRICS}", "value": number, "step": number}) + "\n"
        for number in range(LINES)
    ).encode()
    at = 0
    with path.open("ab", buffering=0) as log:
        while at < len(text):
            size = dice.randint(1, 60_000)
            log.write(text[at : at + size])
            at += size
            time.sleep(0.001)  # paces the writer so that kills fall all along the log; nothing waits for it
    done.set()


def check_prefix(reader: MetricsReader) -> int:
    """Every metric holds exactly the first of its values, each once; the number of all points."""
    total = 0
    for name in reader.names():
        steps = reader.records(name).records["step"]
        first = int(name[1:])
        assert np.array_equal(steps, np.arange(first, first + METRICS * len(steps), METRICS))
        total += len(steps)
    return total


@pytest.mark.timeout(300)
def test_each_point_is_stored_once_whatever_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    done = threading.Event()
    writer = threading.Thread(target=grow, args=(log, done))
    writer.start()
    dice = random.Random(2)
    progress = [0]
    try:
        for _ in range(KILLS):
            child = subprocess.Popen([sys.executable, "-c", FOLLOW, str(tmp_path)], stdout=subprocess.PIPE, text=True)
            assert child.stdout is not None
            assert child.stdout.readline() == "following\n"
            reader = MetricsReader(tmp_path / "metrics")
            deadline = time.monotonic() + 60
            while check_prefix(reader) <= progress[-1] < LINES:
                assert time.monotonic() < deadline, "the follower does not get on"
            stop = time.monotonic() + dice.uniform(0.0, 0.01)
            while time.monotonic() < stop:
                check_prefix(reader)
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
            child.stdout.close()
            progress.append(check_prefix(MetricsReader(tmp_path / "metrics")))
    finally:
        writer.join()
    assert done.is_set()
    assert progress == sorted(progress), "a commit is never taken back"
    assert len(set(progress) - {LINES}) > KILLS // 3, "the kills must fall while points are being stored"
    with LogFollower(log, tmp_path / "log.times", tmp_path / "metrics") as follower:
        follower.finish()
    assert check_prefix(MetricsReader(tmp_path / "metrics")) == LINES
