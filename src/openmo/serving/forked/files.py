"""Folders of workers and of their calls."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

from openmo.core.errors import OpenMoError
from openmo.core.hostile.folder import HostileFolder
from openmo.core.hostile.trees import remove_tree
from openmo.serving.pool import InputFile, OutputFile


class WorkerFolders:
    """Everything that the pool keeps on disk, below one private folder (0700)."""

    def __init__(self, root: Path) -> None:
        self._workers = root / "workers"  # ours: only what lies in it is a worker's
        self._outbox = root / "outbox"
        self.logs = root / "logs"
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for leftover in (self._workers, self._outbox):
            remove_tree(leftover)
        for folder in (self._workers, self._outbox, self.logs):
            folder.mkdir(mode=0o700, exist_ok=True)

    def new_worker(self, parent: HostileFolder | None = None) -> HostileFolder:
        """A private folder for one worker, the only place that it may write to; below `parent` when given."""
        folder = (parent or HostileFolder(self._workers)).below(token_hex(8))
        for name in ("calls", "tmp"):
            folder.make(name)
        return folder

    def discard_worker(self, worker: HostileFolder) -> None:
        """All that the worker wrote is gone."""
        worker.remove()

    def discard_call(self, worker: HostileFolder, number: int) -> None:
        """The call's files are gone."""
        call_folder(worker, number).remove()

    def collect(self, call: HostileFolder, files: Mapping[str, str]) -> tuple[OutputFile, ...]:
        """The output files of a call, moved out of its worker's reach; anything but a plain file is dropped.

        Names come from the worker and so are not believed.
        """
        collected = []
        for key, name in files.items():
            target = self._outbox / token_hex(16)
            with contextlib.suppress(OSError, OpenMoError):
                if os.sep not in name and call.give_out(f"out/{name}", target):
                    collected.append(OutputFile(key=key, path=target, name=name))
        return tuple(collected)


def call_folder(worker: HostileFolder, number: int) -> HostileFolder:
    """The private folder of one call; made only for calls with files."""
    return worker.below(f"calls/{number}")


def place_inputs(call: HostileFolder, files: Mapping[str, InputFile]) -> dict[str, str]:
    """Moves the input files into a call's folder; their paths relative to it, by input name."""
    call.make("in")
    placed = {}
    for number, (key, file) in enumerate(files.items()):
        placed[key] = f"in/{number}-{file.name}"
        call.take_in(file.path, placed[key])
    return placed
