"""Memory, queues and keys that processes share by name: other people's."""

import ctypes
import os
from pathlib import Path

from .attempt import Target, attempt, call, checked, libc, read

_USER_KEYRING, _SESSION_KEYRING, _KEY_SEARCH, _KEY_READ = -4, -3, 10, 11


@attempt("view", upon="service")
def read_shared_memory(target: Target) -> object:
    """Attaches another process's System V shared memory by its key."""
    number = checked(libc.shmget(target.ipc_key, 0, 0))
    libc.shmat.restype = ctypes.c_void_p
    return ctypes.string_at(libc.shmat(number, None, 0o10000), 60)


@attempt("view", upon="service")
def take_a_message(target: Target) -> object:
    """Takes a message out of another process's System V queue."""
    text = ctypes.create_string_buffer(200)
    checked(libc.msgrcv(checked(libc.msgget(target.ipc_key, 0)), text, 100, 0, 0o4000))
    return text.raw[8:]


@attempt("view", upon="service")
def change_a_semaphore(target: Target) -> object:
    """Changes another process's System V semaphore."""
    checked(libc.semctl(checked(libc.semget(target.ipc_key, 1, 0)), 0, 16, 7))
    return "changed"


@attempt("view", upon="service")
def list_shared_memory(target: Target) -> object:
    """Looks for another's shared memory in the machine's list."""
    return str(target.ipc_key) if str(target.ipc_key) in read("/proc/sysvipc/shm").split() else ""


@attempt("Landlock", "view", upon="service")
def take_a_message_of_a_posix_queue(target: Target) -> object:
    """Takes a message out of another process's POSIX queue."""
    text = ctypes.create_string_buffer(9000)
    queue = call("mq_open", ctypes.c_char_p(target.memory.encode()), os.O_RDWR | os.O_NONBLOCK, 0, None)
    call("mq_timedreceive", queue, text, 9000, None, None)
    return text.value


@attempt("view", upon="service")
def read_named_memory(target: Target) -> object:
    """Reads another process's POSIX shared memory."""
    return read(f"/dev/shm/{target.memory}")


@attempt("view", upon="service")
def list_named_memory(target: Target) -> object:
    """Lists what others have in POSIX shared memory."""
    return target.memory if target.memory in os.listdir("/dev/shm") else ""


@attempt("view", upon="service")
def change_named_memory(target: Target) -> object:
    """Removes another process's POSIX shared memory."""
    Path(f"/dev/shm/{target.memory}").unlink()
    return "removed"


@attempt("seccomp", upon="service", ordinary=("seccomp", "view"))
def read_a_key_of_the_user(target: Target) -> object:
    """Reads a key from the keyring that all processes of the system user share."""
    return _key(_USER_KEYRING, target)


@attempt("seccomp", upon="service", ordinary=("seccomp", "view"))
def read_a_key_of_the_session(target: Target) -> object:
    """Links the user's keyring into its own session's, and looks there."""
    call("keyctl", 8, _USER_KEYRING, _SESSION_KEYRING)
    return _key(_SESSION_KEYRING, target)


@attempt(upon="service", open_because="names of the user's keys are shown, never what they hold")
def list_keys(target: Target) -> object:
    """Looks for another's key in the machine's list of keys."""
    return target.key if target.key in Path("/proc/keys").read_text() else ""


def _key(ring: int, target: Target) -> bytes:
    kind, name = ctypes.c_char_p(b"user"), ctypes.c_char_p(target.key.encode())
    text = ctypes.create_string_buffer(200)
    call("keyctl", _KEY_READ, call("keyctl", _KEY_SEARCH, ring, kind, name, 0), text, 200)
    return text.value


@attempt("Landlock", "view", upon="machine")
def leave_something_in_the_folder_of_all(target: Target) -> object:
    """Leaves a file in /var/tmp or /tmp for other people's programs to find."""
    for folder in ("/var/tmp", "/tmp"):
        path = Path(folder, target.token)
        try:
            path.write_text(target.token)
        except OSError:
            continue
        return ""  # whether it arrived in the machine's own is seen outside
    return ""
