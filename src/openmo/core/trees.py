"""Folders that must go, whatever somebody's code has left in them."""

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
        subprocess.run(["rm", "-rf", "--", str(path)], check=False, stderr=subprocess.DEVNULL)
