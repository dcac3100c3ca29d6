"""Where files lie while they are sent: one folder a session, in it a file by its number."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from openmo.core.hostile.trees import remove_tree
from openmo.datasets.uploads.receiving import PartialFile
from openmo.datasets.uploads.values import UploadId
from openmo.system.durable import sync_folder


class UploadFolders:
    """The platform's own files of sessions, on the file system of the object store."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def root(self, upload_id: UploadId) -> Path:
        """The session's own, which is there."""
        path = self._root / upload_id
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path

    def file(self, upload_id: UploadId, number: int) -> Path:
        return self._root / upload_id / str(number)

    def add(self, upload_id: UploadId, number: int) -> None:
        """An empty file is there, also after a power cut."""
        path = self.file(upload_id, number)
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(self._root)
        PartialFile.create(path)
        sync_folder(path.parent)

    def keep(self, upload_id: UploadId, number: int) -> None:
        """The file is there, empty where it has gone since (with a disk that was restored, say)."""
        if not self.file(upload_id, number).exists():
            self.add(upload_id, number)

    def sizes(self, upload_id: UploadId) -> Mapping[int, int]:
        """How much of each file is there."""
        try:
            with os.scandir(self._root / upload_id) as entries:
                return {int(entry.name): entry.stat(follow_symlinks=False).st_size for entry in entries}
        except FileNotFoundError:
            return {}

    def remove_file(self, upload_id: UploadId, number: int) -> None:
        self.file(upload_id, number).unlink(missing_ok=True)

    def remove(self, upload_id: UploadId) -> None:
        remove_tree(self._root / upload_id)

    def sweep(self, known: Collection[str]) -> None:
        """Nothing lies there of sessions that are not known."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in self._root.iterdir():
            if path.name not in known:
                remove_tree(path)
