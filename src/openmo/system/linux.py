"""System calls that the standard library does not offer, as plain functions that raise OSError.

Used by children that start hundreds of times: only modules that load in a millisecond are imported here.
"""

# ruff: noqa: PTH123 (as above)

import ctypes
import errno
import os
import signal
import struct

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_holding_the_lock = ctypes.PyDLL(None, use_errno=True)  # for clone: the copy has no other thread to hand the lock back
_holding_the_lock.syscall.restype = ctypes.c_long

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_FALLOC_FL_KEEP_SIZE = 1
_FALLOC_FL_PUNCH_HOLE = 2
_CAPABILITY_VERSION_3 = 0x20080522

# Numbers of system calls added since Linux 5.0: the same on every architecture.
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41}
_SYS_MOUNT_SETATTR = 442
_SYS_CLONE = {"x86_64": 56, "aarch64": 220, "riscv64": 220}
_SYS_KEYCTL = {"x86_64": 250, "aarch64": 219, "riscv64": 219}
_KEYCTL_JOIN_SESSION_KEYRING = 1
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000

IN_MODIFY = 0x2
CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID = 1, 2
MNT_DETACH = 2


def _check(result: int, what: str = "") -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what or None)
    return result


def release() -> tuple[int, int]:
    """The kernel's version: (6, 14) for 6.14.2."""
    numbers = os.uname().release.replace("-", ".").split(".")
    return (int(numbers[0]), int(numbers[1])) if len(numbers) > 1 and numbers[1].isdecimal() else (0, 0)


def syscall(number: int, *arguments: object) -> int:
    """The result of a raw system call."""
    return _check(_libc.syscall(ctypes.c_long(number), *arguments))


def die_with_parent(signal_number: int) -> None:
    """This process gets the signal when the thread that forked it ends; kept over exec, not over fork."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0))


def clone(flags: int) -> int:
    """Forks into new namespaces (CLONE_NEW*), as `os.fork` does with fewer rites: for a copy that forks again or waits.

    The pid in the parent, 0 in the copy. Call it with one thread running.
    """
    number = _SYS_CLONE.get(os.uname().machine)
    if number is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    nothing = ctypes.c_long(0)
    how = ctypes.c_ulong(flags | signal.SIGCHLD)
    return _check(_holding_the_lock.syscall(ctypes.c_long(number), how, nothing, nothing, nothing, nothing))


def set_namespaces(descriptor: int, flags: int) -> None:
    """This process joins namespaces (CLONE_NEW*) of the process that the pidfd stands for; its children, for PIDs."""
    _check(_libc.setns(descriptor, flags))


def map_own_ids(user: int, group: int) -> None:
    """A user namespace that this process has just made knows this user and group alone, by their usual numbers."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def forbid_tracing() -> None:
    """No process without power over this one looks into it, also not one of the same user."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0))


def become_subreaper() -> None:
    """Orphans among this process's descendants become its children."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))


def forbid_new_privileges() -> None:
    """No program started from here on gains rights by set-user-id bits or file capabilities."""
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def keep_capabilities(mask: int) -> None:
    """This process and all it starts have at most the capabilities in `mask`."""
    for number in range(64):
        if not mask >> number & 1 and _libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0) < 0:
            break  # past the last capability of this kernel, or a user who has none to drop
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0))
    data = ctypes.create_string_buffer(24)
    _check(_libc.capget(header, data))
    low_effective, low_permitted, _, high_effective, high_permitted, _ = struct.unpack("=6I", data.raw[:24])
    low, high = mask & 0xFFFFFFFF, mask >> 32
    kept = struct.pack(
        "=6I", low_effective & low, low_permitted & low, 0, high_effective & high, high_permitted & high, 0
    )
    _check(_libc.capset(header, ctypes.create_string_buffer(kept)))


def join_new_session_keyring() -> None:
    """This process and all it starts have a session keyring of their own, which is empty."""
    syscall(_SYS_KEYCTL[os.uname().machine], _KEYCTL_JOIN_SESSION_KEYRING, None)


def inotify() -> int:
    """A non-blocking descriptor that becomes readable when a watched file is written."""
    return _check(_libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))


def watch_writes(descriptor: int, path: str) -> int:
    """Watches the file; the number is for `unwatch`."""
    return _check(_libc.inotify_add_watch(descriptor, os.fsencode(path), IN_MODIFY), path)


def unwatch(descriptor: int, watch: int) -> None:
    """Ends the watch; the descriptor becomes readable once more to say so."""
    _check(_libc.inotify_rm_watch(descriptor, watch))


def punch_hole(descriptor: int, start: int, length: int) -> None:
    """The bytes read as zeros and take no space; offsets of all others stay. OSError where the file system cannot."""
    mode = _FALLOC_FL_KEEP_SIZE | _FALLOC_FL_PUNCH_HOLE
    _check(_libc.fallocate64(descriptor, mode, ctypes.c_int64(start), ctypes.c_int64(length)))


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags))


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    """Mounts `source` at `target`; the flags are MS_*."""
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind, options)]
    _check(_libc.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3]), target)


def set_mount_attributes(target: str, attributes: int, *, recursive: bool = True) -> None:
    """The mount at `target`, and when `recursive` all below it, get the attributes (MOUNT_ATTR_*)."""
    argument = ctypes.create_string_buffer(struct.pack("=4Q", attributes, 0, 0, 0))
    path = ctypes.c_char_p(os.fsencode(target))
    syscall(_SYS_MOUNT_SETATTR, _AT_FDCWD, path, _AT_RECURSIVE if recursive else 0, argument, ctypes.c_size_t(32))


def change_root(folder: str) -> None:
    """`folder`, a mount point, becomes `/` of this mount namespace; what was there before is gone."""
    os.chdir(folder)
    dot = ctypes.c_char_p(b".")
    syscall(_SYS_PIVOT_ROOT[os.uname().machine], dot, dot)
    _check(_libc.umount2(b".", MNT_DETACH))
    os.chdir("/")
