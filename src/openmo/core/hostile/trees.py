"""Folders that must go, whatever somebody's code has left in them."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path


def remove_tree(path: Path) -> None:
    """Nothing is left at `path`, however deep or odd its content; links are not followed. Never raises OSError."""
    try:
        if path.is_symlink() or not path.is_dir():
            path.unlink(missing_ok=True)
        else:
            shutil.rmtree(path)
    except (OSError, RecursionError):
        _open_folders(path)
        subprocess.run(["rm", "-rf", "--", str(path)], check=False, stderr=subprocess.DEVNULL)


def _open_folders(path: Path) -> None:
    """Makes the folders writable to their owner: from one that is not, nothing can be removed.

    Folders alone, since files may be links to those of others; none is followed. What is nested too deep is left.
    """
    _open_folder(path)
    with contextlib.suppress(OSError, RecursionError):
        for _path, names, _files, folder in os.fwalk(path):
            for name in names:
                _open_folder(name, folder)


def _open_folder(name: Path | str, parent: int | None = None) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
        try:
            os.chmod(f"/proc/self/fd/{descriptor}", 0o700)  # noqa: PTH101 (the folder itself, whatever its name means now)
        finally:
            os.close(descriptor)
