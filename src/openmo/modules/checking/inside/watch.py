"""Sees what the module tries to write or to connect to, also where the sandbox refuses it and the module says nothing.

An audit hook, which ordinary code passes without knowing. Code that wants to can go around it, and gains nothing: what
is refused is refused by the sandbox.
"""

import os
import sys
from collections.abc import Callable

from openmo.modules.checking.inside.messages import NETWORK, OUTSIDE, OWN

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = frozenset(
    {"os.mkdir", "os.remove", "os.rmdir", "os.rename", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.utime"}
)
_SECOND = frozenset({"os.link", "os.rename", "os.symlink"})
"""Of these the second name is what comes to be."""
_MAX_LISTED = 20
_DEVICES = ("/dev/", "/proc/self/")
_NETWORK = frozenset({"socket.connect", "socket.getaddrinfo"})


def watch(folder: str, allowed: "list[str]", tell: "Callable[[str, str], None]") -> None:
    """Calls `tell` with `own`, `outside` or `network` and a path or address, for as long as this process lives.

    `folder` is the module's, `allowed` are the folders that it may write.
    """
    told: set[tuple[str, str]] = set()

    def say(what: str, path: str) -> None:
        if len(told) < _MAX_LISTED and (what, path) not in told:
            told.add((what, path))
            tell(what, path)

    def hook(event: str, arguments: "tuple[object, ...]") -> None:
        path = _written(event, arguments)
        if path and not path.startswith(_DEVICES):
            if _is_below(path, folder):
                say(OWN, os.path.relpath(path, folder))
            elif not any(_is_below(path, each) for each in allowed):
                say(OUTSIDE, path)
        elif event in _NETWORK and (address := _address(event, arguments)):
            say(NETWORK, address)

    sys.addaudithook(hook)


def _written(event: str, arguments: "tuple[object, ...]") -> str:
    """The path that the event writes, absolute, with the links on the way followed; empty: it writes none."""
    if event == "open":
        flags = arguments[2] if len(arguments) > 2 else 0
        return _followed(arguments[0]) if isinstance(flags, int) and flags & _WRITES else ""
    if event not in _CHANGES:
        return ""
    folder, slash, name = _named(arguments[event in _SECOND]).rstrip("/").rpartition("/")
    return f"{_followed(folder or slash or '.')}/{name}" if name else ""


def _followed(path: object) -> str:
    try:
        return os.path.realpath(_named(path)) if _named(path) else ""
    except (OSError, ValueError):
        return ""


def _named(path: object) -> str:
    """Empty for what is no name, such as a descriptor."""
    return os.fsdecode(path) if isinstance(path, (str, bytes)) else ""


def _address(event: str, arguments: "tuple[object, ...]") -> str:
    """Host and port; empty: it is a socket of this machine."""
    parts = arguments[:2] if event == "socket.getaddrinfo" else arguments[1] if len(arguments) > 1 else ()
    if not isinstance(parts, tuple) or len(parts) < 2:
        return ""
    return ":".join(str(part) for part in parts[:2] if isinstance(part, (str, int)))


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
