"""Copies of folders that are ours."""

import shutil
from collections.abc import Collection
from pathlib import Path


def copy_folder(source: Path, target: Path, *, without: Collection[str] = ()) -> None:
    """What `source` holds appears in `target` too, contents only; nothing of a name in `without`, wherever it lies.

    The first error ends it and is raised as it is (`shutil.copytree` goes on, and tells of all in one text), so that
    callers can tell a full disk by its number.
    """
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        if entry.name in without:
            continue
        if entry.is_dir():
            copy_folder(entry, target / entry.name, without=without)
        else:
            shutil.copyfile(entry, target / entry.name)
