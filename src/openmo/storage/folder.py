"""Content-addressed trees in a folder.

`objects/ab/abcd…` holds each file once, named by its SHA-256 (with `x` appended where it is executable) and read-only;
`trees/<digest>.json` is a manifest. A tree is shown by hard links, so it takes no space and appears at once. What comes
from a workspace is hostile: folders are walked by descriptor and no link is followed.
"""

import contextlib
import errno
import hashlib
import json
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import msgspec

from openmo.core.clock import unix_now
from openmo.core.errors import InvalidInput, NotFound, StorageFull
from openmo.core.hostile.beneath import Entry, TooDeep
from openmo.core.hostile.folder import HostileFolder
from openmo.core.hostile.paths import set_aside, write_atomic
from openmo.core.messages import message
from openmo.core.plain import NoPlainFile, read_plain
from openmo.storage.links import links_inside
from openmo.storage.manifests import Manifest, changed, damaged_file, damaged_list, encoded, read_manifest, summary_of
from openmo.storage.store import StoredFile, TreeSummary
from openmo.storage.verified import DIGEST_LENGTH, VerifiedFiles, content_digest
from openmo.system.durable import sync_folder

_CHUNK = 1 << 20
_RACY_NS = 2_000_000_000
"""A file touched less than this before it was hashed may change again within the same time stamp."""
_SYNC_ALL_FROM = 32
"""More new objects than that are made durable by one sync of the file system instead of one each."""
_DEPTH = 100
"""Folders within folders; each costs an open descriptor while it is walked."""

Keep = Callable[[PurePosixPath], bool]
Signature = tuple[int, int, int, int]


@dataclass(slots=True)
class _Found:
    """What one walk over a workspace saw."""

    files: list[tuple[str, int, str]] = field(default_factory=list)
    """(path, bytes, object name)"""
    links: list[tuple[str, str]] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    new_objects: list[Path] = field(default_factory=list)
    seen: dict[str, tuple[Signature, str]] = field(default_factory=dict)


class FolderObjectStore:
    """An object store below one folder, which must be on the file system of the trees' targets."""

    def __init__(self, root: Path) -> None:
        self._objects = root / "objects"
        self._trees = root / "trees"
        self._index = root / "index"
        self._verified = VerifiedFiles()
        for folder in (self._objects, self._trees, self._index):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put_tree(self, source: HostileFolder, *, keep: Keep | None = None) -> TreeSummary:
        known = self._load_index(source)
        found = _Found()
        self._note(source, keep or _keep_all, known, found)
        self._make_durable(found.new_objects)
        found.links = links_inside(found.links)
        digest = self._put_manifest(Manifest(found.files, found.links, found.folders))
        self._save_index(source, found)
        return summary_of(digest, found.files)

    def adopt(self, source: Path) -> StoredFile:
        status = source.stat()
        with source.open("rb") as file:
            name = hashlib.file_digest(file, "sha256").hexdigest()
        target = self._object(name)
        there = self._status(name)
        if there is not None and there.st_size == status.st_size and self._verified.holds(target, there):
            return StoredFile(status.st_size, name)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        if target.is_dir():
            set_aside(target)
        source.chmod(0o444)
        temporary = self._objects / f".{secrets.token_hex(8)}"
        temporary.hardlink_to(source)
        temporary.rename(target)  # over what is damaged, if that is there
        temporary.unlink(missing_ok=True)  # a rename onto another name of the same file leaves both
        return StoredFile(status.st_size, name)

    def change_tree(
        self, base: str | None, files: Mapping[str, StoredFile], *, removed: Callable[[str], bool]
    ) -> TreeSummary:
        before = Manifest([], [], []) if base is None else self._manifest(base)
        after = changed(before, files, removed)
        for folder in {self._object(file.content).parent for file in files.values()}:
            sync_folder(folder)
        return summary_of(self._put_manifest(after), after.files)

    def link_tree(self, digest: str, target: Path) -> None:
        self._materialise(digest, target, _show)

    def check_linked(self, digest: str, target: Path, *, most_bytes: int | None = None) -> None:
        manifest = self._manifest(digest)
        self._check_all(manifest, most_bytes)
        for path, _, name in manifest.files:
            if not _is_shown(self._object(name), target / path):
                raise damaged_file(path)

    def copy_tree(self, digest: str, target: Path) -> None:
        self._materialise(digest, target, _copy_writable)

    def examine(self) -> tuple[int, tuple[str, ...]]:
        """Reads all that is stored: how many files, and the names (digests) of those that are damaged."""
        names = sorted(path.name for path in self._objects.glob("??/*") if "." not in path.name)
        return len(names), tuple(name for name in names if content_digest(self._object(name)) != name[:DIGEST_LENGTH])

    def read_files(self, digest: str, wanted: Callable[[str], bool], *, limit: int, total: int) -> dict[str, bytes]:
        found = {}
        for path, size, name in sorted(self._manifest(digest).files, key=lambda file: file[1]):
            if not wanted(path):
                continue
            total -= min(size, limit)
            if total < 0:
                break
            with self._object(name).open("rb") as file:
                found[path] = file.read(limit)
        return found

    def summary(self, digest: str) -> TreeSummary:
        return summary_of(digest, self._manifest(digest).files)

    def files(self, digest: str) -> dict[str, StoredFile]:
        return {path: StoredFile(size, name) for path, size, name in self._manifest(digest).files}

    def _note(self, source: HostileFolder, keep: Keep, known: dict[str, tuple[Signature, str]], found: _Found) -> None:
        try:
            for entry in source.walk(keep, depth=_DEPTH):
                path, mode = str(entry.path), entry.status.st_mode
                if stat.S_ISDIR(mode):
                    found.folders.append(path)
                elif stat.S_ISREG(mode):
                    if not self._is_known(path, entry.status, known, found):
                        self._put_file(entry, path, found)
                elif stat.S_ISLNK(mode):
                    with contextlib.suppress(OSError):  # replaced since it was seen
                        found.links.append((path, entry.target()))
        except TooDeep as error:
            refusal = message("Folders lie more than %(depth)s deep in each other: flatten them.", depth=_DEPTH)
            raise InvalidInput(refusal, field="files") from error

    def _is_known(
        self, path: str, status: os.stat_result, known: dict[str, tuple[Signature, str]], found: _Found
    ) -> bool:
        """Whether the file is what it was at the last walk: then it is noted, without being opened."""
        last = known.get(path)
        if last is None or last[0] != _signature(status):
            return False
        stored = self._status(last[1])
        if stored is None or stored.st_size != status.st_size:  # gone, or cut short: it is put anew
            return False
        found.seen[path] = last
        found.files.append((path, stored.st_size, last[1]))
        return True

    def _put_file(self, entry: Entry, path: str, found: _Found) -> None:
        try:
            descriptor = entry.open()
        except OSError:
            return  # replaced or removed between the look and the opening
        status = os.fstat(descriptor)
        with os.fdopen(descriptor, "rb") as file:
            if status.st_size > shutil.disk_usage(self._objects).free:
                refusal = message(
                    "The disk is full: %(path)s has %(size)s bytes, more than is left. Delete what is not needed (old "
                    "jobs, results, releases), or ask the administrator for space.",
                    path=repr(path[:200]),
                    size=f"{status.st_size:,}",
                )
                raise StorageFull(refusal)
            signature = _signature(status)
            executable = bool(status.st_mode & stat.S_IXUSR)
            name_of_object, created = self._put_object(_chunks(file), executable=executable)
            if created:
                found.new_objects.append(self._object(name_of_object))
        if max(signature[1], signature[2]) < unix_now() * 1e9 - _RACY_NS:
            found.seen[path] = (signature, name_of_object)
        found.files.append((path, self._object(name_of_object).stat().st_size, name_of_object))

    def _put_object(self, chunks: Iterator[bytes], *, executable: bool) -> tuple[str, bool]:
        temporary = self._objects / f".{secrets.token_hex(8)}"
        digest = hashlib.sha256()
        size = 0
        try:
            with temporary.open("xb") as out:
                for chunk in chunks:
                    digest.update(chunk)
                    size += out.write(chunk)
            name = digest.hexdigest() + ("x" if executable else "")
            target = self._object(name)
            status = self._status(name)
            if status is not None and status.st_size == size and self._verified.holds(self._object(name), status):
                return name, False
            temporary.chmod(0o555 if executable else 0o444)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            if target.is_dir():
                set_aside(target)
            temporary.rename(target)  # over what is damaged, if that is there
            return name, True
        finally:
            temporary.unlink(missing_ok=True)

    def _make_durable(self, created: list[Path]) -> None:
        if len(created) > _SYNC_ALL_FROM:
            os.sync()
            return
        for path in created:
            with path.open("rb") as file:
                os.fsync(file.fileno())
            sync_folder(path.parent)

    def _put_manifest(self, manifest: Manifest) -> str:
        data = encoded(manifest)
        digest = hashlib.sha256(data).hexdigest()
        path = self._trees / f"{digest}.json"
        with contextlib.suppress(FileNotFoundError, NoPlainFile):
            if read_plain(path) == data:
                return digest
        if path.is_dir():
            set_aside(path)
        write_atomic(path, data, mode=0o400)
        return digest

    def _manifest(self, digest: str) -> Manifest:
        try:
            return read_manifest(read_plain(self._trees / f"{digest}.json"), digest)
        except FileNotFoundError as error:
            raise NotFound(message("There is no stored tree %(digest)s.", digest=digest[:16])) from error
        except (NoPlainFile, ValueError, RecursionError) as error:
            raise damaged_list(digest) from error

    def _materialise(self, digest: str, target: Path, place: Callable[[Path, Path], object]) -> None:
        manifest = self._manifest(digest)
        self._check_all(manifest)
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
        temporary.mkdir(mode=0o700)
        try:
            for folder in manifest.folders:
                (temporary / folder).mkdir()
            for path, _, name in manifest.files:
                place(self._object(name), temporary / path)
            for path, link in manifest.links:
                (temporary / path).symlink_to(link)
            temporary.rename(target)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise

    def _check_all(self, manifest: Manifest, most_bytes: int | None = None) -> None:
        """Raises Damaged where an object is gone or does not hold what was stored; the next save stores such anew."""
        damaged = []
        for path, size, name in manifest.files:
            status = self._status(name)
            if status is None or status.st_size != size:
                damaged.append(path)
                continue
            if most_bytes is not None and not self._verified.knows(name, status):
                if size > most_bytes:
                    continue
                most_bytes -= size
            if not self._verified.holds(self._object(name), status):
                set_aside(self._object(name))
                damaged.append(path)
        if damaged:
            raise damaged_file(damaged[0])

    def _status(self, name: str) -> os.stat_result | None:
        """Of an object; None where there is no such file."""
        try:
            status = self._object(name).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status if stat.S_ISREG(status.st_mode) else None

    def _object(self, name: str) -> Path:
        return self._objects / name[:2] / name

    def _index_file(self, source: HostileFolder) -> Path:
        return self._index / f"{hashlib.sha256(str(source.whereabouts).encode()).hexdigest()}.json"

    def _load_index(self, source: HostileFolder) -> dict[str, tuple[Signature, str]]:
        try:
            return _decode_index(read_plain(self._index_file(source)))
        except (FileNotFoundError, NoPlainFile, ValueError, RecursionError):
            return {}

    def _save_index(self, source: HostileFolder, found: _Found) -> None:
        entries = [(path, signature, name) for path, (signature, name) in found.seen.items()]
        temporary = self._index_file(source).with_suffix(f".{secrets.token_hex(4)}")
        temporary.write_text(json.dumps(entries))
        temporary.replace(self._index_file(source))  # a lost index costs time only, so no fsync


def _decode_index(data: bytes) -> dict[str, tuple[Signature, str]]:
    """Raises ValueError for what is no index."""
    entries = msgspec.convert(json.loads(data), list[tuple[str, Signature, str]])
    return {path: (signature, name) for path, signature, name in entries}


def _signature(status: os.stat_result) -> Signature:
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _keep_all(path: PurePosixPath) -> bool:
    del path
    return True


def _show(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno != errno.EMLINK:
            raise
        shutil.copy2(source, target)  # a file system limits the names of one file; empty files reach that limit


def _is_shown(stored: Path, shown: Path) -> bool:
    """Whether `_show` has put it there: as another name of the file, or a copy where there were too many names."""
    try:
        ours, theirs = stored.lstat(), shown.lstat()
    except OSError:
        return False
    copied = (theirs.st_size, theirs.st_mtime_ns, theirs.st_mode) == (ours.st_size, ours.st_mtime_ns, ours.st_mode)
    return (ours.st_dev, ours.st_ino) == (theirs.st_dev, theirs.st_ino) or copied


def _copy_writable(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    target.chmod(0o755 if source.name.endswith("x") else 0o644)
