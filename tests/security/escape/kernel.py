"""The kernel: its settings, modules, clocks and counters, and the parts of it that strangers should not reach."""

import ctypes
import os
import resource
import struct
from pathlib import Path

from .attempt import Target, Void, attempt, call, checked, libc, passes_check, read, void_where

BOTH = ("Landlock", "view")
SETTINGS = "view"
_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWPID = 0x10000000, 0x40000000, 0x20000000


def _opens_to_write(path: str) -> str:
    """Opened, and not written: that is what the kernel asks for permission."""
    os.close(os.open(path, os.O_WRONLY))
    return "opened"


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def set_where_cores_go(_: Target) -> object:
    """Opens to write which program gets core dumps; the kernel runs it as root, outside."""
    return _opens_to_write("/proc/sys/kernel/core_pattern")


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def set_which_program_loads_modules(_: Target) -> object:
    """Opens to write which program loads kernel modules."""
    return _opens_to_write("/proc/sys/kernel/modprobe")


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def drop_caches(_: Target) -> object:
    """Opens to write that the kernel drops its caches."""
    return _opens_to_write("/proc/sys/vm/drop_caches")


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def dump_programs_of_root(_: Target) -> object:
    """Opens to write whether set-user-id programs leave core dumps."""
    return _opens_to_write("/proc/sys/fs/suid_dumpable")


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def limit_processes_of_all(_: Target) -> object:
    """Opens to write how many processes the machine may have."""
    return _opens_to_write("/proc/sys/kernel/pid_max")


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def press_the_magic_key(_: Target) -> object:
    """Opens to write the magic key, which can stop the machine."""
    return _opens_to_write("/proc/sysrq-trigger")


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def set_the_helper_of_events(_: Target) -> object:
    """Opens to write which program the kernel runs for each device that comes."""
    return _opens_to_write("/sys/kernel/uevent_helper")


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def put_the_machine_to_sleep(_: Target) -> object:
    """Opens to write the machine's power state."""
    return _opens_to_write("/sys/power/state")


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def set_huge_pages(_: Target) -> object:
    """Opens to write the machine's setting of huge pages, which a sandbox may read."""
    return _opens_to_write("/sys/kernel/mm/transparent_hugepage/enabled")


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def make_a_control_group(target: Target) -> object:
    """Makes a control group of its own, to leave the one that limits it."""
    folder = Path("/sys/fs/cgroup", target.token)
    folder.mkdir()
    folder.rmdir()
    return "made"


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def enter_another_control_group(_: Target) -> object:
    """Opens to write who is in the topmost control group."""
    return _opens_to_write("/sys/fs/cgroup/cgroup.procs")


@attempt(*BOTH, "capabilities", upon="machine")
def read_the_memory_of_the_kernel(_: Target) -> object:
    """Opens the kernel's memory."""
    return f"{os.open('/proc/kcore', os.O_RDONLY)}"


@attempt("capabilities", "view", upon="machine", uncontrolled="this kernel may hide the addresses from all")
def learn_addresses_of_the_kernel(_: Target) -> object:
    """Reads where the kernel's functions lie."""
    addresses = {line.split()[0] for line in read("/proc/kallsyms").splitlines() if line}
    return " ".join(sorted(addresses - {"0" * 16}))[:200]


@attempt(*BOTH, "capabilities", upon="machine")
def read_the_processors_registers(_: Target) -> object:
    """Opens the model-specific registers of a core."""
    return f"{os.open('/dev/cpu/0/msr', os.O_RDONLY)}"


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def open_the_kernels_traces(_: Target) -> object:
    """Lists what the kernel shows to those who debug it."""
    for path in ("/sys/kernel/debug", "/sys/kernel/tracing"):
        if os.path.isdir(path) and os.listdir(path):
            return path
    raise Void("nothing is mounted there")


@attempt("capabilities", upon="machine")
def read_the_kernels_messages(_: Target) -> object:
    """Reads the kernel's messages by the system call."""
    void_where("kernel/dmesg_restrict", "0")
    text = ctypes.create_string_buffer(1000)
    return f"{checked(libc.klogctl(3, text, 1000))} bytes"


@attempt("capabilities", upon="machine")
def load_a_module(_: Target) -> object:
    """Loads a kernel module, which is none."""
    return passes_check(lambda: call("init_module", ctypes.create_string_buffer(64), 64, ctypes.c_char_p(b"")))


@attempt("capabilities", upon="machine")
def load_a_module_from_a_file(target: Target) -> object:
    """Loads a kernel module from a file, which is none."""
    Path(target.token).write_bytes(bytes(64))
    descriptor = os.open(target.token, os.O_RDONLY)
    return passes_check(lambda: call("finit_module", descriptor, ctypes.c_char_p(b""), 0))


@attempt("capabilities", upon="machine")
def unload_a_module(target: Target) -> object:
    """Unloads a kernel module that does not exist."""
    return passes_check(lambda: call("delete_module", ctypes.c_char_p(target.token.encode()), os.O_NONBLOCK))


@attempt("capabilities", upon="machine")
def load_another_kernel(_: Target) -> object:
    """Loads another kernel, which is none."""
    return passes_check(lambda: call("kexec_file_load", -1, -1, 0, None, 0))


@attempt("capabilities", upon="machine")
def allow_a_restart_by_keys(_: Target) -> object:
    """Sets what the three keys do to what they do now (reboot)."""
    state = read("/proc/sys/kernel/ctrl-alt-del").strip() if os.path.exists("/proc/sys/kernel/ctrl-alt-del") else "0"
    checked(libc.reboot(0x89ABCDEF if state == "1" else 0))
    return "set"


@attempt("capabilities", upon="machine")
def set_the_clock(_: Target) -> object:
    """Sets the pace of the machine's clock to what it is."""
    timex = ctypes.create_string_buffer(208)
    checked(libc.adjtimex(timex))
    struct.pack_into("=I", timex, 0, 0x4000)  # ADJ_TICK, with the tick that it just read
    checked(libc.adjtimex(timex))
    return "set"


@attempt("capabilities", upon="machine")
def swap_to_a_file(target: Target) -> object:
    """Has the machine swap to a file that does not exist."""
    return passes_check(lambda: checked(libc.swapon(f"/nowhere/{target.token}".encode(), 0)))


@attempt("capabilities", upon="machine")
def account_for_everybody(target: Target) -> object:
    """Has the kernel write what everybody runs to a file that does not exist."""
    return passes_check(lambda: checked(libc.acct(f"/nowhere/{target.token}".encode())))


@attempt("capabilities", upon="machine")
def open_ports_of_the_machine(_: Target) -> object:
    """Gets input and output ports for itself (iopl)."""
    return f"{call('iopl', 3)}" or "got"


@attempt("capabilities", upon="machine")
def open_one_port_of_the_machine(_: Target) -> object:
    """Gets one port for itself (ioperm)."""
    call("ioperm", 0x80, 1, 1)
    return "got"


@attempt("capabilities", upon="machine")
def name_the_machine(target: Target) -> object:
    """Gives the machine another name; the control does so in a namespace of its own."""
    name = target.token[:60].encode()
    checked(libc.sethostname(name, len(name)))
    return os.uname().nodename == name.decode()


@attempt("capabilities", upon="machine")
def name_the_domain(target: Target) -> object:
    """Gives the machine's domain another name."""
    name = target.token[:60].encode()
    checked(libc.setdomainname(name, len(name)))
    return "named"


@attempt("capabilities", "seccomp", upon="machine")
def make_a_map_of_bpf(_: Target) -> object:
    """Makes a map for programs in the kernel (bpf)."""
    void_where("kernel/unprivileged_bpf_disabled", "0")
    return f"descriptor {call('bpf', 0, ctypes.create_string_buffer(struct.pack('=4I', 2, 4, 4, 1) + bytes(104)), 120)}"


@attempt("capabilities", "seccomp", upon="machine")
def run_a_program_of_bpf(_: Target) -> object:
    """Loads a program into the kernel (bpf)."""
    void_where("kernel/unprivileged_bpf_disabled", "0")
    steps = ctypes.create_string_buffer(struct.pack("=BBhiBBhi", 0xB7, 0, 0, 0, 0x95, 0, 0, 0))
    licence = ctypes.create_string_buffer(b"GPL\0")
    packed = struct.pack("=IIQQ", 1, 2, ctypes.addressof(steps), ctypes.addressof(licence)) + bytes(96)
    return f"descriptor {call('bpf', 5, ctypes.create_string_buffer(packed), 120)}"


@attempt("capabilities", "seccomp", upon="machine")
def count_events_of_all(_: Target) -> object:
    """Counts what all processes of a core do (perf)."""
    void_where("kernel/perf_event_paranoid", "0", "-1")
    attributes = ctypes.create_string_buffer(struct.pack("=IIQ", 1, 112, 0), 112)
    return f"descriptor {call('perf_event_open', attributes, -1, 0, -1, 0)}"


@attempt("capabilities", "seccomp", upon="machine")
def handle_faults_of_the_kernel(_: Target) -> object:
    """Handles page faults of the kernel's own (userfaultfd), with which races in it are won."""
    void_where("vm/unprivileged_userfaultfd", "1")
    return f"descriptor {call('userfaultfd', 0)}"


@attempt("seccomp", upon="machine")
def handle_faults(_: Target) -> object:
    """Gets page faults handed to it (userfaultfd)."""
    return f"descriptor {call('userfaultfd', 1)}"


@attempt("seccomp", upon="machine")
def set_up_io_uring(_: Target) -> object:
    """Sets up io_uring, a part of the kernel in which many ways out were found."""
    return f"descriptor {call('io_uring_setup', 1, ctypes.create_string_buffer(120))}"


@attempt("seccomp", upon="machine")
def become_root_of_a_user_namespace(_: Target) -> object:
    """Makes a user namespace, in which it has all capabilities and reaches more of the kernel."""
    checked(libc.unshare(_CLONE_NEWUSER))
    return "made"


@attempt("seccomp", upon="machine")
def become_root_of_a_network(_: Target) -> object:
    """Makes a network of its own in a user namespace, and talks to the packet filter there."""
    checked(libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET))
    return "made"


@attempt("seccomp", "capabilities", upon="machine", ordinary=("seccomp", "capabilities"))
def make_a_process_namespace(_: Target) -> object:
    """Makes a process namespace, in which what it starts cannot be counted."""
    checked(libc.unshare(_CLONE_NEWPID))
    return "made"


@attempt("capabilities", upon="machine")
def give_a_program_capabilities(target: Target) -> object:
    """Writes capabilities onto a program of its own."""
    Path(target.token).write_bytes(Path("/bin/true").read_bytes())
    os.setxattr(target.token, "security.capability", struct.pack("=5I", 0x02000001, 1 << 21, 0, 0, 0))
    return "given"


@attempt("capabilities", upon="machine")
def lock_all_memory(_: Target) -> object:
    """Locks more memory than its limit, so that nobody else gets it."""
    size = 64 << 20
    memory = ctypes.create_string_buffer(size)
    limit = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
    if limit < 0 or limit > size:
        raise Void("this machine limits nobody's locked memory")
    checked(libc.mlock(memory, size))
    return "locked"
