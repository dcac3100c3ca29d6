"""Who listens on a port of this machine: a server that we started, or somebody who was faster.

JupyterLab takes a number, not a socket, so between the choice of a free port and its listening another process, such as
one in another project's sandbox, may take the port; it would then be sent what is meant for that server.
"""

import contextlib
from pathlib import Path

from openmo.system.processes import read_processes

_LISTENS = "0A"
_TABLES = {Path("/proc/net/tcp"): ("0100007F", "0" * 8), Path("/proc/net/tcp6"): ("0" * 32,)}
"""By whose addresses 127.0.0.1 is reached, as they stand there."""


def listens(port: int, root: int) -> bool:
    """Whether all that listens there at 127.0.0.1 belongs to the process `root` or to processes below it."""
    listeners = _sockets(port)
    if not listeners:
        return False
    for pid in (root, *read_processes().descendants(root)):
        listeners -= _held(pid)
    return not listeners


def _sockets(port: int) -> set[str]:
    """As /proc names what listens there: `socket:[4711]`."""
    found = set()
    for table, addresses in _TABLES.items():
        with contextlib.suppress(OSError):  # no IPv6 here
            for line in table.read_text("ascii").splitlines()[1:]:
                fields = line.split()
                address, _, number = fields[1].partition(":")
                if fields[3] == _LISTENS and address in addresses and int(number, 16) == port:
                    found.add(f"socket:[{fields[9]}]")
    return found


def _held(pid: int) -> set[str]:
    held = set()
    with contextlib.suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                held.add(str(entry.readlink()))
    return held
