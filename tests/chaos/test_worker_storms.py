"""Handlers at their worst, and processes killed under them: each costs its own call and nothing else."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from support.run import is_pythons_own
from support.served_apps import QUICK, ServedApps, eventually, served

from openmo.serving.directory import DeployedRelease
from openmo.serving.forked.disk import DiskBounds

pytestmark = pytest.mark.chaos

WILD = """
import os, sys, time

def handle(conf):
    what = conf["what"]
    if what == "exit":
        os._exit(0)
    elif what == "segfault":
        import ctypes
        ctypes.string_at(0)
    elif what == "hang":
        time.sleep(1000)
    elif what == "print":
        while True:
            print("x" * 10_000)
    elif what == "leak":
        hoard = []
        while True:
            hoard.append(bytearray(1 << 24))
    elif what == "leak in children":
        for _ in range(8):
            if os.fork() == 0:
                hoard = bytearray(os.urandom(1 << 20) * 60)
                time.sleep(1000)
        time.sleep(1000)
    elif what == "fork":
        while True:
            if os.fork() == 0:
                os.setsid()
                time.sleep(1000)
    elif what == "close":
        os.closerange(0, 100)
    elif what == "lie":
        os.write(3, b"\\x00\\x00\\x00\\x05hello")
        time.sleep(1000)
    elif what == "flood":
        os.write(3, b"\\xff\\xff\\xff\\xff" * 100)
        time.sleep(1000)
    elif what == "killed":
        os.kill(os.getpid(), 9)
    elif what == "kill the parent":
        os.kill(os.getppid() or 1, 9)
    elif what == "thread":
        import threading
        threading.Thread(target=lambda: os._exit(4)).start()
        time.sleep(1000)
    elif what == "bomb":
        for _ in range(8):
            os.fork()
        time.sleep(1000)
    elif what == "ignore signals":
        import signal
        for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        time.sleep(1000)
    elif what == "hold on":
        while True:
            try:
                time.sleep(1000)
            except BaseException:
                pass
    elif what == "print errors":
        while True:
            os.write(2, b"x" * 100_000)
    elif what == "base":
        raise type("Odd", (BaseException,), {"__str__": lambda self: 1 / 0})
    elif what == "interrupt":
        raise KeyboardInterrupt
    elif what == "leave":
        sys.exit("goodbye")
    elif what == "wrong type":
        return {"ret": object()}
    elif what == "no output":
        return {}
    elif what == "huge":
        return {"ret": "x" * (65 << 20)}
    elif what == "huge number":
        return {"ret": 10**5000}
    elif what == "recursion":
        return handle(conf)
    elif what == "nested":
        value = []
        for _ in range(100_000):
            value = [value]
        return {"ret": value}
    elif what == "write outside":
        open("/etc/openmo-was-here", "w")
    elif what == "write into the release":
        open("handler.py", "w")
    elif what == "many files":
        for number in range(3000):
            open(f"{number}.txt", "w").close()
        time.sleep(1000)
    elif what == "much":
        with open("big", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, 80 << 20)
        time.sleep(1000)
    elif what == "hide":
        os.mkdir("hidden", 0o700)
        for number in range(3000):
            open(f"hidden/{number}", "w").close()
        os.chmod("hidden", 0)
        time.sleep(1000)
    elif what == "stack":
        sys.setrecursionlimit(10**9)
        class Loop:
            def __getattr__(self, name):
                return getattr(self, name)
        Loop().a
    return {"ret": "fine"}
"""

ODD = """
import atexit, os, sys, threading, time

CALLS = []

def handle(conf):
    what = conf["what"]
    CALLS.append(what)
    if what == "threads":
        for _ in range(20):
            threading.Thread(target=time.sleep, args=(1000,)).start()
    elif what == "daemon":
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(1000)
            os._exit(0)
    elif what == "twice":
        os.fork()
    elif what == "streams":
        sys.stdout.close()
        sys.stdout = sys.stderr = sys.stdin = None
    elif what == "folder":
        import shutil
        folder = os.getcwd()
        os.chdir("/")
        shutil.rmtree(folder)
    elif what == "exit hooks":
        atexit.register(lambda: os.kill(os.getppid() or 1, 9))
        sys.settrace(lambda *given: None)
    elif what == "modules":
        sys.modules.clear()
    elif what == "environment":
        os.environ.clear()
        os.umask(0o777)
    return {"ret": "fine"}
"""
"""What is no error, although a process is left as no other call should find it."""

FATES = {
    "exit": (500, "worker_lost"),
    "segfault": (500, "worker_lost"),
    "hang": (504, "call_timed_out"),
    "print": (504, "call_timed_out"),
    "leak": (500, "handler_failed"),
    "leak in children": (500, "worker_lost"),
    "fork": (500, "worker_lost"),
    "close": (500, "worker_lost"),
    "lie": (500, "worker_lost"),
    "flood": (500, "worker_lost"),
    "killed": (500, "worker_lost"),
    "kill the parent": (500, "handler_failed"),
    "thread": (500, "worker_lost"),
    "bomb": (500, "worker_lost"),
    "ignore signals": (504, "call_timed_out"),
    "hold on": (504, "call_timed_out"),
    "print errors": (504, "call_timed_out"),
    "base": (500, "handler_failed"),
    "interrupt": (500, "handler_failed"),
    "leave": (500, "handler_failed"),
    "wrong type": (500, "handler_failed"),
    "no output": (500, "handler_failed"),
    "huge": (500, "handler_failed"),
    "huge number": (500, "handler_failed"),
    "recursion": (500, "handler_failed"),
    "nested": (500, "handler_failed"),
    "write outside": (500, "handler_failed"),
    "write into the release": (500, "handler_failed"),
    "many files": (500, "worker_lost"),
    "much": (500, "worker_lost"),
    "hide": (500, "worker_lost"),
    "stack": (500, "worker_lost"),
}
WORDS = {
    "leak": "ran out of the memory",
    "leak in children": "used more memory than it may",
    "fork": "started more processes than it may",
    "bomb": "started more processes than it may",
    "segfault": "a crash in native code",
    "exit": "ended by itself (exit code 0)",
    "hang": "longer than the app's limit of 3 s",
    "base": "Odd: (its message cannot be shown)",
    "leave": "sys.exit('goodbye')",
    "wrong type": "ret",
    "no output": "ret",
    "huge": "The answer has 65 MiB, and 64 are the most",
    "recursion": "RecursionError",
    "interrupt": "The handler raised KeyboardInterrupt.",
    "write outside": "openmo-was-here",
    "many files": "wrote more into its private folder",
    "much": "wrote more into its private folder",
}
"""What the caller reads, where it depends on what happened."""


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApps]:
    with served(tmp_path_factory.mktemp("storm"), disk=DiskBounds(bytes=64 << 20, entries=2000)) as running:
        yield running


@pytest.fixture(scope="module")
def wild(apps: ServedApps) -> DeployedRelease:
    return deploy_wild(apps, "wild", timeout=60.0)  # on a busy machine, too, it is not time that ends them


@pytest.fixture(scope="module")
def endless(apps: ServedApps) -> DeployedRelease:
    return deploy_wild(apps, "endless", timeout=3.0)


def deploy_wild(apps: ServedApps, app: str, *, timeout: float) -> DeployedRelease:
    limits = replace(QUICK, timeout=timeout, memory_bytes=300 << 20, workers=1)
    return apps.deploy(WILD, app=app, inputs={"what": "str"}, outputs={"ret": "str"}, limits=limits)


@pytest.fixture(scope="module")
def odd(apps: ServedApps) -> DeployedRelease:
    limits = replace(QUICK, workers=1)
    return apps.deploy(ODD, app="odd", inputs={"what": "str"}, outputs={"ret": "str"}, limits=limits)


@pytest.fixture(scope="module")
def calm(apps: ServedApps) -> DeployedRelease:
    source = "def handle(conf):\n    return {'ret': conf['x'] + 1}\n"
    return apps.deploy(source, app="calm", inputs={"x": "int"}, outputs={"ret": "int"})


@pytest.mark.parametrize("what", FATES)
def test_a_wild_handler_costs_one_clear_error(
    apps: ServedApps, wild: DeployedRelease, endless: DeployedRelease, calm: DeployedRelease, what: str
) -> None:
    release = endless if FATES[what] == (504, "call_timed_out") else wild
    failures: list[str] = []
    stop = threading.Event()

    def neighbour() -> None:
        while not stop.is_set():
            response = apps.call(calm, {"x": 1})
            if response.status_code != 200:
                failures.append(response.text)

    thread = threading.Thread(target=neighbour)
    thread.start()
    try:
        response = apps.call(release, {"what": what})
    finally:
        stop.set()
        thread.join()
    assert (response.status_code, response.json()["code"]) == FATES[what], response.text
    assert WORDS.get(what, "") in response.json()["detail"]
    assert failures == []
    assert apps.output(release, {"what": ""}) == {"ret": "fine"}
    eventually(lambda: descendants_of_workers(apps) <= set(apps.pool.worker_pids()))


@pytest.mark.parametrize(
    "what", ["threads", "daemon", "twice", "streams", "folder", "exit hooks", "modules", "environment"]
)
def test_an_odd_handler_answers_and_costs_nobody_a_call(
    apps: ServedApps, calm: DeployedRelease, odd: DeployedRelease, what: str
) -> None:
    assert apps.output(odd, {"what": what}) == {"ret": "fine"}
    for _ in range(5):
        assert apps.output(calm, {"x": 1}) == {"ret": 2}
        assert apps.output(odd, {"what": ""}) == {"ret": "fine"}
    for pid in apps.pool.worker_pids(odd.release_id):
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: descendants_of_workers(apps) <= set(apps.pool.worker_pids()))
    assert apps.output(odd, {"what": ""}) == {"ret": "fine"}


def zygotes_here() -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):  # ended since, or a zombie
            if "openmo.serving.inside.zygote" in child.cmdline():
                found.append(child)
    return found


def descendants_of_workers(apps: ServedApps) -> set[int]:
    """Processes below this one that run as workers do, whatever session they moved to."""
    zygotes = zygotes_here()
    others = {each.pid for zygote in zygotes for each in (zygote, *namespace_keepers(zygote))}
    found = [each for each in psutil.Process().children(recursive=True) if not is_pythons_own(each)]
    return {each.pid for each in found if each.pid not in others and each.is_running() and each.status() != "zombie"}


def namespace_keepers(zygote: psutil.Process) -> list[psutil.Process]:
    """The process that makes PID namespaces for the zygote, and the first process of each."""
    for child in zygote.children():
        if inits := [each for each in child.children() if namespace_of(each.pid) != namespace_of(child.pid)]:
            return [child, *inits]
    return []


def namespace_of(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/ns/pid").readlink())
    except OSError:
        return "gone"


def test_the_log_of_endless_printing_is_bounded(apps: ServedApps, endless: DeployedRelease) -> None:
    assert apps.call(endless, {"what": "print"}).status_code == 504
    log = apps.pool.log_path(endless.project_id)
    assert sum(path.stat().st_size for path in log.parent.glob(f"{log.name}*")) < 4 << 20


def test_a_killed_zygote_comes_back(apps: ServedApps, calm: DeployedRelease) -> None:
    assert apps.output(calm, {"x": 1}) == {"ret": 2}
    (zygote,) = zygotes_here()
    workers = apps.pool.worker_pids()
    zygote.kill()
    eventually(lambda: not any(psutil.pid_exists(pid) for pid in workers))
    eventually(lambda: apps.call(calm, {"x": 1}).status_code == 200)


def test_a_worker_killed_while_idle_costs_no_call(apps: ServedApps, calm: DeployedRelease) -> None:
    for number in range(30):
        assert apps.output(calm, {"x": number}) == {"ret": number + 1}
        for pid in apps.pool.worker_pids(calm.release_id):
            os.kill(pid, signal.SIGKILL)


LONELY = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from support.served_apps import served
with served(Path(sys.argv[1])) as apps:
    release = apps.deploy(
        "import subprocess, time\\ndef handle(conf):\\n"
        "    subprocess.Popen(['sleep', '1000'], start_new_session=True)\\n    return {'a': 1}\\n"
    )
    apps.output(release)
    print("ready", flush=True)
    time.sleep(1000)
"""


def test_nothing_outlives_a_killed_gateway(tmp_path: Path) -> None:
    tests = Path(__file__).parents[1]
    command = [sys.executable, "-c", LONELY, str(tmp_path), str(tests)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as gateway:
        assert gateway.stdout is not None
        assert gateway.stdout.readline() == "ready\n"
        family = psutil.Process(gateway.pid).children(recursive=True)
        assert "sleep" in [each.name() for each in family]
        assert len(family) >= 3  # zygote, worker, what the handler started, and what keeps PID namespaces
        gateway.kill()
    deadline = time.monotonic() + 10
    while alive := [each for each in family if each.is_running() and each.status() != "zombie"]:
        assert time.monotonic() < deadline, alive
        time.sleep(0.02)


def test_room_is_made_for_another_app(tmp_path: Path) -> None:
    with served(tmp_path, max_workers=2) as crowded:
        releases = [crowded.deploy("def handle(conf):\n    return {'a': 1}\n") for _ in range(5)]
        for _ in range(2):
            for release in releases:
                assert crowded.output(release) == {"a": 1}
        assert crowded.pool.stats().workers <= 2
