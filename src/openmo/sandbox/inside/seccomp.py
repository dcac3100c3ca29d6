"""Refuses system calls to this process and to all that it starts. Stdlib only, for children. See seccomp(2)."""

import contextlib
import ctypes
import errno
import os
import struct

from openmo.sandbox.inside import system_calls
from openmo.system import linux

_ARCHITECTURES = {"x86_64": (0xC000003E, 317), "aarch64": (0xC00000B7, 277)}
"""By machine: how the kernel names it, and its number of seccomp()."""
_X32_BIT = 0x40000000  # the same calls under other numbers, on x86_64
_SET_MODE_FILTER, _GET_ACTION_AVAILABLE = 1, 2
_SPEC_ALLOW = 1 << 2  # without it older kernels slow all code of a filtered process down
_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in the kernel's seccomp_data

_NEW_USER, _BROTHER = 0x10000000, 0x8000  # CLONE_NEWUSER, CLONE_PARENT
_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_ROUTES = 0  # the netlink protocol by which programs learn their addresses
_PUSH_KEY, _LINUX_CONSOLE = 0x5412, 0x541C  # TIOCSTI, TIOCLINUX


def available() -> bool:
    """Whether this machine and its kernel offer such filters."""
    known = _ARCHITECTURES.get(os.uname().machine)
    if known is None:
        return False
    with contextlib.suppress(OSError):
        linux.syscall(known[1], _GET_ACTION_AVAILABLE, 0, ctypes.byref(ctypes.c_uint32(_ERRNO)))
        return True
    return False


def refuse(calls: "dict[str, str]") -> None:
    """The calls (see `openmo.sandbox.inside.system_calls`) fail from here on; raises OSError where none can be refused.

    Programs for another architecture than the kernel's fail altogether. Call it with one thread running, after
    `forbid_new_privileges`.
    """
    machine = os.uname().machine
    numbers = system_calls.numbers(machine)
    if numbers is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), machine)
    architecture, seccomp = _ARCHITECTURES[machine]
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, architecture, if_true=1),
        _fail(errno.ENOSYS),
        _step(_LOAD, _NUMBER),
        _step(_AT_LEAST, _X32_BIT, if_false=1),
        _fail(errno.ENOSYS),
    ]
    for name, way in calls.items():
        if name in numbers:  # some are x86's alone
            block = _WAYS[way]
            steps += [_step(_EQUAL, numbers[name], if_false=len(block)), *block]
    steps.append(_step(_RETURN, _ALLOW))
    program = ctypes.create_string_buffer(b"".join(steps))
    filter_ = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(program)))
    linux.syscall(seccomp, _SET_MODE_FILTER, _SPEC_ALLOW, filter_)


def keep_cores() -> bool:
    """This process and all it starts can no longer choose their cores; others still can for them.

    False where the machine or kernel offers no such filter.
    """
    with contextlib.suppress(OSError):
        refuse({"sched_setaffinity": ""})
        return True
    return False


def _step(code: int, value: int, *, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _fail(number: int) -> bytes:
    return _step(_RETURN, _ERRNO | number)


def _load(argument: int, *, high: bool = False) -> bytes:
    """Half of an argument of the call, both machines being little-endian; numbers of processes are the low half."""
    return _step(_LOAD, _ARGUMENTS + 8 * argument + 4 * high)


_PASS, _REFUSE = _step(_RETURN, _ALLOW), _fail(system_calls.REFUSAL)
_WAYS = {
    "": [_REFUSE],
    "absent": [_fail(errno.ENOSYS)],  # what its caller takes for an older kernel, and does without
    "pid": [_load(0), _step(_EQUAL, 0, if_false=1), _PASS, _REFUSE],
    # upon a thread by its number, which may be one of the caller's own: left undone, and said to be done
    "thread": [_load(0), _step(_EQUAL, 0, if_false=1), _PASS, _fail(0)],
    "family": [_load(0), _step(_ANY_BIT, _BROTHER, if_false=1), _REFUSE, _PASS],
    "flags": [_load(0), _step(_ANY_BIT, _NEW_USER | _BROTHER, if_false=1), _REFUSE, _PASS],
    # upon itself, or only asked for: a pointer to new limits that is null in both halves
    "limits": [
        _load(0),
        _step(_EQUAL, 0, if_true=4),
        _load(2),
        _step(_EQUAL, 0, if_false=3),
        _load(2, high=True),
        _step(_EQUAL, 0, if_false=1),
        _PASS,
        _REFUSE,
    ],
    "terminals": [
        _load(1),
        _step(_EQUAL, _PUSH_KEY, if_true=2),
        _step(_EQUAL, _LINUX_CONSOLE, if_true=1),
        _PASS,
        _REFUSE,
    ],
    "local": [_load(0), _step(_EQUAL, _UNIX, if_false=1), _PASS, _fail(errno.ENETUNREACH)],
    "families": [
        _load(0),
        _step(_EQUAL, _UNIX, if_true=5),
        _step(_EQUAL, _INET, if_true=4),
        _step(_EQUAL, _INET6, if_true=3),
        _step(_EQUAL, _NETLINK, if_false=3),
        _load(2),
        _step(_EQUAL, _ROUTES, if_false=1),
        _PASS,
        _fail(errno.EAFNOSUPPORT),
    ],
}
"""What follows a call's number, by how its arguments tell. Each ends the filter."""
_WAYS["who"] = [
    _load(0),  # which: for both calls one value means "a process", and the next argument 0 the caller
    _step(_EQUAL, 0, if_true=1),
    _step(_EQUAL, 1, if_false=3),
    _load(1),
    _step(_EQUAL, 0, if_false=1),
    _PASS,
    _REFUSE,
]
