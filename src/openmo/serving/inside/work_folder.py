"""The folder in which handlers run: what the release has, readable as it is, and room to write.

Handlers open their files as "model.pkl" and write "out.png": links to the release's entries in a private folder make
both work, although the release itself is read-only. `results/`, where projects save things, is a folder of its own with
copies of small files, so that a handler may write over them, too.
"""

import os
import shutil
from pathlib import Path

RESULTS = "results"
_MAX_COPY = 1 << 20
_MAX_COPIES = 16 << 20
"""Bytes of all copies: larger ones, and those beyond, are links, which are read-only."""

_Seen = list[tuple[str, int, int]]


def make(work: Path, release: Path) -> None:
    """A new folder `work` for handlers of the release in `release`."""
    work.mkdir(mode=0o700)
    for entry in os.scandir(release):
        if entry.name != RESULTS or not entry.is_dir():
            (work / entry.name).symlink_to(entry.path)
    _make_results(work, release)


class WorkFolder:
    """The folder between calls."""

    def __init__(self, work: Path, release: Path) -> None:
        self._work = work
        self._release = release
        self._results = _seen(work / RESULTS)

    def tidy(self) -> None:
        """What one call wrote is not there for the next: it may be another person's."""
        for entry in os.scandir(self._work):
            if entry.is_symlink() or entry.name == RESULTS:
                continue
            _remove(entry)
        if _seen(self._work / RESULTS) != self._results:
            shutil.rmtree(self._work / RESULTS, ignore_errors=True)
            (self._work / RESULTS).unlink(missing_ok=True)
            _make_results(self._work, self._release)
            self._results = _seen(self._work / RESULTS)


def _make_results(work: Path, release: Path) -> None:
    if os.path.lexists(work / RESULTS):
        return
    (work / RESULTS).mkdir(mode=0o700)
    left = _MAX_COPIES
    for folder, folders, files in os.walk(release / RESULTS):
        target = work / RESULTS / os.path.relpath(folder, release / RESULTS)
        for name in folders:
            (target / name).mkdir(mode=0o700)
        for name in files:
            source = Path(folder, name)
            size = source.stat().st_size
            if size <= min(_MAX_COPY, left):
                left -= size
                shutil.copyfile(source, target / name)
            else:
                (target / name).symlink_to(source)


def _seen(folder: Path) -> _Seen:
    """What tells whether anything below was written, made or removed."""
    seen: _Seen = []
    for place, _, files in os.walk(folder):
        for path in (place, *(f"{place}/{name}" for name in files)):
            status = os.lstat(path)
            seen.append((path, status.st_mtime_ns, status.st_size))
    return sorted(seen)


def _remove(entry: os.DirEntry[str]) -> None:
    if entry.is_dir():
        shutil.rmtree(entry.path, ignore_errors=True)
    else:
        Path(entry.path).unlink()
