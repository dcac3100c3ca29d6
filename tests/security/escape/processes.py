"""Processes of others: to end, stop, slow, trace, read and change them."""

import ctypes
import fcntl
import os
import resource
import signal
import struct
from typing import Any

from .attempt import Target, attempt, call, checked, libc, read, void_where

UPON = ("platform process", "neighbour process")
SIGNALS = ("Landlock 6", "processes")
LOOKS = ("Landlock", "processes")
"""Landlock refuses what the kernel treats as tracing."""
TRACED = (*LOOKS, "view")
"""For who is not root a view of its own comes with a user namespace, out of which nobody may trace."""
LIMITS = ("processes", "seccomp")
SHOWN: dict[str, Any] = {"platform": ("view",), "neighbour": ("Landlock and view",)}
"""Root's own /proc shows the processes alone that it could trace."""
_F_SETSIG, _F_SETOWN_EX, _F_OWNER_PID = 10, 15, 1
_PTRACE_ATTACH, _PTRACE_SEIZE = 16, 0x4206


class _Piece(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


@attempt(*SIGNALS, upon=UPON)
def stop_it(target: Target) -> object:
    """Sends a signal that stops a process."""
    os.kill(target.pid, signal.SIGSTOP)
    return "stopped"


@attempt(*SIGNALS, upon=UPON)
def stop_its_group(target: Target) -> object:
    """Sends it to a process group."""
    os.killpg(target.pid, signal.SIGSTOP)
    return "stopped"


@attempt(*SIGNALS, "seccomp", upon=UPON)
def stop_it_by_descriptor(target: Target) -> object:
    """Sends it by a descriptor of the process."""
    signal.pidfd_send_signal(os.pidfd_open(target.pid), signal.SIGSTOP)
    return "stopped"


@attempt(*SIGNALS, upon=UPON)
def stop_it_by_thread(target: Target) -> object:
    """Sends it to one thread (tgkill)."""
    call("tgkill", target.pid, target.pid, signal.SIGSTOP)
    return "stopped"


@attempt(*SIGNALS, upon=UPON)
def stop_it_by_thread_number(target: Target) -> object:
    """Sends it to a thread by its number alone (tkill)."""
    call("tkill", target.pid, signal.SIGSTOP)
    return "stopped"


@attempt(*SIGNALS, upon=UPON)
def queue_a_signal(target: Target) -> object:
    """Queues a signal with a forged sender (sigqueue)."""
    call("rt_sigqueueinfo", target.pid, signal.SIGSTOP, _forged(signal.SIGSTOP))
    return "stopped"


@attempt(*SIGNALS, upon=UPON)
def queue_a_signal_to_a_thread(target: Target) -> object:
    """Queues a signal for one thread with a forged sender."""
    call("rt_tgsigqueueinfo", target.pid, target.pid, signal.SIGSTOP, _forged(signal.SIGSTOP))
    return "stopped"


def _forged(number: int) -> object:
    return ctypes.create_string_buffer(struct.pack("=iiii112x", number, 0, -1, 0))


@attempt(*SIGNALS, upon=UPON)
def have_a_pipe_signal_it(target: Target) -> object:
    """Names it the owner of a pipe, so that the kernel signals it when something is written (F_SETOWN, F_SETSIG)."""
    reader, writer = os.pipe()
    fcntl.fcntl(reader, _F_SETOWN_EX, struct.pack("=ii", _F_OWNER_PID, target.pid))
    fcntl.fcntl(reader, _F_SETSIG, signal.SIGSTOP)
    fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    os.write(writer, b"x")
    return ""  # the kernel tells the sender nothing: only its state outside says what came of it


@attempt(*LOOKS, upon=UPON, platform=("capabilities",), ordinary=TRACED)
def trace_it(target: Target) -> object:
    """Attaches to a process as a debugger does."""
    checked(libc.ptrace(_PTRACE_ATTACH, target.pid, None, None))
    os.waitpid(target.pid, 0)
    return "attached"


@attempt(*LOOKS, upon=UPON, platform=("capabilities",), ordinary=TRACED)
def seize_it(target: Target) -> object:
    """Attaches without stopping it (PTRACE_SEIZE)."""
    checked(libc.ptrace(_PTRACE_SEIZE, target.pid, None, None))
    return "attached"


@attempt(*LOOKS, "seccomp", upon=UPON, platform=("capabilities",), ordinary=(*TRACED, "seccomp"))
def read_its_memory(target: Target) -> object:
    """Reads another process's memory, where its environment lies (process_vm_readv)."""
    mine = ctypes.create_string_buffer(500)
    to, of = _Piece(ctypes.addressof(mine), 500), _Piece(target.environ_at, 500)
    checked(libc.process_vm_readv(target.pid, ctypes.byref(to), 1, ctypes.byref(of), 1, 0))
    return mine.raw


@attempt(*LOOKS, "seccomp", upon=UPON, platform=("capabilities",), ordinary=(*TRACED, "seccomp"))
def write_its_memory(target: Target) -> object:
    """Writes into another process's memory (process_vm_writev)."""
    mine = ctypes.create_string_buffer(b"X" * 8)
    of, to = _Piece(ctypes.addressof(mine), 8), _Piece(target.environ_at, 8)
    return checked(libc.process_vm_writev(target.pid, ctypes.byref(of), 1, ctypes.byref(to), 1, 0))


@attempt(*LOOKS, upon=UPON, platform=("capabilities",), ordinary=TRACED)
def open_its_memory(target: Target) -> object:
    """Reads its memory by the file that /proc shows."""
    with open(f"/proc/{target.pid}/mem", "rb", buffering=0) as memory:
        memory.seek(target.environ_at)
        return memory.read(500)


@attempt(*LOOKS, upon=UPON, platform=("capabilities", "view"), ordinary=TRACED)
def read_its_environment(target: Target) -> object:
    """Reads the variables that a process was started with."""
    return read(f"/proc/{target.pid}/environ")


@attempt("processes", upon=UPON, **SHOWN)
def read_its_command_line(target: Target) -> object:
    """Reads the command line of a process."""
    return read(f"/proc/{target.pid}/cmdline")


@attempt(*LOOKS, upon=UPON, platform=("capabilities", "view"), ordinary=TRACED)
def read_its_mappings(target: Target) -> object:
    """Reads where its libraries and its stack lie."""
    return read(f"/proc/{target.pid}/maps")


@attempt("processes", upon=UPON, **SHOWN)
def list_its_open_files(target: Target) -> object:
    """Lists the files that a process has open."""
    return " ".join(os.listdir(f"/proc/{target.pid}/fd"))


@attempt(*LOOKS, upon=UPON, platform=("capabilities", "view"), ordinary=TRACED)
def open_its_open_file(target: Target) -> object:
    """Opens the file of a neighbour that a process has open, by its descriptor there."""
    return read(f"/proc/{target.pid}/fd/0")


@attempt(*LOOKS, upon=UPON, platform=("capabilities", "view"), ordinary=TRACED)
def enter_its_root(target: Target) -> object:
    """Reads a neighbour's file through the root folder of a process that may see it."""
    return read(f"/proc/{target.pid}/root{target.file}")


@attempt(*LOOKS, upon=UPON, platform=("capabilities", "view"), ordinary=TRACED)
def enter_its_folder(target: Target) -> object:
    """Reads a file through the current folder of a process."""
    return read(f"/proc/{target.pid}/cwd/file.txt")


@attempt(*LOOKS, "capabilities", upon=UPON, platform=("view",))
def enter_its_namespaces(target: Target) -> object:
    """Joins the mount namespace of a process."""
    checked(libc.setns(os.open(f"/proc/{target.pid}/ns/mnt", os.O_RDONLY), 0x00020000))
    return read(target.file)


@attempt("capabilities", "processes", upon="platform process", ordinary=("capabilities", "processes", "Landlock"))
def enter_its_namespaces_by_descriptor(target: Target) -> object:
    """Joins its mount namespace by a descriptor of the process, without any /proc."""
    checked(libc.setns(os.pidfd_open(target.pid), 0x00020000))
    return read(target.file)


@attempt(*LOOKS, "seccomp", upon=UPON, platform=("capabilities",), ordinary=(*TRACED, "seccomp"))
def take_its_descriptor(target: Target) -> object:
    """Takes over a descriptor of a process (pidfd_getfd)."""
    return os.read(call("pidfd_getfd", os.pidfd_open(target.pid), 0, 0), 500)


@attempt(*LOOKS, "seccomp", upon=UPON, platform=("capabilities",), ordinary=(*TRACED, "seccomp"))
def compare_with_it(target: Target) -> object:
    """Asks whether it shares kernel objects with a process (kcmp), which tells where these lie."""
    return f"order {call('kcmp', os.getpid(), target.pid, 1, 0, 0)}"


@attempt(*LOOKS, "seccomp", upon=UPON, platform=("capabilities",), ordinary=(*TRACED, "seccomp"))
def ask_for_its_locks(target: Target) -> object:
    """Asks where a process keeps its robust locks."""
    head, length = ctypes.c_void_p(), ctypes.c_size_t()
    call("get_robust_list", target.pid, ctypes.byref(head), ctypes.byref(length))
    return f"{head.value}, {length.value}"


@attempt(*LOOKS, "seccomp", upon=UPON, platform=("capabilities",), ordinary=(*TRACED, "seccomp"))
def move_its_pages(target: Target) -> object:
    """Asks on which memory node a page of a process lies (move_pages)."""
    page = ctypes.c_void_p(target.environ_at & ~4095)
    status = ctypes.c_int()
    call("move_pages", target.pid, 1, ctypes.byref(page), None, ctypes.byref(status), 0)
    return f"node {status.value}"


@attempt(*LOOKS, "capabilities", upon=UPON)
def drop_its_pages(target: Target) -> object:
    """Has the kernel push a process's memory out (process_madvise)."""
    piece = _Piece(target.environ_at & ~4095, 4096)
    return f"{call('process_madvise', os.pidfd_open(target.pid), ctypes.byref(piece), 1, 21, 0)} bytes"


@attempt(*LIMITS, upon=UPON)
def lower_its_files(target: Target) -> object:
    """Lowers how many files a process may open (prlimit), so that it answers nobody any more."""
    resource.prlimit(target.pid, resource.RLIMIT_NOFILE, (64, 64))
    return "lowered"


@attempt(*LIMITS, upon=UPON)
def lower_its_processor_time(target: Target) -> object:
    """Lowers the processor time that a process may use, upon which the kernel ends it."""
    resource.prlimit(target.pid, resource.RLIMIT_CPU, (100, 100))
    return "lowered"


@attempt(*LIMITS, upon=UPON)
def raise_its_limits(target: Target) -> object:
    """Raises what a process may use of its stack (prlimit)."""
    _, hard = resource.prlimit(target.pid, resource.RLIMIT_STACK)
    resource.prlimit(target.pid, resource.RLIMIT_STACK, (hard, hard))
    return "raised"


@attempt("processes", upon=UPON, open_because="it may know them, and not change them")
def read_its_limits(target: Target) -> object:
    """Asks for the limits of a process."""
    return f"{resource.prlimit(target.pid, resource.RLIMIT_NOFILE)}"


@attempt(*LIMITS, upon=UPON, platform=("capabilities",))
def make_it_nice(target: Target) -> object:
    """Gives a process less of the processor (setpriority)."""
    os.setpriority(os.PRIO_PROCESS, target.pid, 15)
    return "slowed"


@attempt(*LIMITS, upon=UPON, platform=("capabilities",))
def make_it_idle(target: Target) -> object:
    """Lets a process run only when nothing else does (SCHED_IDLE)."""
    os.sched_setscheduler(target.pid, os.SCHED_IDLE, os.sched_param(0))
    return "slowed" if os.sched_getscheduler(target.pid) == os.SCHED_IDLE else ""  # a sandbox may only say that it did


@attempt(*LIMITS, upon=UPON, platform=("capabilities",))
def choose_its_cores(target: Target) -> object:
    """Puts a process on one core."""
    os.sched_setaffinity(target.pid, {min(os.sched_getaffinity(target.pid))})
    return "bound"


@attempt(*LIMITS, upon=UPON, platform=("capabilities",))
def slow_its_disk(target: Target) -> object:
    """Gives a process the disk only when nobody else wants it (ioprio_set)."""
    call("ioprio_set", 1, target.pid, 3 << 13)
    return "slowed"


@attempt(*LIMITS, upon=UPON, platform=("capabilities",))
def slow_it_by_attributes(target: Target) -> object:
    """The same as idle by the newer call (sched_setattr)."""
    packed = ctypes.create_string_buffer(struct.pack("=IIQiIQQQ", 48, 5, 0, 0, 0, 0, 0, 0), 48)
    call("sched_setattr", target.pid, packed, 0)
    return "slowed"


@attempt("Landlock", "view", "processes", upon=UPON)
def have_it_killed_first(target: Target) -> object:
    """Has the kernel choose a process when memory runs out."""
    with open(f"/proc/{target.pid}/oom_score_adj", "w") as file:
        file.write("900")
    return "chosen"


@attempt("processes", upon=UPON, open_because="a number that is taken says nothing of whose it is")
def learn_that_it_runs(target: Target) -> object:
    """Asks whether a process of that number runs."""
    return f"group {os.getpgid(target.pid)}"


@attempt("kernel", upon=UPON, uncontrolled="the kernel lets a process do this to its own children alone")
def put_it_into_a_group(target: Target) -> object:
    """Moves a process into its own process group, to signal it there."""
    os.setpgid(target.pid, 0)
    return "moved"


@attempt("kernel", upon=UPON, uncontrolled="the kernel does this to processes alone that are being killed")
def reap_its_memory(target: Target) -> object:
    """Has the kernel take back a process's memory (process_mrelease)."""
    return f"{call('process_mrelease', os.pidfd_open(target.pid), 0)}"


@attempt("capabilities", "processes", "Landlock", upon="platform process")
def count_its_events(target: Target) -> object:
    """Counts what a process does by the processor's counters (perf)."""
    void_where("kernel/perf_event_paranoid", "-1")
    attributes = ctypes.create_string_buffer(struct.pack("=IIQ", 1, 112, 9), 112)
    return f"descriptor {call('perf_event_open', attributes, target.pid, -1, -1, 0)}"


@attempt("capabilities", upon="machine", uncontrolled="root in a container has not this right either")
def become_unlimited(_: Target) -> object:
    """Raises its own hard limit of core dumps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (4096, 4096))
    except ValueError as error:  # Python's word for EPERM
        raise PermissionError(1, str(error)) from None
    return "raised"


@attempt("seccomp", upon="machine")
def leave_the_family(_: Target) -> object:
    """Starts a process that is not its child but its parent's, so that nothing that watches it counts or ends it."""
    reader, writer = os.pipe()
    ours = os.getpid()
    if call("clone", 0x8000 | signal.SIGCHLD, 0, 0, 0, 0) == 0:
        os.write(writer, f"{os.getppid()}".encode())
        os._exit(0)
    parent = int(os.read(reader, 20))
    return f"a child of {parent}" if parent != ours else ""


@attempt("capabilities", upon="machine")
def take_the_processor(_: Target) -> object:
    """Takes the processor before all others (SCHED_FIFO)."""
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return "taken"


@attempt("capabilities", upon="machine")
def take_more_of_the_processor(_: Target) -> object:
    """Gives itself more of the processor than others have (nice -20)."""
    os.setpriority(os.PRIO_PROCESS, 0, -20)
    return "taken"


@attempt("kernel", upon="machine", uncontrolled="the kernel never takes this back")
def allow_itself_new_rights(_: Target) -> object:
    """Takes back that no program may give it more rights (no_new_privs)."""
    checked(libc.prctl(38, 0, 0, 0, 0))
    return "taken back"


@attempt("capabilities", upon="machine")
def take_capabilities_back(_: Target) -> object:
    """Takes the capability to administer the machine, which was dropped."""
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0))
    admin = ctypes.create_string_buffer(struct.pack("=6I", 1 << 21, 1 << 21, 0, 0, 0, 0))
    checked(libc.capset(header, admin))
    return "taken"
