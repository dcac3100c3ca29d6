"""Closes the system call by which a process chooses its own cores. Stdlib only, for children. See seccomp(2)."""

import contextlib
import ctypes
import errno
import os
import struct

from openmo.system import linux

_ARCHITECTURES = {"x86_64": (0xC000003E, 317, 203), "aarch64": (0xC00000B7, 277, 122)}
"""By machine: how the kernel names it, and its numbers of seccomp() and sched_setaffinity()."""
_X32_BIT = 0x40000000  # the same calls under other numbers, on x86_64
_SET_MODE_FILTER = 1
_SPEC_ALLOW = 1 << 2  # without it older kernels slow all code of a filtered process down
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000


def keep_cores() -> bool:
    """This process and all it starts can no longer choose their cores; others still can for them.

    False where the machine or kernel offers no such filter. Programs for another architecture than the kernel's fail.
    Call it with one thread running, after `forbid_new_privileges`.
    """
    known = _ARCHITECTURES.get(os.uname().machine)
    if known is None:
        return False
    name, seccomp, set_affinity = known
    program = b"".join(
        (
            _step(_LOAD, 4),
            _step(_EQUAL, name, if_true=1),
            _step(_RETURN, _ERRNO | errno.ENOSYS),
            _step(_LOAD, 0),
            _step(_EQUAL, set_affinity, if_false=1),
            _step(_RETURN, _ERRNO | errno.EPERM),
            _step(_AT_LEAST, _X32_BIT, if_false=1),
            _step(_RETURN, _ERRNO | errno.ENOSYS),
            _step(_RETURN, _ALLOW),
        )
    )
    steps = ctypes.create_string_buffer(program, len(program))
    filter_ = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(steps)))
    with contextlib.suppress(OSError):
        linux.syscall(seccomp, _SET_MODE_FILTER, _SPEC_ALLOW, filter_)
        return True
    return False


def _step(code: int, value: int, *, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
