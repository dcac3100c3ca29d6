"""The files of datasets' versions: listed, shown, downloaded one by one or all together."""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from openmo.accounts.values import Actor
from openmo.core.errors import NotFound
from openmo.core.hostile.beneath import closing
from openmo.core.hostile.files import FileEntry, FileView, FolderPage, folder_page, read_inside, read_readme, view_file
from openmo.core.hostile.folder import HostileFolder
from openmo.core.hostile.paths import relative_path
from openmo.core.messages import message
from openmo.core.text import whole
from openmo.datasets.service import DatasetService
from openmo.datasets.values import Dataset, DatasetVersion
from openmo.storage.store import ObjectStore

FILES_LIMIT = 1000
"""Files of one page."""
_CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the zero of ZIP's clock: files of a version have no time of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFile:
    """A file of a version."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestPage:
    """Some files of a version, by path."""

    items: tuple[ManifestFile, ...]
    next: str
    """`after` of the next page; empty: this is the last."""


class DatasetFileService:
    """What lies in the versions that an actor may see; each method raises NotFound for others."""

    def __init__(self, datasets: DatasetService, store: ObjectStore) -> None:
        self._datasets = datasets
        self._store = store

    def folder(
        self, actor: Actor, dataset: Dataset, version: int, path: str = "", *, after: str = "", limit: int = FILES_LIMIT
    ) -> FolderPage:
        """One folder of the version, a page at a time: folders first, then files, by name."""
        return folder_page(self._root(actor, dataset, version), path, after=after, limit=limit)

    def manifest(
        self, actor: Actor, dataset: Dataset, version: int, *, after: str = "", limit: int = FILES_LIMIT
    ) -> ManifestPage:
        """Every file of the version, in all folders, a page at a time; `after`: the path of the last one before."""
        files = self._store.files(self._datasets.version(actor, dataset, version).tree)
        paths = sorted(path for path in files if path > after)
        found = (ManifestFile(path=path, bytes=files[path].bytes, sha256=files[path].sha256) for path in paths[:limit])
        return ManifestPage(items=tuple(found), next=paths[limit - 1] if len(paths) > limit else "")

    def view(self, actor: Actor, dataset: Dataset, version: int, path: str) -> FileView:
        """What a page shows of a file."""
        return view_file(self._root(actor, dataset, version), path)

    def read(self, actor: Actor, dataset: Dataset, version: int, path: str, *, limit: int) -> tuple[bytes, FileEntry]:
        """Up to `limit` bytes of one file."""
        return read_inside(self._root(actor, dataset, version), path, limit=limit)

    def readme(self, actor: Actor, dataset: Dataset, version: int) -> str:
        """Markdown; empty: it has none."""
        return read_readme(self._root(actor, dataset, version))

    def file(self, actor: Actor, dataset: Dataset, version: int, path: str) -> Path:
        """Where one file lies: it never changes, and no link is on the way."""
        found = self._datasets.version(actor, dataset, version)
        inner = relative_path(path)
        if not self._root(actor, dataset, version).has_file(str(inner)):
            raise NotFound(message("There is no file %(path)s here.", path=repr(path[:120])))
        return self._datasets.path(dataset, found.number) / inner

    def archive(self, actor: Actor, dataset: Dataset, version: DatasetVersion) -> Iterator[bytes]:
        """A ZIP file of all files, made as it is read; nothing is compressed, since it is made for one reader."""
        found = self._datasets.version(actor, dataset, version.number)
        paths = sorted(self._store.files(found.tree))
        return _zipped(HostileFolder(self._datasets.path(dataset, found.number)), paths)

    def _root(self, actor: Actor, dataset: Dataset, version: int) -> HostileFolder:
        found = self._datasets.version(actor, dataset, version)
        return HostileFolder(self._datasets.path(dataset, found.number))


class _Pipe:
    """What a ZIP file is written to: bytes that wait to be sent."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing behind it."""

    def close(self) -> None:
        """It is closed by whoever reads."""

    def take(self) -> bytes:
        waiting, self._waiting = self._waiting, []
        return b"".join(waiting)


def _zipped(root: HostileFolder, paths: list[str]) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        for path in paths:
            entry = zipfile.ZipInfo(whole(path), _EPOCH)
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as target, _opened(root, path) as source:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
                    yield pipe.take()
            yield pipe.take()
    yield pipe.take()


@contextmanager
def _opened(root: HostileFolder, path: str) -> Iterator[BinaryIO]:
    reached = root.reach(PurePosixPath(path))
    with closing(reached.descriptor), os.fdopen(reached.open(), "rb") as file:
        yield file
