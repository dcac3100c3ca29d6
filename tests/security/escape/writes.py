"""Files of others: to change, replace, plant and remove them, and what is written about them."""

import ctypes
import fcntl
import os
import socket
import stat
import struct
from pathlib import Path

from .attempt import Target, attempt, call, checked, libc

BOTH = ("Landlock", "view")
UPON = ("neighbour", "data")
_SETFLAGS, _NODUMP = 0x40086602, 0x40


def _folder(target: Target) -> str:
    return target.neighbour or target.data


@attempt(*BOTH, upon=UPON)
def overwrite_a_file(target: Target) -> object:
    """Opens a file to write, and writes."""
    Path(_folder(target), "file.txt").write_text(target.token)
    return "written"


@attempt(*BOTH, upon=UPON)
def append_to_a_file(target: Target) -> object:
    """Adds to the end of a file."""
    with Path(_folder(target), "file.txt").open("a") as file:
        file.write(target.token)
    return "written"


@attempt("Landlock 3", "view", upon=UPON)
def truncate_a_file(target: Target) -> object:
    """Cuts a file off by its path, without opening it."""
    os.truncate(f"{_folder(target)}/file.txt", 0)
    return "truncated"


@attempt(*BOTH, upon=UPON)
def remove_a_file(target: Target) -> object:
    """Removes a file."""
    os.unlink(f"{_folder(target)}/file.txt")
    return "removed"


@attempt(*BOTH, upon=UPON)
def remove_a_folder(target: Target) -> object:
    """Removes an empty folder."""
    os.rmdir(f"{_folder(target)}/empty")
    return "removed"


@attempt(*BOTH, upon=UPON)
def rename_a_file(target: Target) -> object:
    """Gives a file another name."""
    os.rename(f"{_folder(target)}/file.txt", f"{_folder(target)}/{target.token}")
    return "renamed"


@attempt(*BOTH, upon=UPON)
def replace_a_file(target: Target) -> object:
    """Moves a file of its own over another's."""
    Path(target.token).write_text(target.token)
    os.replace(target.token, f"{_folder(target)}/file.txt")
    return "replaced"


@attempt(*BOTH, upon=UPON)
def plant_a_file(target: Target) -> object:
    """Makes a new file in a folder."""
    Path(_folder(target), target.token).write_text(target.token)
    return "planted"


@attempt(*BOTH, upon=UPON)
def plant_a_folder(target: Target) -> object:
    """Makes a new folder in a folder."""
    os.mkdir(f"{_folder(target)}/{target.token}")
    return "planted"


@attempt(*BOTH, upon=UPON)
def plant_a_link(target: Target) -> object:
    """Makes a symbolic link in a folder."""
    os.symlink("/", f"{_folder(target)}/{target.token}")
    return "planted"


@attempt(*BOTH, upon=UPON)
def plant_a_hard_link(target: Target) -> object:
    """Links a file of its own into a folder."""
    Path(target.token).write_text(target.token)
    os.link(target.token, f"{_folder(target)}/{target.token}")
    return "planted"


@attempt(*BOTH, upon=UPON)
def plant_a_socket(target: Target) -> object:
    """Binds a socket in a folder, to be taken for a service's."""
    os.chdir("/")
    with socket.socket(socket.AF_UNIX) as server:
        path = f"{_folder(target)}/s"
        server.bind(path if len(path) < 100 else os.path.relpath(path))
    return "bound"


@attempt(*BOTH, upon=UPON)
def plant_a_pipe(target: Target) -> object:
    """Makes a named pipe in a folder, on which a reader would hang."""
    os.mkfifo(f"{_folder(target)}/{target.token}")
    return "planted"


@attempt(*BOTH, "capabilities", upon="neighbour", ordinary=(*BOTH, "capabilities"))
def plant_a_device(target: Target) -> object:
    """Makes a device file in a folder."""
    os.mknod(f"{target.neighbour}/{target.token}", 0o600 | stat.S_IFBLK, os.makedev(7, 0))
    return "planted"


@attempt(*BOTH, upon=UPON)
def link_a_nameless_file(target: Target) -> object:
    """Opens a file without a name in a folder (O_TMPFILE), writes, and gives it a name there."""
    descriptor = os.open(_folder(target), os.O_TMPFILE | os.O_WRONLY, 0o644)
    os.write(descriptor, target.token.encode())
    name = f"{_folder(target)}/{target.token}".encode()
    checked(libc.linkat(-100, f"/proc/self/fd/{descriptor}".encode(), -100, name, 0x400))
    return "linked"


@attempt(*BOTH, upon="data")
def reopen_to_write(target: Target) -> object:
    """Opens a file of a dataset to read, as it may, and then again to write by /proc/self/fd."""
    descriptor = os.open(f"{target.data}/file.txt", os.O_RDONLY)
    os.write(os.open(f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_TRUNC), target.token.encode())
    return "written"


@attempt(*BOTH, upon="data")
def write_through_a_hard_link(target: Target) -> object:
    """Links a file of a dataset into its own folder, and writes there."""
    os.link(f"{target.data}/file.txt", target.token)
    Path(target.token).write_text(target.token)
    return "written"


@attempt(*BOTH, "seccomp", upon="data")
def write_as_root_of_a_user_namespace(target: Target) -> object:
    """Makes what it can of a user namespace of its own to write into a dataset."""
    checked(libc.unshare(0x10000000 | 0x00020000))
    Path(target.data, "file.txt").write_text(target.token)
    return "written"


@attempt("kernel", upon="data", uncontrolled="a flaw of Linux before 5.16.11 (CVE-2022-0847)")
def splice_into_the_page_cache(target: Target) -> object:
    """Writes into a dataset's pages in memory through a pipe (Dirty Pipe)."""
    path = f"{target.data}/file.txt"
    reader, writer = os.pipe()
    size = fcntl.fcntl(writer, fcntl.F_GETPIPE_SZ)
    os.write(writer, bytes(size))
    os.read(reader, size)
    os.splice(os.open(path, os.O_RDONLY), writer, 1, offset_src=0)
    os.write(writer, target.token.encode()[:8])
    return target.token[:8] in Path(path).read_text()


@attempt("view", upon=UPON)
def change_the_mode(target: Target) -> object:
    """Opens a file to everybody, or closes it to its owner (chmod)."""
    os.chmod(f"{_folder(target)}/file.txt", 0o604)
    return "changed"


@attempt("view", upon=UPON)
def change_the_mode_by_descriptor(target: Target) -> object:
    """The same by a descriptor that was opened for its path alone."""
    descriptor = os.open(f"{_folder(target)}/file.txt", os.O_PATH)
    os.chmod(f"/proc/self/fd/{descriptor}", 0o604)
    return "changed"


@attempt("view", upon=UPON)
def change_the_mode_by_the_newest_call(target: Target) -> object:
    """The same by fchmodat2, which older filters do not know."""
    call("fchmodat2", -100, ctypes.c_char_p(f"{_folder(target)}/file.txt".encode()), 0o604, 0)
    return "changed"


@attempt("view", "capabilities", upon=UPON, ordinary=("view",))
def change_the_owner(target: Target) -> object:
    """Gives a file to another user, or to the group it has (chown)."""
    found = os.stat(f"{_folder(target)}/file.txt")
    if os.geteuid() == 0:
        os.chown(f"{_folder(target)}/file.txt", 12345, 12345)
    else:
        os.chown(f"{_folder(target)}/file.txt", -1, found.st_gid)
    return "changed"


@attempt("view", upon=UPON)
def change_the_times(target: Target) -> object:
    """Sets when a file was last changed."""
    os.utime(f"{_folder(target)}/file.txt", (1, 1))
    return "changed"


@attempt("view", upon=UPON)
def set_an_attribute(target: Target) -> object:
    """Sets an extended attribute of a file."""
    os.setxattr(f"{_folder(target)}/file.txt", "user.planted", b"x")
    return "changed"


@attempt("view", upon=UPON)
def set_an_attribute_by_the_newest_call(target: Target) -> object:
    """The same by setxattrat, which older filters do not know."""
    value = ctypes.create_string_buffer(b"x", 1)
    packed = ctypes.create_string_buffer(struct.pack("=QII", ctypes.addressof(value), 1, 0))
    path, name = (ctypes.c_char_p(each) for each in (f"{_folder(target)}/file.txt".encode(), b"user.planted"))
    call("setxattrat", -100, path, 0, name, packed, 16)
    return "changed"


@attempt("view", upon=UPON)
def remove_an_attribute(target: Target) -> object:
    """Removes an extended attribute of a file."""
    os.removexattr(f"{_folder(target)}/file.txt", "user.secret")
    return "changed"


@attempt("view", upon="data")
def set_flags_of_the_file_system(target: Target) -> object:
    """Sets flags of a dataset's file (chattr) through a descriptor that may only read."""
    descriptor = os.open(f"{target.data}/file.txt", os.O_RDONLY)
    fcntl.ioctl(descriptor, _SETFLAGS, struct.pack("=Q", _NODUMP))
    return "changed"
