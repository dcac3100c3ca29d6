"""Which files sandboxed code can reach, also as root."""

import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from support.sandboxed import Ground

READS = {
    "open": "open(path).read()",
    "listdir": "os.listdir(os.path.dirname(path))",
    "copy": "import shutil; shutil.copyfile(path, 'stolen')",
    "by descriptor": "os.read(os.open(path, os.O_RDONLY), 1)",
    "by link": "os.symlink(path, 'link'); open('link').read()",
    "by relative path": "open(os.path.relpath(path)).read()",
    "by link to the folder": "os.symlink(os.path.dirname(path), 'd'); open('d/' + os.path.basename(path)).read()",
    "by hard link": "os.link(path, 'hard'); open('hard').read()",
    "by /proc/self/root": "open('/proc/self/root' + path).read()",
    "by rename": "os.rename(path, 'mine')",
}
WRITES = {
    "write": "open(path, 'w').write('x')",
    "append": "open(path, 'a').write('x')",
    "truncate": "os.truncate(path, 0)",
    "unlink": "os.unlink(path)",
    "rename": "os.rename(path, path + '2')",
    "replace": "open('new', 'w').write('x'); os.replace('new', path)",
    "create beside": "open(path + '.new', 'w')",
    "make a folder beside": "os.mkdir(path + '.d')",
    "make a link beside": "os.symlink('/', path + '.l')",
    "hard link here": "os.link(path, 'hard')",
    "hard link there": "open('new', 'w').write('x'); os.link('new', path + '.hard')",
    "make a socket": "import socket; socket.socket(socket.AF_UNIX).bind(path + '.s')",
    "make a fifo": "os.mkfifo(path + '.f')",
    "make a device": "import stat; os.mknod(path + '.dev', 0o600 | stat.S_IFBLK, os.makedev(1, 1))",
}
METADATA = {
    "chmod": "os.chmod(path, 0o000)",
    "chmod by descriptor": "os.fchmod(os.open(path, os.O_RDONLY), 0o777)",
    "chown": "os.chown(path, 12345, 12345)",
    "utime": "os.utime(path, (1, 1))",
    "setxattr": "os.setxattr(path, 'user.x', b'x')",
}


@pytest.mark.parametrize("way", READS)
@pytest.mark.parametrize("place", ["neighbour", "platform"])
def test_others_files_cannot_be_read(ground: Ground, way: str, place: str) -> None:
    target = ground.root / place / "file.txt"
    assert ground.refused(READS[way], target)
    assert target.read_text() == f"of {place}\n"


@pytest.mark.parametrize("way", WRITES)
@pytest.mark.parametrize("place", ["neighbour", "platform", "dataset"])
def test_others_files_and_imported_data_cannot_be_changed(ground: Ground, way: str, place: str) -> None:
    target = ground.root / place / "file.txt"
    assert ground.refused(WRITES[way], target)
    assert target.read_text() == f"of {place}\n"
    assert [entry.name for entry in target.parent.iterdir()] == ["file.txt"]


@pytest.mark.parametrize("way", METADATA)
@pytest.mark.parametrize("place", ["neighbour", "platform", "dataset"])
def test_metadata_of_others_cannot_be_changed(own_view: Ground, way: str, place: str) -> None:
    """Landlock alone does not cover this; the file system view does."""
    target = own_view.root / place / "file.txt"
    before = target.stat()
    assert own_view.refused(METADATA[way], target)
    after = target.stat()
    assert (before.st_mode, before.st_uid, before.st_mtime) == (after.st_mode, after.st_uid, after.st_mtime)


SHARED_INODES = (
    "/", "/dev", "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/etc/hosts",
    "/etc/passwd", "/usr", "/usr/bin/env", "/proc", "/proc/1", "/proc/self/status", "/proc/sys/kernel/hostname",
    "/sys/devices/system/cpu", "/sys/fs/cgroup", "/var/tmp", "/root", "/home",
)  # fmt: skip


def test_no_file_or_device_of_the_machine_is_given_other_owners_modes_or_times(own_view: Ground) -> None:
    """Also by what the process inherits: its standard input is /dev/null.

    Each is given what it has already, which the walls refuse alike: a wall that fell would else cost the machine its
    devices.
    """
    source = """
        import os, stat, sys
        changes = {
            "chmod": lambda path: os.chmod(path, stat.S_IMODE(os.stat(path).st_mode)),
            "chown": lambda path: os.chown(path, os.stat(path).st_uid, os.stat(path).st_gid),
            "lchown": lambda path: os.lchown(path, os.lstat(path).st_uid, os.lstat(path).st_gid),
            "utime": lambda path: os.utime(path, ns=(os.stat(path).st_atime_ns, os.stat(path).st_mtime_ns)),
            "setxattr": lambda path: os.setxattr(path, "user.x", b"x"),
            "removexattr": lambda path: os.removexattr(path, "user.x"),
        }
        for path in [*sys.argv[1:], 0]:
            for name, change in changes.items():
                if path == 0 and name == "lchown":
                    continue
                try: change(path)
                except OSError: continue
                print(name, path)
    """
    known = {path: _identity(path) for path in SHARED_INODES if os.path.lexists(path)}
    command = [sys.executable, "-c", textwrap.dedent(source), *known]
    done = subprocess.run(
        own_view.sandbox.wrap(command, own_view.policy),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=own_view.project,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert {path: _identity(path) for path in known} == known


def _identity(path: str) -> tuple[int, int, int]:
    found = Path(path).stat()
    return found.st_mode, found.st_uid, found.st_gid


def test_devices_work_although_they_cannot_be_changed(own_view: Ground) -> None:
    source = """
        import errno, os
        with open("/dev/null", "wb") as null: null.write(b"x")
        with open("/dev/zero", "r+b", buffering=0) as zero: zero.write(b"x"); print(zero.read(2))
        print(len(open("/dev/urandom", "rb").read(8)))
        try: open("/dev/full", "wb", buffering=0).write(b"x")
        except OSError as error: print(errno.errorcode[error.errno])
    """
    assert own_view.python(source) == "b'\\x00\\x00'\n8\nENOSPC\n"


def test_root_changes_its_own_files_in_every_way(own_view: Ground) -> None:
    """As tar and pip do: the files of a project may belong to anybody."""
    if os.geteuid() != 0:
        pytest.skip("asks what root may")
    foreign = own_view.project / "foreign.txt"
    foreign.write_text("x")
    foreign.chmod(0o400)
    os.chown(foreign, 12345, 12345)
    source = """
        import os
        open("foreign.txt", "a").write("y"); os.chmod("foreign.txt", 0o644); os.utime("foreign.txt", (1, 1))
        os.chown("foreign.txt", 0, 0); os.chown("foreign.txt", 54321, 54321)
        print(open("foreign.txt").read(), os.stat("foreign.txt").st_uid)
    """
    assert own_view.python(source) == "xy 54321\n"


def test_imported_data_can_be_read_through_the_link_in_the_project(ground: Ground) -> None:
    assert ground.python("print(open('datasets/iris/file.txt').read())").strip() == "of dataset"


def test_own_files_can_be_changed_in_every_way(ground: Ground) -> None:
    source = """
        import os, socket, tempfile
        open("a", "w").write("x")
        os.mkdir("d"); os.rename("a", "d/b"); os.link("d/b", "c"); os.symlink("c", "e"); os.truncate("e", 0)
        os.chmod("c", 0o755); os.utime("c", (1, 1)); os.mkfifo("f"); socket.socket(socket.AF_UNIX).bind("s")
        with tempfile.NamedTemporaryFile() as file: file.write(b"x")
        os.unlink("c"); os.unlink("d/b"); os.rmdir("d")
        print("done")
    """
    assert ground.python(source) == "done\n"


@pytest.mark.parametrize(
    "path", ["/etc/shadow", "/root/.bashrc", "/var/log", "/boot", "/proc/1/environ", "/proc/kcore"]
)
def test_system_secrets_cannot_be_read(ground: Ground, path: str) -> None:
    if not os.path.lexists(path):
        pytest.skip(f"this machine has no {path}")
    assert ground.refused("os.listdir(path) if os.path.isdir(path) else os.read(os.open(path, os.O_RDONLY), 1)", path)


@pytest.mark.parametrize("path", ["/etc/hosts", "/usr/bin/env", "/proc/sys/kernel/hostname", "/sys/fs/cgroup/x", "/x"])
def test_the_system_cannot_be_changed(ground: Ground, path: str) -> None:
    assert ground.refused("os.open(path, os.O_WRONLY | os.O_CREAT)", path)


def test_home_folders_of_others_are_out_of_reach(ground: Ground) -> None:
    for path in ("/home", "/root"):
        assert ground.refused("os.open(path + '/.intruder', os.O_WRONLY | os.O_CREAT)", path)
        assert not os.path.lexists(f"{path}/.intruder")


def test_a_link_swapped_in_a_race_leads_nowhere(ground: Ground) -> None:
    source = """
        import os, sys, threading, time
        os.mkdir("inside"); open("inside/file.txt", "w").write("mine")
        stop = False
        def swap():
            while not stop:
                os.symlink("inside", "next"); os.replace("next", "way")
                os.symlink(sys.argv[1], "next"); os.replace("next", "way")
        os.symlink("inside", "way")
        thread = threading.Thread(target=swap); thread.start()
        seen, tries, until = set(), 0, time.monotonic() + 60
        while tries < 3000 or (not seen and time.monotonic() < until):
            tries += 1
            try: seen.add(open("way/file.txt").read())
            except OSError: pass
        stop = True
        thread.join()
        print(sorted(seen))
    """
    assert ground.python(source, ground.neighbour) == "['mine']\n"


def test_existence_of_others_files_is_hidden(own_view: Ground) -> None:
    assert (
        own_view.python("import os, sys; print(os.path.exists(sys.argv[1]))", own_view.neighbour / "file.txt")
        == "False\n"
    )


def test_named_sockets_outside_cannot_be_reached(own_view: Ground) -> None:
    """Docker's socket, say: Landlock does not cover connecting."""
    with socket.socket(socket.AF_UNIX) as server:
        path = own_view.platform / "control.sock"
        server.bind(str(path))
        server.listen()
        assert own_view.refused("import socket; socket.socket(socket.AF_UNIX).connect(path)", path)


def test_mounts_cannot_be_changed_from_inside(ground: Ground) -> None:
    source = """
        import ctypes, sys, os
        libc = ctypes.CDLL(None, use_errno=True)
        target = sys.argv[1].encode()
        attributes = (ctypes.c_uint64 * 4)(0, 1, 0, 0)
        results = [
            libc.mount(b"none", target, b"tmpfs", 0, None),
            libc.mount(None, target, None, 32, None),
            libc.syscall(442, -100, target, 0x8000, attributes, 32),
            libc.umount2(target, 2),
            libc.chroot(target),
        ]
        if libc.unshare(0x10000000 | 0x20000) == 0:
            results.append(libc.mount(None, target, None, 32, None))
            results.append(libc.syscall(442, -100, target, 0x8000, attributes, 32))
        print(set(results))
    """
    assert ground.python(source, ground.dataset) == "{-1}\n"
    assert ground.refused("open(path, 'w')", ground.dataset / "file.txt")


def test_shared_memory_is_its_own(own_view: Ground) -> None:
    left = Path("/dev/shm/openmo-test-of-sandbox")
    left.write_text("of another user")
    try:
        assert own_view.python("import os; print(os.listdir('/dev/shm'))") == "[]\n"
        source = """
            from multiprocessing import shared_memory
            memory = shared_memory.SharedMemory(create=True, size=64)
            memory.close()
            memory.unlink()
            print(1)
        """
        assert own_view.python(source) == "1\n"
    finally:
        left.unlink()
