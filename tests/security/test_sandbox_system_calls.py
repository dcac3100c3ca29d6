"""System calls that sandboxed code cannot make, and that everyday programs do not miss them."""

import dataclasses
import os
import subprocess
import sys

import pytest
from support.sandboxed import Ground

from openmo.sandbox.inside import seccomp
from openmo.sandbox.inside.system_calls import ALWAYS, GROUPS, OTHERS, numbers, refused
from openmo.sandbox.landlock import LandlockSandbox

pytestmark = pytest.mark.skipif(not seccomp.available(), reason="this kernel filters no system calls")

CALL = """
import ctypes, errno, sys
libc = ctypes.CDLL(None, use_errno=True)
number, *arguments = map(int, sys.argv[1:])
result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(each) for each in arguments))
print(errno.errorcode[ctypes.get_errno()] if result < 0 else "done")
"""
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
VSOCK, PACKET, ALG, BLUETOOTH, NETLINK = 40, 17, 38, 31, 16
NUMBERS = numbers(os.uname().machine) or {}


def answer(ground: Ground, name: str, *arguments: int) -> str:
    return ground.python(CALL, str(NUMBERS[name]), *map(str, arguments)).strip()


def test_whole_calls_are_refused_however_they_are_made(ground: Ground) -> None:
    """In one program, because there are many; 32 ones as arguments would be wrong for each of them."""
    names = [name for name, way in refused([], names_others=False).items() if way == "" and name in NUMBERS]
    source = """
        import ctypes, errno, sys
        libc = ctypes.CDLL(None, use_errno=True)
        wrong = ctypes.c_long(-1)
        for pair in sys.argv[1:]:
            name, number = pair.split("=")
            assert libc.syscall(ctypes.c_long(int(number)), wrong, wrong, wrong, wrong, wrong, wrong) == -1
            if ctypes.get_errno() != errno.EPERM:
                print(name, errno.errorcode[ctypes.get_errno()])
    """
    assert ground.python(source, *(f"{name}={NUMBERS[name]}" for name in names)) == ""
    assert len(names) > 40


@pytest.mark.parametrize("name", ["unshare", "clone"])
def test_no_user_namespace_can_be_made(ground: Ground, name: str) -> None:
    assert answer(ground, name, NEW_USER, 0, 0, 0, 0) == "EPERM"
    assert answer(ground, name, NEW_USER | NEW_NETWORK, 0, 0, 0, 0) == "EPERM"


def test_the_newest_way_to_fork_seems_absent_so_that_libraries_take_the_older(ground: Ground) -> None:
    assert answer(ground, "clone3", 0, 0) == "ENOSYS"


@pytest.mark.parametrize("family", [VSOCK, PACKET, ALG, BLUETOOTH])
def test_sockets_of_families_that_nobody_needs_are_refused(ground: Ground, family: int) -> None:
    assert answer(ground, "socket", family, 3, 0) == "EAFNOSUPPORT"


def test_of_netlink_only_routes_are_left(ground: Ground) -> None:
    raw, generic, audit, netfilter = 3, 16, 9, 12
    for protocol in (generic, audit, netfilter):
        assert answer(ground, "socket", NETLINK, raw, protocol) == "EAFNOSUPPORT"
    assert answer(ground, "socket", NETLINK, raw, 0) == "done"


def test_no_key_is_pressed_in_a_terminal_of_others(ground: Ground) -> None:
    push_key = 0x5412
    assert answer(ground, "ioctl", 0, push_key, 0) == "EPERM"
    assert ground.python("import os, termios, fcntl; a, b = os.openpty(); print(len(termios.tcgetattr(b)))") == "7\n"


def test_limits_and_priorities_of_others_stay_while_those_of_ones_own_can_be_set(landlock: Ground) -> None:
    with subprocess.Popen(["sleep", "100"]) as bystander:
        pid = bystander.pid
        batch = os.SCHED_BATCH
        landlock.python("import os, sys; os.sched_setscheduler(int(sys.argv[1]), 3, os.sched_param(0))", str(pid))
        assert os.sched_getscheduler(pid) != batch
        assert landlock.refused("import resource; resource.prlimit(int(path), resource.RLIMIT_CPU, (1, 1))", str(pid))
        assert landlock.refused("os.setpriority(os.PRIO_PROCESS, int(path), 15)", str(pid))
        assert landlock.refused("os.setpriority(os.PRIO_USER, 0, 15)")
        assert landlock.refused("os.sched_setaffinity(int(path), {0})", str(pid))
        assert landlock.refused("os.pidfd_open(int(path))", str(pid))
        bystander.kill()
    source = """
        import os, resource
        resource.setrlimit(resource.RLIMIT_CPU, (1000, 1000)); os.nice(1); os.sched_setaffinity(0, {0})
        print(resource.prlimit(0, resource.RLIMIT_CPU), os.getpriority(os.PRIO_PROCESS, 0))
    """
    assert landlock.python(source).startswith("(1000, 1000) ")


def test_a_thread_of_ones_own_is_set_by_its_number_without_an_error(landlock: Ground) -> None:
    source = "import os, threading; os.sched_setscheduler(threading.get_native_id(), 0, os.sched_param(0)); print('on')"
    assert landlock.python(source) == "on\n"


def test_an_installation_may_allow_a_group(ground: Ground) -> None:
    allowing = LandlockSandbox(namespaces=False, system_calls=("io_uring",))
    open_ground = dataclasses.replace(ground, sandbox=allowing)
    assert answer(ground, "io_uring_enter", -1, 0, 0, 0, 0, 0) == "EPERM"
    assert answer(open_ground, "io_uring_enter", -1, 0, 0, 0, 0, 0) == "EBADF"
    assert answer(open_ground, "keyctl", 0, 0, 0, 0, 0) == "EPERM"


def test_keys_of_whoever_started_openmo_are_out_of_reach(ground: Ground) -> None:
    """Also where an installation allows key rings."""
    session_keyring = -3
    allowing = dataclasses.replace(ground, sandbox=LandlockSandbox(namespaces=False, system_calls=("keys",)))
    source = """
        import ctypes, sys
        libc = ctypes.CDLL(None, use_errno=True)
        get_id, read = 0, 11
        print(libc.syscall(int(sys.argv[1]), get_id, int(sys.argv[2]), 0, 0, 0))
        print(libc.syscall(int(sys.argv[1]), read, int(sys.argv[2]), 0, 0, 0))
    """
    rings = set()
    for _ in range(2):
        ring, size = allowing.python(source, str(NUMBERS["keyctl"]), str(session_keyring)).split()
        assert (int(ring) > 0, size) == (True, "0")
        rings.add(ring)
    assert len(rings) == 2


def test_every_named_call_has_a_number_where_it_exists() -> None:
    x86_only = {"create_module", "ioperm", "iopl", "modify_ldt", "uselib"}
    named = {name for group in (OTHERS, ALWAYS, *GROUPS.values()) for name in group}
    for machine, lacking in (("x86_64", set()), ("aarch64", x86_only)):
        known = numbers(machine)
        assert known is not None
        assert named - set(known) == lacking
        assert len(set(known.values())) == len(known)
    assert numbers("riscv64") is None


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_and_threads_of_ones_own_can_be_made_in_every_way(ground: Ground, method: str) -> None:
    (ground.project / "many.py").write_text(
        "import multiprocessing as m, sys, threading\n"
        "from multiprocessing.shared_memory import SharedMemory\n"
        "def fill(name, n):\n"
        "    memory = SharedMemory(name); memory.buf[n] = n + 1; memory.close()\n"
        "if __name__ == '__main__':\n"
        "    context = m.get_context(sys.argv[1])\n"
        "    memory = SharedMemory(create=True, size=4)\n"
        "    children = [context.Process(target=fill, args=(memory.name, n)) for n in range(4)]\n"
        "    for child in children: child.start()\n"
        "    for child in children: child.join()\n"
        "    print([child.exitcode for child in children], bytes(memory.buf[:4]))\n"
        "    memory.close(); memory.unlink()\n"
    )
    done = ground.run(sys.executable, "many.py", method)
    assert done.stdout == "[0, 0, 0, 0] b'\\x01\\x02\\x03\\x04'\n", done.stderr
