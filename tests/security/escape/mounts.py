"""Mounts and roots: to see another file system, or to make a read-only one writable."""

import contextlib
import ctypes
import os
import struct

from .attempt import Target, attempt, call, checked, libc, passes_check, read

CAPS = ("capabilities",)
_NEWNS, _NEWUSER, _NEWPID = 0x00020000, 0x10000000, 0x20000000
_MS_RDONLY, _MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18


def _mount(source: str | None, at: str, kind: str | None, flags: int, options: str = "") -> None:
    texts = [None if text is None else text.encode() for text in (source, at, kind, options)]
    checked(libc.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3]))


def _become_root_of_a_namespace() -> None:
    """All capabilities of a user namespace with a mount namespace; of this user, where it may say so."""
    user, group = os.geteuid(), os.getegid()
    checked(libc.unshare(_NEWUSER | _NEWNS))
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        with contextlib.suppress(OSError), open(f"/proc/self/{name}", "w") as file:
            file.write(text)


@attempt(*CAPS, "Landlock", upon="machine")
def mount_an_empty_folder(_: Target) -> object:
    """Mounts an empty file system over a folder of its own."""
    os.mkdir("mountpoint")
    try:
        _mount("none", "mountpoint", "tmpfs", 0)
        checked(libc.umount2(b"mountpoint", 2))
    finally:
        os.rmdir("mountpoint")
    return "mounted"


@attempt(*CAPS, "Landlock")
def mount_a_neighbours_folder(target: Target) -> object:
    """Mounts a neighbour's folder in its own."""
    os.mkdir(target.token)
    try:
        _mount(target.neighbour, target.token, None, _MS_BIND)
        return read(f"{target.token}/file.txt")
    finally:
        libc.umount2(target.token.encode(), 2)
        os.rmdir(target.token)


@attempt(*CAPS, "Landlock", upon="data")
def make_a_dataset_writable(target: Target) -> object:
    """Mounts a dataset anew over itself, to write."""
    _mount(target.data, target.data, None, _MS_BIND)
    try:
        _mount(None, target.data, None, _MS_BIND | _MS_REMOUNT)
    finally:
        libc.umount2(target.data.encode(), 2)
    return "remounted"


@attempt(*CAPS, "Landlock", upon="machine")
def make_programs_writable(_: Target) -> object:
    """Clears the read-only mark of the mount of /usr (mount_setattr)."""
    attributes = ctypes.create_string_buffer(struct.pack("=4Q", 0, 0, 0, 0))
    call("mount_setattr", -100, ctypes.c_char_p(b"/"), 0, attributes, 32)
    return "cleared"


@attempt(*CAPS, "Landlock", upon="data")
def unmount_a_dataset(target: Target) -> object:
    """Takes the mount of a dataset away, to see what lies below it."""
    return passes_check(lambda: checked(libc.umount2(target.data.encode(), 2)))


@attempt(*CAPS, "Landlock", "view")
def clone_a_tree_of_mounts(target: Target) -> object:
    """Takes a neighbour's folder as a detached mount (open_tree), and reads in it."""
    tree = call("open_tree", -100, ctypes.c_char_p(target.neighbour.encode()), 1)
    return os.read(os.open("file.txt", os.O_RDONLY, dir_fd=tree), 500)


@attempt(*CAPS, "Landlock", "view")
def move_a_mount_to_here(target: Target) -> object:
    """Takes a neighbour's folder as a detached mount and attaches it in its own."""
    tree = call("open_tree", -100, ctypes.c_char_p(target.neighbour.encode()), 1)
    os.mkdir(target.token)
    call("move_mount", tree, ctypes.c_char_p(b""), -100, ctypes.c_char_p(target.token.encode()), 4)
    try:
        return read(f"{target.token}/file.txt")
    finally:
        libc.umount2(target.token.encode(), 2)


@attempt(*CAPS, upon="machine")
def make_a_file_system_step_by_step(_: Target) -> object:
    """Makes a file system by the newer calls (fsopen, fsmount), which nothing covers at first."""
    context = call("fsopen", ctypes.c_char_p(b"tmpfs"), 0)
    call("fsconfig", context, 6, None, None, 0)
    return f"descriptor {call('fsmount', context, 0, 0)}"


@attempt(*CAPS, "Landlock", upon="machine")
def change_the_root_of_mounts(_: Target) -> object:
    """Makes a folder of its own the root of all mounts (pivot_root), where there is no such folder."""
    return passes_check(lambda: call("pivot_root", ctypes.c_char_p(b"nothing"), ctypes.c_char_p(b"nothing")))


@attempt(*CAPS)
def climb_out_of_a_root(target: Target) -> object:
    """Makes a folder of its own its root, and climbs out by an open descriptor, the classic way out of chroot."""
    outside = os.open(".", os.O_RDONLY)
    os.mkdir(f"{target.token}.root")
    os.chroot(f"{target.token}.root")
    os.fchdir(outside)
    for _ in range(40):
        os.chdir("..")
    os.chroot(".")
    return read(target.file)


@attempt("Landlock", "view", "seccomp")
def mount_in_a_user_namespace(target: Target) -> object:
    """Becomes root of a user namespace, and mounts a neighbour's folder there."""
    os.mkdir(f"{target.token}.m")
    _become_root_of_a_namespace()
    _mount(target.neighbour, f"{target.token}.m", None, _MS_BIND | _MS_REC)
    return read(f"{target.token}.m/file.txt")


@attempt("Landlock", "seccomp", "view", upon="data")
def make_a_dataset_writable_in_a_user_namespace(target: Target) -> object:
    """Becomes root of a user namespace, takes the read-only mark from a dataset's mount, and writes."""
    _become_root_of_a_namespace()
    _mount(target.data, target.data, None, _MS_BIND | _MS_REC)
    _mount(None, target.data, None, _MS_BIND | _MS_REMOUNT)
    with open(f"{target.data}/file.txt", "a") as file:
        file.write(target.token)
    return "written"


@attempt("Landlock", "seccomp", "capabilities", upon="machine", ordinary=("Landlock", "seccomp", "view"))
def mount_an_overlay_in_a_user_namespace(target: Target) -> object:
    """Becomes root of a user namespace, and mounts an overlay, in which many ways out were found."""
    for name in ("lower", "upper", "work", "merged"):
        os.mkdir(f"{target.token}.{name}")
    _become_root_of_a_namespace()
    layers = ",".join(f"{name}dir={os.getcwd()}/{target.token}.{name}" for name in ("lower", "upper", "work"))
    _mount("overlay", f"{target.token}.merged", "overlay", 0, layers)
    return "mounted"


@attempt("kernel", upon="platform process", uncontrolled="the kernel wants a /proc that nothing covers")
def mount_proc_in_a_user_namespace(target: Target) -> object:
    """Becomes root of a user namespace, and mounts a /proc that shows other people's processes."""
    os.mkdir(f"{target.token}.proc")
    _become_root_of_a_namespace()
    _mount("proc", f"{target.token}.proc", "proc", 0)
    return read(f"{target.token}.proc/{target.pid}/environ")


@attempt("capabilities", "seccomp", upon="machine")
def make_a_mount_namespace(_: Target) -> object:
    """Makes a mount namespace of its own, in which it might take covers away."""
    checked(libc.unshare(_NEWNS))
    return "made"
