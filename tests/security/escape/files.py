"""Files and folders of others: to read them, and to learn of them."""

import ctypes
import mmap
import os
import shutil
import signal
import struct
import subprocess
import threading
from pathlib import Path
from time import monotonic

from .attempt import Target, attempt, call, checked, libc, read

BOTH = ("Landlock", "view")
_IORING_OP_OPENAT, _IORING_OFF_SQES = 18, 0x10000000
_HANDLE_BYTES = 128


@attempt(*BOTH)
def open_a_file(target: Target) -> object:
    """Opens a neighbour's file by its path."""
    return read(target.file)


@attempt(*BOTH)
def list_a_folder(target: Target) -> object:
    """Lists a neighbour's folder."""
    return os.listdir(target.neighbour)


@attempt(*BOTH)
def open_by_a_relative_path(target: Target) -> object:
    """Opens a neighbour's file by a path that climbs out of the own folder."""
    return read(os.path.relpath(target.file))


@attempt(*BOTH)
def climb_by_descriptor(target: Target) -> object:
    """Climbs from an open folder of its own to the root, and from there to a neighbour's file."""
    here = os.open(".", os.O_RDONLY)
    for _ in range(40):
        here = os.open("..", os.O_PATH, dir_fd=here)
    return os.read(os.open(target.file.lstrip("/"), os.O_RDONLY, dir_fd=here), 500)


@attempt(*BOTH)
def climb_from_the_current_folder_of_proc(target: Target) -> object:
    """Climbs by /proc/self/cwd, which is a magic link."""
    return read("/proc/self/cwd/" + "../" * 40 + target.file.lstrip("/"))


@attempt(*BOTH)
def climb_from_an_open_folder_of_proc(target: Target) -> object:
    """Climbs by /proc/self/fd from a folder that it has open, and from what it inherited."""
    os.open(".", os.O_RDONLY)
    for number in os.listdir("/proc/self/fd"):
        try:
            return read(f"/proc/self/fd/{number}/" + "../" * 40 + target.file.lstrip("/"))
        except OSError:
            continue
    raise PermissionError(13, "none leads there")


@attempt(*BOTH)
def enter_by_the_root_of_proc(target: Target) -> object:
    """Opens a neighbour's file below /proc/self/root."""
    return read("/proc/self/root" + target.file)


@attempt(*BOTH)
def follow_a_link_to_a_file(target: Target) -> object:
    """Makes a link of its own to a neighbour's file, and opens that."""
    os.symlink(target.file, target.token)
    return read(target.token)


@attempt(*BOTH)
def follow_a_link_to_a_folder(target: Target) -> object:
    """Makes a link of its own to a neighbour's folder, and opens a file through it."""
    os.symlink(target.neighbour, target.token)
    return read(f"{target.token}/file.txt")


@attempt(*BOTH)
def link_a_file_to_here(target: Target) -> object:
    """Makes a hard link to a neighbour's file in its own folder."""
    os.link(target.file, target.token)
    return read(target.token)


@attempt(*BOTH)
def link_an_unopened_descriptor_to_here(target: Target) -> object:
    """Makes a hard link of a descriptor that was opened for its path alone."""
    descriptor = os.open(target.file, os.O_PATH)
    checked(libc.linkat(-100, f"/proc/self/fd/{descriptor}".encode(), -100, target.token.encode(), 0x400))
    return read(target.token)


@attempt(*BOTH)
def reopen_a_descriptor(target: Target) -> object:
    """Opens a file for its path alone, which needs no right, and then again for reading by /proc/self/fd."""
    descriptor = os.open(target.file, os.O_PATH)
    return read(f"/proc/self/fd/{descriptor}")


@attempt(*BOTH)
def open_by_openat2(target: Target) -> object:
    """Opens a neighbour's file by the newer system call, which older filters know nothing of."""
    how = ctypes.create_string_buffer(struct.pack("=3Q", os.O_RDONLY, 0, 0))
    return os.read(call("openat2", -100, ctypes.c_char_p(target.file.encode()), how, 24), 500)


@attempt("capabilities")
def open_by_a_known_handle(target: Target) -> object:
    """Opens a neighbour's file by its handle (its inode's number), past every path."""
    kind, _, text = target.handle.partition(":")
    handle = ctypes.create_string_buffer(struct.pack("=Ii", len(text) // 2, int(kind)) + bytes.fromhex(text))
    here = os.open(".", os.O_RDONLY)
    return os.read(checked(libc.open_by_handle_at(here, handle, os.O_RDONLY)), 500)


@attempt("view")
def name_a_handle(target: Target) -> object:
    """Asks for the handle of a neighbour's file, which Landlock does not cover, and which tells its inode."""
    handle = ctypes.create_string_buffer(struct.pack("=Ii", _HANDLE_BYTES, 0) + bytes(_HANDLE_BYTES))
    mount = ctypes.c_int()
    checked(libc.name_to_handle_at(-100, target.file.encode(), handle, ctypes.byref(mount), 0))
    length, kind = struct.unpack_from("=Ii", handle)
    return f"{kind}:{handle.raw[8 : 8 + length].hex()}"


@attempt(*BOTH)
def run_a_program(target: Target) -> object:
    """Runs a neighbour's script, which prints a secret."""
    return subprocess.run([f"{target.neighbour}/run.sh"], capture_output=True, check=False).stdout.decode()


@attempt(*BOTH)
def have_another_program_read(target: Target) -> object:
    """Has a program of the system's read the file."""
    return subprocess.run(["cat", target.file], capture_output=True, check=False).stdout.decode()


@attempt(*BOTH)
def have_a_daemon_read(target: Target) -> object:
    """Has a process read the file that left its session and its parent."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.close(reader)
            os.write(writer, read(target.file).encode())
        os._exit(0)
    os.close(writer)
    return os.read(reader, 500)


@attempt(*BOTH)
def have_a_thread_read(target: Target) -> object:
    """Has another thread read the file."""
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(_read_or_nothing(target.file)))
    thread.start()
    thread.join()
    return found[0]


def _read_or_nothing(path: str) -> str:
    try:
        return read(path)
    except OSError:
        return ""


@attempt(*BOTH)
def move_a_file_to_here(target: Target) -> object:
    """Moves a neighbour's file into its own folder."""
    os.rename(target.file, target.token)
    return read(target.token)


@attempt(*BOTH)
def exchange_files(target: Target) -> object:
    """Exchanges a neighbour's file for one of its own in one step."""
    Path(target.token).write_text(target.token)
    mine, other = (ctypes.c_char_p(name.encode()) for name in (target.token, target.file))
    call("renameat2", -100, mine, -100, other, 2)
    return read(target.token)


@attempt(*BOTH, "capabilities", ordinary=BOTH)
def read_as_somebody_else(target: Target) -> object:
    """Becomes another user of the machine, where it may, and reads."""
    if os.geteuid() == 0:
        os.setresuid(0, 12345, 0)
        os.seteuid(0)
    return read(target.file)


@attempt(*BOTH, "seccomp")
def read_as_root_of_a_user_namespace(target: Target) -> object:
    """Becomes root of a user namespace of its own, with all capabilities in it, and reads."""
    checked(libc.unshare(0x10000000))
    return read(target.file)


@attempt(*BOTH)
def change_the_folder(target: Target) -> object:
    """Makes a neighbour's folder its current one, and reads by name."""
    os.chdir(target.neighbour)
    return read("file.txt")


@attempt(*BOTH)
def swap_a_link_while_it_opens(target: Target) -> object:
    """Swaps a folder of its own for a link to a neighbour's, over and over, while it opens a file by that name."""
    os.mkdir(f"{target.token}.d")
    Path(f"{target.token}.d/file.txt").write_text("")
    way, ends = target.token, monotonic() + 0.3
    swapper = os.fork()
    if swapper == 0:
        while True:
            for leads_to in (f"{way}.d", target.neighbour):
                os.symlink(leads_to, f"{way}.next")
                os.replace(f"{way}.next", way)
    found = ""
    while not found and monotonic() < ends:
        found = _read_or_nothing(f"{way}/file.txt")
    os.kill(swapper, signal.SIGKILL)
    return found


@attempt(*BOTH, "seccomp")
def open_by_io_uring(target: Target) -> object:
    """Has the kernel's own thread open a neighbour's file (io_uring), past filters of system calls."""
    parameters = ctypes.create_string_buffer(120)
    ring = call("io_uring_setup", 4, parameters)
    submission = struct.unpack_from("=10I", parameters, 40)
    completion = struct.unpack_from("=10I", parameters, 80)
    entries = struct.unpack_from("=I", parameters, 4)[0]
    size = max(submission[6] + 4 * 4, completion[5] + 16 * entries) + 4096
    queue = mmap.mmap(ring, size)
    slots = mmap.mmap(ring, 4 * 64, offset=_IORING_OFF_SQES)
    path = ctypes.create_string_buffer(target.file.encode())
    slots[:64] = struct.pack("=BBHiQQIIQ24x", _IORING_OP_OPENAT, 0, 0, -100, 0, ctypes.addressof(path), 0, 0, 1)
    queue[submission[6] : submission[6] + 4] = struct.pack("=I", 0)
    queue[submission[1] : submission[1] + 4] = struct.pack("=I", 1)
    call("io_uring_enter", ring, 1, 1, 1, None, 0)
    result: int = struct.unpack_from("=Qi", queue, completion[5])[1]
    if result < 0:
        raise OSError(-result, os.strerror(-result))
    return os.read(result, 500)


@attempt("view")
def learn_that_a_file_exists(target: Target) -> object:
    """Asks whether a neighbour's file exists, and how large it is."""
    return f"{os.stat(target.file).st_size} bytes"


@attempt("view")
def learn_by_access(target: Target) -> object:
    """Asks what it might do with a neighbour's file (access)."""
    return "it may" if os.access(target.file, os.F_OK) else ""


@attempt("view")
def read_a_link(target: Target) -> object:
    """Reads where a neighbour's symbolic link leads."""
    return os.readlink(f"{target.neighbour}/link")


@attempt("view")
def read_an_attribute(target: Target) -> object:
    """Reads an extended attribute of a neighbour's file."""
    return os.getxattr(target.file, "user.secret")


@attempt("view")
def ask_for_the_file_system(target: Target) -> object:
    """Asks how full the file system of a neighbour's folder is."""
    return f"{os.statvfs(target.neighbour).f_bfree} blocks free"


@attempt("view")
def watch_a_folder(target: Target) -> object:
    """Watches a neighbour's folder (inotify), to hear of each file that is opened there."""
    watcher = checked(libc.inotify_init1(0))
    return f"watch {checked(libc.inotify_add_watch(watcher, target.neighbour.encode(), 0xFFF))}"


@attempt("view", "capabilities")
def watch_a_file_system(target: Target) -> object:
    """Watches a whole file system (fanotify), and gets descriptors of the files that others open."""
    watcher = checked(libc.fanotify_init(0, os.O_RDONLY))
    path = target.neighbour.encode()
    return f"mark {checked(libc.fanotify_mark(watcher, 1, ctypes.c_uint64(0x20), -100, path))} "


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def read_the_passwords_of_the_machine(_: Target) -> object:
    """Reads the machine's password hashes."""
    return f"{len(read('/etc/shadow'))} bytes"


@attempt(*BOTH, upon="machine", ordinary=(*BOTH, "capabilities"))
def list_the_home_of_root(target: Target) -> object:
    """Lists root's home folder."""
    target.original("/root")
    return f"{len(os.listdir('/root'))} entries"


@attempt(*BOTH, upon="machine", ordinary=BOTH)
def list_what_is_in_var(target: Target) -> object:
    """Lists /var/log and /var/lib, where services keep what they know."""
    target.original("/var/log")
    return f"{len(os.listdir('/var/log')) + len(os.listdir('/var/lib'))} entries"


@attempt(*BOTH, upon="machine")
def list_what_runs(target: Target) -> object:
    """Lists /run, where services keep their sockets."""
    target.original("/run")
    return f"{len(os.listdir('/run'))} entries"


@attempt(*BOTH)
def read_the_platforms_secrets(target: Target) -> object:
    """Reads the keys of the Hub, the proxy and the command line."""
    return "".join(map(read, sorted(map(str, Path(target.platform, "run").glob("*.secret"))))) or read(
        f"{target.platform}/run/hub-cookie.secret"
    )


@attempt(*BOTH)
def read_where_everything_runs(target: Target) -> object:
    """Reads the record of the running processes, which holds the command line's token."""
    return read(f"{target.platform}/run/state.json")


@attempt(*BOTH)
def read_the_database(target: Target) -> object:
    """Reads the platform's database."""
    return f"{len(read(f'{target.platform}/openmo.sqlite'))} bytes"


@attempt(*BOTH)
def read_the_databases_of_identities(target: Target) -> object:
    """Reads JupyterHub's database of accounts and tokens."""
    return f"{len(read(f'{target.platform}/hub/jupyterhub.sqlite'))} bytes"


@attempt(*BOTH)
def list_all_projects(target: Target) -> object:
    """Lists the folder of all projects."""
    target.original(f"{target.platform}/projects")
    return " ".join(os.listdir(f"{target.platform}/projects"))


@attempt(*BOTH)
def read_logs_of_the_platform(target: Target) -> object:
    """Lists what the platform's processes wrote to their logs."""
    target.original(f"{target.platform}/logs")
    return " ".join(os.listdir(f"{target.platform}/logs"))


@attempt(*BOTH)
def copy_a_folder(target: Target) -> object:
    """Copies a neighbour's whole folder."""
    shutil.copytree(target.neighbour, target.token, symlinks=True)
    return read(f"{target.token}/file.txt")
