"""Folders that must go, whatever somebody's code has left in them, or does in them at this moment."""

import contextlib
import os
import secrets
from pathlib import Path

from openmo.core.hostile.beneath import closing

_ROUNDS = 4
"""So often is a folder emptied that fills while it is."""
_HANDLE = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def remove_tree(path: Path) -> None:
    """Nothing is left at `path`, whose own name is out of others' reach; no link is followed. Never raises OSError."""
    with contextlib.suppress(OSError), closing(os.open(path.parent, _FOLDER)) as above:
        remove_entry(above, path.name)


def remove_entry(folder: int, name: str) -> None:
    """Nothing of that name is left in an open folder, however deep or odd; raises OSError where it cannot be removed.

    What lies deeper is moved up before it is emptied. So any depth takes two descriptors and no recursion.
    """
    if _unlinked(folder, name):
        return
    for _ in range(_ROUNDS):
        with closing(_open_whole(folder, name)) as top:
            waiting = _empty(top, top)
            while waiting:
                each = waiting.pop()
                with contextlib.suppress(OSError):  # whoever writes in it meanwhile is met again in the next round
                    with closing(_open_whole(top, each)) as inner:
                        waiting += _empty(inner, top)
                    os.rmdir(each, dir_fd=top)
        with contextlib.suppress(FileNotFoundError, OSError):
            os.rmdir(name, dir_fd=folder)
            return
    os.rmdir(name, dir_fd=folder)


def _empty(folder: int, top: int) -> list[str]:
    """Nothing is left in the folder but folders that cannot be moved; names in `top` of those that can."""
    moved = []
    for name in os.listdir(folder):
        with contextlib.suppress(OSError):  # one that cannot go keeps no other
            if _unlinked(folder, name):
                continue
            moved.append(name if folder == top else _moved(name, folder, top))
    return moved


def _moved(name: str, folder: int, top: int) -> str:
    fresh = secrets.token_hex(8)
    try:
        os.rename(name, fresh, src_dir_fd=folder, dst_dir_fd=top)
    except PermissionError:  # a folder that its owner may not write cannot be moved either
        os.close(_open_whole(folder, name))
        os.rename(name, fresh, src_dir_fd=folder, dst_dir_fd=top)
    return fresh


def _unlinked(folder: int, name: str) -> bool:
    """Whether what had that name is gone: everything but a folder is."""
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return True
    except IsADirectoryError:
        return False
    return True


def _open_whole(parent: int, name: str) -> int:
    """A descriptor of the folder, made writable to its owner first: from one that is not, nothing can be removed."""
    with closing(os.open(name, _HANDLE, dir_fd=parent)) as handle:
        if os.fstat(handle).st_mode & 0o700 != 0o700:
            os.chmod(f"/proc/self/fd/{handle}", 0o700)  # noqa: PTH101 (the folder itself, whatever its name means now)
        return os.open(".", _FOLDER, dir_fd=handle)
