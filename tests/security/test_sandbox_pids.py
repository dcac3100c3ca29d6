"""A PID namespace per sandbox: what is outside has no number inside, and programs notice nothing of it."""

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.processes import wait_for
from support.sandboxed import Ground, lay_ground, nobodys_ground

from openmo.sandbox.landlock import detect_landlock
from openmo.system import linux
from openmo.system.child_python import PACKAGE_FOLDER


@pytest.fixture
def apart(tmp_path: Path) -> Ground:
    """A sandbox with a PID namespace of its own."""
    best = detect_landlock()
    if best is None or not best.has_pid_namespace:
        pytest.skip("this kernel lets us make no PID namespace")
    return lay_ground(tmp_path, best)


@pytest.fixture(params=["as whoever runs the tests", "as an ordinary user"])
def run(request: pytest.FixtureRequest) -> Iterator[Callable[[str], "subprocess.CompletedProcess[str]"]]:
    """Runs shell commands in such a sandbox."""
    apart: Ground = request.getfixturevalue("apart")
    if request.param == "as whoever runs the tests":
        yield lambda script: apart.run("bash", "-c", script)
        return
    with nobodys_ground(apart.sandbox) as as_nobody:
        yield as_nobody


def test_only_what_runs_inside_is_there(run: Callable[[str], "subprocess.CompletedProcess[str]"]) -> None:
    done = run("echo $$ $PPID; ps -eo comm=; echo /proc/[0-9]*/stat | wc -w")
    first, *names = done.stdout.split("\n")[:-2]
    assert first == "2 1"
    assert sorted(names) == ["bash", "ps"], done.stderr


ATTACKS = """
import ctypes, errno, os, resource, signal, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    if libc.syscall(number, *map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), "")
def look(name):
    return lambda pid: os.open(f"/proc/{pid}/{name}", os.O_RDONLY)
attacks = {
    "kill": lambda pid: os.kill(pid, signal.SIGKILL),
    "killpg": lambda pid: os.killpg(pid, signal.SIGKILL),
    "pidfd_open": os.pidfd_open,
    "prlimit": lambda pid: resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1)),
    "read limits": lambda pid: resource.prlimit(pid, resource.RLIMIT_CPU),
    "setpriority": lambda pid: os.setpriority(os.PRIO_PROCESS, pid, 15),
    "getpriority": lambda pid: os.getpriority(os.PRIO_PROCESS, pid),
    "affinity": lambda pid: os.sched_setaffinity(pid, {0}),
    "scheduler": lambda pid: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
    "getpgid": os.getpgid,
    "getsid": os.getsid,
    "ioprio_set": lambda pid: call(251 if os.uname().machine == "x86_64" else 30, 1, pid, 3 << 13),
    "kcmp": lambda pid: call(312 if os.uname().machine == "x86_64" else 272, os.getpid(), pid, 0, 0, 0),
    "ptrace": lambda pid: call(101 if os.uname().machine == "x86_64" else 117, 0x4206, pid, 0, 0),
    **{name: look(name) for name in ("stat", "status", "cmdline", "environ", "maps", "mem", "limits", "ns/pid", "cwd")},
}
for name, attack in attacks.items():
    try: attack(int(sys.argv[1]))
    except OSError: continue
    print(name)
"""


def test_a_process_outside_cannot_be_named_at_all(apart: Ground) -> None:
    with subprocess.Popen(["sleep", "100"]) as bystander:
        before = os.sched_getaffinity(bystander.pid), os.getpriority(os.PRIO_PROCESS, bystander.pid)
        assert apart.python(ATTACKS, str(bystander.pid)) == ""
        assert bystander.poll() is None
        assert (os.sched_getaffinity(bystander.pid), os.getpriority(os.PRIO_PROCESS, bystander.pid)) == before
        bystander.kill()


def test_the_first_process_inside_holds_against_those_after_it(apart: Ground) -> None:
    """It may be killed by nobody inside, nor looked into: it is a copy of a process of the platform."""
    harmless = "getpriority\ngetpgid\ngetsid\nread limits\n"
    harmful_to_oneself = "pidfd_open\nprlimit\nsetpriority\naffinity\nscheduler\nioprio_set\n"
    found = set(apart.python(ATTACKS, "1").split("\n"))
    assert found <= set((harmless + harmful_to_oneself).split("\n"))
    assert apart.run("bash", "-c", "kill -9 1; kill -9 -1; kill 1; echo alive").stdout == "alive\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGINT])
def test_a_program_dies_of_its_signals_as_outside(
    run: Callable[[str], "subprocess.CompletedProcess[str]"], number: signal.Signals
) -> None:
    assert run(f"kill -{int(number)} $$; echo survived").returncode == -number


@pytest.mark.parametrize("code", [0, 1, 7, 255])
def test_exit_codes_pass(run: Callable[[str], "subprocess.CompletedProcess[str]"], code: int) -> None:
    assert run(f"exit {code}").returncode == code


def test_orphans_are_reaped_and_end_with_the_program(run: Callable[[str], "subprocess.CompletedProcess[str]"]) -> None:
    script = "for n in 1 2 3; do (sleep 0 &); done; sleep 0.3; ps -eo stat= | grep -c Z; (setsid sleep 4711 &); echo $?"
    assert run(script).stdout == "0\n0\n"
    assert not [entry for entry in Path("/proc").glob("[0-9]*/cmdline") if b"4711" in _read(entry)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


BOMB = """
import os, sys, time
children = []
try:
    while len(children) < 2000:
        child = os.fork()
        if child == 0:
            time.sleep(1000)
        children.append(child)
except OSError as error:
    print(error.strerror)
print(len(children))
"""


@pytest.mark.parametrize("user", ["whoever runs the tests", "an ordinary user"])
def test_the_kernel_starts_no_more_processes_than_are_allowed(apart: Ground, user: str) -> None:
    """For root, too, from Linux 6.14 on."""
    ordinary = user == "an ordinary user"
    if not ordinary and os.geteuid() == 0 and linux.release() < (6, 14):
        pytest.skip("this kernel counts the processes of no PID namespace by itself")
    of_machine = Path("/proc/sys/kernel/pid_max").read_text()
    script = f"python3 -c '{BOMB}'"
    if ordinary:
        with nobodys_ground(apart.sandbox, processes=200) as as_nobody:
            done = as_nobody(script)
    else:
        bounded = dataclasses.replace(apart, policy=dataclasses.replace(apart.policy, processes=200))
        done = bounded.run("bash", "-c", script)
    said, number = done.stdout.split("\n")[:2]
    assert said == "Resource temporarily unavailable", done
    assert 190 < int(number) <= 600
    assert Path("/proc/sys/kernel/pid_max").read_text() == of_machine


def test_signals_reach_the_program_once(apart: Ground) -> None:
    source = """
        import signal, sys, time
        signal.signal(signal.SIGTERM, lambda *_: print("asked to end", flush=True))
        signal.signal(signal.SIGUSR1, lambda *_: sys.exit(3))
        print("ready", flush=True)
        while True: time.sleep(1)
    """
    command = apart.sandbox.wrap([sys.executable, "-c", textwrap.dedent(source)], apart.policy)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=apart.project) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "asked to end\n"
        process.send_signal(signal.SIGUSR1)
        assert process.wait() == 3
        assert process.stdout.read() == ""


def test_killing_what_was_started_ends_all(apart: Ground) -> None:
    command = apart.sandbox.wrap(["bash", "-c", "(setsid sleep 4712 &); echo ready; sleep 4713"], apart.policy)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=apart.project) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.kill()
    marks = (b"4712", b"4713")
    wait_for(lambda: not [e for e in Path("/proc").glob("[0-9]*/cmdline") if any(m in _read(e) for m in marks)])


FORKS_INTO_SPARES = """
import os, sys
sys.path.insert(0, sys.argv[1])
from openmo.sandbox.inside import confine
from openmo.sandbox.inside.document import PolicyDocument
from openmo.sandbox.inside.namespace_source import NamespaceSource

project = sys.argv[2]
document = PolicyDocument(
    engine="landlock", namespaces=True, pid_namespace=True, read_write=[project], read_only=[],
    temporary=project, work="", processes=50, network=True, system_calls=[],
)
source = NamespaceSource()
for code in (3, 4):
    namespace = source.take()
    child = os.fork()
    if child == 0:
        namespace.enter()
        confine.enter(document)
        seen = sorted(name for name in os.listdir("/proc") if name.isdecimal())
        if os.fork() == 0:
            os.setsid()
            os.execvp("sleep", ["sleep", "4715"])
        print(os.getpid(), seen, os.path.exists(sys.argv[1]), flush=True)
        os._exit(code)
    source.leave()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    namespace.close()
"""


@pytest.mark.parametrize("user", ["root", "nobody"])
def test_a_large_process_forks_into_namespaces_made_ahead(apart: Ground, user: str) -> None:
    """As the zygotes of apps do."""
    if os.geteuid() != 0:
        pytest.skip("needs root to become somebody else")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        project, packages = Path(name) / "project", Path(name) / "packages"
        project.mkdir()
        project.chmod(0o777)
        Path(name).chmod(0o755)
        ignored = shutil.ignore_patterns("static", "__pycache__")
        shutil.copytree(PACKAGE_FOLDER, packages / "openmo", ignore=ignored)
        done = subprocess.run(
            ["/usr/bin/python3", "-c", FORKS_INTO_SPARES, packages, project],
            capture_output=True,
            text=True,
            check=False,
            user=user,
            extra_groups=[],
            timeout=60,
        )
    assert done.stdout == "2 ['2'] False\n3\n2 ['2'] False\n4\n", done.stderr
    assert not [entry for entry in Path("/proc").glob("[0-9]*/cmdline") if b"4715" in _read(entry)]
