"""Memory that two processes share without a name: anonymous files, handed over as descriptors.

They are sealed, so that nobody can cut them short under a reader, and are gone with the last process that holds them.
"""

import contextlib
import fcntl
import mmap
import os
import weakref

_ALLOW_SEALING, _NO_EXECUTION = 0x2, 0x8  # MFD_ALLOW_SEALING; MFD_NOEXEC_SEAL, since Linux 6.3
_SEAL, _SHRINK, _GROW, _WRITE, _FUTURE_WRITE = 0x1, 0x2, 0x4, 0x8, 0x10  # F_SEAL_...
_NO_RESERVE = 0x4000  # MAP_NORESERVE: a private view of a large array costs nothing until it is written to

_born: "weakref.WeakKeyDictionary[mmap.mmap, int]" = weakref.WeakKeyDictionary()
"""The descriptor of each piece of memory that was shared from its birth."""


def available() -> bool:
    """Whether this system has such memory: Linux does."""
    return hasattr(os, "memfd_create")


def create(size: int) -> int:
    """The descriptor of that many zero bytes, not sealed yet."""
    try:
        descriptor = os.memfd_create("openmo-call", os.MFD_CLOEXEC | _ALLOW_SEALING | _NO_EXECUTION)
    except OSError:
        descriptor = os.memfd_create("openmo-call", os.MFD_CLOEXEC | _ALLOW_SEALING)
    try:
        os.ftruncate(descriptor, size)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def seal(descriptor: int) -> None:
    """Nobody can change the file from here on."""
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SHRINK | _GROW | _WRITE | _SEAL)


def born_shared(size: int) -> mmap.mmap:
    """Memory that this process writes, and that others can be handed as it is."""
    descriptor = create(size)
    try:
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SHRINK | _GROW)
        memory = mmap.mmap(descriptor, size)
        with contextlib.suppress(
            OSError
        ):  # since Linux 5.1; nobody else writes it in any case, since views are private
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _FUTURE_WRITE | _SEAL)
    except BaseException:
        os.close(descriptor)
        raise
    _born[memory] = descriptor
    weakref.finalize(memory, os.close, descriptor).atexit = False
    return memory


def descriptor_of(memory: object) -> int | None:
    """Where `memory` was born shared in this process: its descriptor, which is not the caller's to close."""
    return _born.get(memory) if isinstance(memory, mmap.mmap) else None


def private_view(descriptor: int) -> mmap.mmap:
    """The file's bytes: read where they lie, copied page by page where they are written to.

    Raises ValueError for a file that could be cut short, or is empty.
    """
    if not fcntl.fcntl(descriptor, fcntl.F_GET_SEALS) & _SHRINK:
        raise ValueError("the memory is not sealed")
    size = os.fstat(descriptor).st_size
    return mmap.mmap(descriptor, size, flags=mmap.MAP_PRIVATE | _NO_RESERVE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
