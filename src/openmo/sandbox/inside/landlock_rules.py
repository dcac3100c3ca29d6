"""Landlock: an allow-list of paths that a process puts on itself and on all its descendants, for good.

See landlock(7). Stdlib only, for children.
"""

import contextlib
import ctypes
import os
import stat
import struct

from openmo.system import linux

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK = 1 << 6, 1 << 7, 1 << 8, 1 << 9
MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = 1 << 10, 1 << 11, 1 << 12
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15

READ = EXECUTE | READ_FILE | READ_DIR
WRITE = (
    WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO | MAKE_SYM | REFER | TRUNCATE
)
DEVICE = READ_FILE | WRITE_FILE | READ_DIR | TRUNCATE | IOCTL_DEV
_FOR_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

SCOPE_ABI = 6
"""From this ABI on, signals and abstract sockets stay inside, too."""
_SCOPE_ABSTRACT_SOCKETS, _SCOPE_SIGNALS = 1, 2


def abi() -> int:
    """The kernel's Landlock ABI; 0 where there is none."""
    try:
        return linux.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG)
    except OSError:
        return 0


def _handled(version: int) -> int:
    """All access rights to files that this ABI knows."""
    rights = (1 << 13) - 1
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV)):
        if version >= since:
            rights |= right
    return rights


def restrict_self(rules: list[tuple[str, int]], *, unfollowed: "list[tuple[str, int]] | None" = None) -> None:
    """From here on, this thread and what it forks reach only the named paths, each with its rights.

    A path that cannot be opened is left out, and of `unfollowed` one that is itself a symbolic link: user code may have
    put it there, to be given what it leads to. Call it with one thread running.
    """
    version = abi()
    handled = _handled(version)
    scopes = _SCOPE_ABSTRACT_SOCKETS | _SCOPE_SIGNALS if version >= SCOPE_ABI else 0
    packed = struct.pack("=3Q", handled, 0, scopes)[: 24 if version >= SCOPE_ABI else 16 if version >= 4 else 8]
    ruleset = linux.syscall(_CREATE_RULESET, ctypes.create_string_buffer(packed), ctypes.c_size_t(len(packed)), 0)
    try:
        for path, rights in rules:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                _allow(ruleset, path, rights & handled)
        for path, rights in unfollowed or []:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                _allow(ruleset, path, rights & handled, how=os.O_NOFOLLOW)
        linux.forbid_new_privileges()
        linux.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int, *, how: int = 0) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC | how)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISLNK(mode):
            return
        if not stat.S_ISDIR(mode):
            rights &= _FOR_FILES
        if rights:
            rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, descriptor))
            linux.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)
