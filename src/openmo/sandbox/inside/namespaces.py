"""A file system view of its own, where the kernel lets us make one: the second wall behind Landlock.

Landlock decides what may be opened. It does not cover chmod, chown, file times, looking up whether a path exists, nor
connecting to a named socket (Docker's, say). In a mount namespace that holds nothing but the allow-list, read-only
where it says so, these have nothing to act on. Shared memory, terminals and System V IPC are the process's own, too.
Works as root, and without root where user namespaces are allowed. Stdlib only, for children.
"""

# ruff: noqa: PTH103, PTH110, PTH118, PTH120, PTH211 (loading pathlib would cost every child 9 ms of its start)

import contextlib
import os
import stat

from openmo.sandbox.inside import pid_namespace, system_view
from openmo.system import linux

_STAGING = "/sys/class"
"""Where the new root is put together: a folder that always exists and that no allow-list names."""

_CHOWN, _DAC_OVERRIDE, _FOWNER, _FSETID = 0, 1, 3, 4
FILE_CAPABILITIES = sum(1 << number for number in (_CHOWN, _DAC_OVERRIDE, _FOWNER, _FSETID))
"""What root keeps in a view of its own, where they reach its own files alone: pip, tar and cp want them."""


def enter(
    read_write: list[str], read_only: list[str], temporary: str, work: str, *, processes: int | None = None
) -> None:
    """This process sees the allow-list and the system's own programs, and nothing else; OSError where it cannot.

    When it fails the view is as before. A writable path that is itself a symbolic link is left out: user code may have
    put it there, to be given what it leads to. `work` is seen at `/home/jovyan/work`, too. `processes`: so many at
    once, threads included, where the kernel counts them for a PID namespace.
    """
    if not pid_namespace.entered():
        _unshare()
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("openmo", _STAGING, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=755,size=1m")
    system = [*system_view.PROGRAMS, *system_view.SETTINGS, *system_view.KERNEL]
    names = {path: os.path.realpath(path) for path in (*system, *read_only)}
    names |= {path: _place(path) for path in read_write}
    wanted = dict.fromkeys(names.values(), False) | {names[path]: True for path in read_write}
    for path in sorted(wanted):
        _bind(path, path, writable=wanted[path])
    if not any(path == "/tmp" or path.startswith("/tmp/") for path in wanted):  # noqa: S108 (its name for all programs)
        _bind(os.path.realpath(temporary), "/tmp", writable=True)  # noqa: S108
    if work and not any(path == "/home" or path.startswith("/home/jovyan") for path in wanted):
        _make_work(work)
    _bind(os.path.realpath(temporary), system_view.TEMPORARY, writable=True)
    _make_proc(processes)
    _make_devices()
    linux.change_root(_STAGING)
    for path, real in names.items():
        _link(path, real)
    linux.set_mount_attributes("/", linux.MOUNT_ATTR_RDONLY, recursive=False)


def drop_capabilities(*, own_view: bool) -> None:
    """What root could do beyond its own files is gone, for this process and all it starts; others lose nothing."""
    linux.keep_capabilities(FILE_CAPABILITIES if own_view and os.geteuid() == 0 else 0)


def _unshare() -> None:
    """New mount and IPC namespaces; who is not root gets them through a user namespace that knows this user alone."""
    flags = linux.CLONE_NEWNS | linux.CLONE_NEWIPC
    if os.geteuid() == 0:
        with contextlib.suppress(PermissionError):
            linux.unshare(flags)
            return
    user, group = os.geteuid(), os.getegid()
    linux.unshare(flags | linux.CLONE_NEWUSER)
    linux.map_own_ids(user, group)


def _place(path: str) -> str:
    """The path with the links on the way to it resolved, but not what it is itself."""
    folder, name = os.path.split(path.rstrip("/"))
    return os.path.join(os.path.realpath(folder), name)


def _bind(source: str, at: str, *, writable: bool) -> None:
    """What is at `source` is in the new root at `at`; nothing where there is no such thing.

    What was looked at is what is mounted, even if somebody puts another thing in its place meanwhile.
    """
    try:
        descriptor = os.open(source, os.O_PATH | os.O_CLOEXEC | (os.O_NOFOLLOW if writable else 0))
    except OSError:
        return
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISLNK(mode):
            return
        target = _STAGING + at
        if stat.S_ISDIR(mode):
            os.makedirs(target, exist_ok=True)
        else:
            _touch(target)
        linux.mount(f"/proc/self/fd/{descriptor}", target, None, linux.MS_BIND | linux.MS_REC)
    finally:
        os.close(descriptor)
    attributes = linux.MOUNT_ATTR_NOSUID if writable else linux.MOUNT_ATTR_NOSUID | linux.MOUNT_ATTR_RDONLY
    linux.set_mount_attributes(target, attributes)


def _make_work(work: str) -> None:
    if not work.startswith("/proc/"):
        _bind(_place(work), system_view.WORK, writable=True)
        return
    os.makedirs(os.path.dirname(_STAGING + system_view.WORK), exist_ok=True)
    os.symlink(work, _STAGING + system_view.WORK)


def _touch(target: str) -> None:
    """A file to mount upon."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))


def _make_proc(processes: int | None) -> None:
    """Processes: only this sandbox's own, where we may mount such a view."""
    target = f"{_STAGING}/proc"
    os.makedirs(target, exist_ok=True)
    try:
        linux.mount("proc", target, "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC, "hidepid=ptraceable")
        if processes is not None:
            pid_namespace.limit_processes(target, processes)
        linux.set_mount_attributes(target, linux.MOUNT_ATTR_RDONLY)
    except OSError:
        _bind("/proc", "/proc", writable=False)


def _make_devices() -> None:
    """Devices, with shared memory and terminals of its own.

    The mounts are read-only, which forbids to change the files' owners, modes and times; devices can be written still.
    """
    for path in (*system_view.devices(), "/dev/tty"):
        _bind(path, path, writable=False)
    target = _STAGING + system_view.SHARED_MEMORY
    os.makedirs(target, exist_ok=True)
    linux.mount("shm", target, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=1777")
    os.makedirs(f"{_STAGING}/dev/pts", exist_ok=True)
    flags = linux.MS_NOSUID | linux.MS_NOEXEC
    linux.mount("devpts", f"{_STAGING}/dev/pts", "devpts", flags, "newinstance,ptmxmode=0666,mode=620")
    os.symlink("pts/ptmx", f"{_STAGING}/dev/ptmx")
    os.symlink("/proc/self/fd", f"{_STAGING}/dev/fd")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{number}", f"{_STAGING}/dev/{name}")


def _link(path: str, real: str) -> None:
    """A name that led to an allowed path by symbolic links leads there in the new root, too."""
    if not os.path.lexists(path) and os.path.exists(real):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(real, path)
