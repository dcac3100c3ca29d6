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
    """Makes every folder writable to its owner: from one that is not, nothing can be removed."""
    with contextlib.suppress(OSError):
        path.chmod(0o700)
        for folder, names, _files in os.walk(path):  # links to folders are listed, not followed
            for name in names:
                below = Path(folder, name)
                if not below.is_symlink():
                    below.chmod(0o700)
