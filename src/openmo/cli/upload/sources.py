"""Which files of this machine go where in a dataset: PATH and PATH:TARGET of the command line."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.datasets.uploads.paths import upload_path


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that is sent."""

    source: Path
    target: str
    """Its path in the dataset."""
    bytes: int


def local_files(paths: Sequence[str]) -> tuple[LocalFile, ...]:
    """Every regular file that the paths name, by its path in the dataset; of two with one, the later.

    A folder puts its contents at the root, or below TARGET; a file itself at the root, or at TARGET (with a / at its
    end: into it). Links to files are followed, links to folders are not. Raises InvalidInput.
    """
    found: dict[str, LocalFile] = {}
    for text in paths:
        path, target = _parted(text)
        if path.is_dir():
            found |= _inside(path, target)
        elif path.is_file():
            name = f"{target}{path.name}" if not target or target.endswith("/") else target
            file = _file(path, name)
            found[file.target] = file
        else:
            raise InvalidInput(message("There is no file or folder %(path)s.", path=repr(str(path))), field="paths")
    return tuple(found.values())


def _parted(text: str) -> tuple[Path, str]:
    path, colon, target = text.rpartition(":")
    if not colon or Path(text).exists():
        return Path(text), ""
    return Path(path), target


def _inside(folder: Path, target: str) -> Mapping[str, LocalFile]:
    prefix = f"{target.rstrip('/')}/" if target else ""
    files = (_file(path, prefix + path.relative_to(folder).as_posix()) for path in _walk(folder))
    return {file.target: file for file in files}


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(root, name)
            if path.is_file():
                yield path


def _file(path: Path, target: str) -> LocalFile:
    return LocalFile(path, upload_path(target), path.stat().st_size)
