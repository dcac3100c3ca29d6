"""What user code may touch on this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Protocol

from openmo.sandbox.inside.document import PolicyDocument

CURRENT_FOLDER = PurePath("/proc/self/cwd")


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxPolicy:
    """An allow-list for one kernel, job or app worker and all its descendants.

    What is not named here (and is not part of the system's own programs, libraries and devices) can be neither read nor
    written. A path that does not exist is left out.
    """

    read_write: tuple[PurePath, ...] = ()
    """Not links themselves: such a path is left out, since it may be user code that put the link there."""
    read_only: tuple[Path, ...] = ()
    home: PurePath
    """HOME; must be within `read_write`."""
    temporary: PurePath
    """TMPDIR; must be within `read_write`."""
    work: PurePath | None = None
    """The folder that is also `/home/jovyan/work`, where the sandbox can make it so; within `read_write`.

    Code of Mo and of Jupyter's images names its project so. `CURRENT_FOLDER`: whatever the process's current folder is.
    """
    memory_bytes: int | None = None
    """Ceiling of the address space's resident part; None: no ceiling."""
    processes: int | None = None
    """Ceiling of processes and threads, where the kernel can count them for one sandbox alone; None: the system's.

    It can in a PID namespace from Linux 6.14 on, and for ordinary users in a view of their own.
    """
    network: bool = True
    """Whether it may make sockets of the network, where the sandbox can refuse them."""


class Sandbox(Protocol):
    """A way to confine processes without containers."""

    @property
    def name(self) -> str:
        """`landlock`, `bubblewrap` or `none`."""
        ...

    @property
    def isolates(self) -> bool:
        """Whether other users' files are really out of reach."""
        ...

    def describe(self) -> str:
        """One sentence for the banner and `openmo doctor`: what is confined, and what is not."""
        ...

    def wrap(self, argv: Sequence[str], policy: SandboxPolicy) -> list[str]:
        """The command line that runs `argv` under `policy`.

        A ceiling of memory is not part of it: whoever starts the process watches that (the job shim, the worker pool).
        """
        ...

    def temporary_inside(self, policy: SandboxPolicy) -> PurePath:
        """The shortest name that `policy.temporary` has inside: a socket's name may have 107 bytes only."""
        ...

    def document(self, policy: SandboxPolicy) -> PolicyDocument | None:
        """What `openmo.sandbox.inside.confine.enter` takes to confine a process that already runs (a forked worker).

        None where only `wrap` can confine.
        """
        ...
