"""Folders of workers and of their calls."""

import contextlib
import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

from openmo.core.hostile.trees import remove_tree
from openmo.serving.pool import InputFile, OutputFile


class WorkerFolders:
    """Everything that the pool keeps on disk, below one private folder (0700)."""

    def __init__(self, root: Path) -> None:
        self._workers = root / "workers"
        self._outbox = root / "outbox"
        self.logs = root / "logs"
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for leftover in (self._workers, self._outbox):
            remove_tree(leftover)
        for folder in (self._workers, self._outbox, self.logs):
            folder.mkdir(mode=0o700, exist_ok=True)

    def new_worker(self, parent: Path | None = None) -> Path:
        """A private folder for one worker, the only place that it may write to; below `parent` when given."""
        folder = (parent or self._workers) / token_hex(8)
        for path in (folder, folder / "calls", folder / "tmp"):
            path.mkdir(mode=0o700)
        return folder

    @staticmethod
    def call_folder(worker: Path, number: int) -> Path:
        """The private folder of one call; made only for calls with files."""
        return worker / "calls" / str(number)

    def discard_worker(self, worker: Path) -> None:
        """All that the worker wrote is gone."""
        remove_tree(worker)

    def discard_call(self, worker: Path, number: int) -> None:
        """The call's files are gone."""
        remove_tree(self.call_folder(worker, number))

    def collect(self, call_folder: Path, files: Mapping[str, str]) -> tuple[OutputFile, ...]:
        """The output files of a call, moved out of its worker's reach; anything but a plain file is dropped.

        Names come from the worker and so are not believed. The look at the kind follows the move, after which the
        worker cannot swap the entry for a link.
        """
        collected = []
        for key, name in files.items():
            target = self._outbox / token_hex(16)
            with contextlib.suppress(OSError, ValueError):
                if os.sep in name or name in ("", ".", ".."):
                    continue
                (call_folder / "out" / name).rename(target)
                if stat.S_ISREG(target.lstat().st_mode):
                    collected.append(OutputFile(key=key, path=target, name=name))
                else:
                    remove_tree(target)
        return tuple(collected)


def place_inputs(call_folder: Path, files: Mapping[str, InputFile]) -> dict[str, str]:
    """Moves the input files into a new folder of a call; their paths relative to it, by input name."""
    (call_folder / "in").mkdir(mode=0o700, parents=True)
    placed = {}
    for number, (key, file) in enumerate(files.items()):
        relative = f"in/{number}-{file.name}"
        shutil.move(file.path, call_folder / relative)
        placed[key] = relative
    return placed
