"""An object store that keeps its objects in memory; only the trees that it shows are real files."""

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from openmo.core.errors import Damaged, NotFound
from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import message
from openmo.storage.links import links_inside
from openmo.storage.manifests import Manifest, changed
from openmo.storage.store import StoredFile, TreeSummary

_MAX_NAMED = 10
_DEPTH = 100


@dataclass(slots=True)
class _Tree:
    files: dict[str, tuple[bytes, bool]] = field(default_factory=dict)
    """Content and whether it is executable, by path."""
    links: dict[str, str] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)


class MemoryObjectStore:
    """Keeps the promises of the port for small trees; see `openmo.storage.store`."""

    def __init__(self) -> None:
        self._trees: dict[str, _Tree] = {}
        self._files: dict[str, tuple[bytes, bool]] = {}
        """Every stored file by its content."""

    def put_tree(self, source: HostileFolder, *, keep: Callable[[PurePosixPath], bool] | None = None) -> TreeSummary:
        tree = _Tree()
        for entry in source.walk(keep or (lambda _: True), depth=_DEPTH):
            path, mode = str(entry.path), entry.status.st_mode
            if stat.S_ISLNK(mode):
                tree.links[path] = entry.target()
            elif stat.S_ISDIR(mode):
                tree.folders.add(path)
            elif stat.S_ISREG(mode):
                with os.fdopen(entry.open(), "rb") as file:
                    tree.files[path] = (file.read(), bool(mode & stat.S_IXUSR))
        tree.links = dict(links_inside([*tree.links.items()]))
        return self._put(tree)

    def adopt(self, source: Path) -> StoredFile:
        data = source.read_bytes()
        content = _content(data, executable=False)
        self._files[content] = (data, False)
        return StoredFile(len(data), content)

    def change_tree(
        self, base: str | None, files: Mapping[str, StoredFile], *, removed: Callable[[str], bool]
    ) -> TreeSummary:
        before = _Tree() if base is None else self._tree(base)
        listed = [(path, len(data), _content(data, executable=mode)) for path, (data, mode) in before.files.items()]
        after = changed(Manifest(listed, [*before.links.items()], [*before.folders]), files, removed)
        tree = _Tree(
            files={path: self._files[content] for path, _, content in after.files},
            links=dict(after.links),
            folders=set(after.folders),
        )
        return self._put(tree)

    def link_tree(self, digest: str, target: Path) -> None:
        self._show(digest, target, writable=False)

    def check_linked(self, digest: str, target: Path, *, most_bytes: int | None = None) -> None:
        del most_bytes  # small trees
        for path, (data, _) in self._tree(digest).files.items():
            shown = target / path
            if shown.is_symlink() or not shown.is_file() or shown.read_bytes() != data:
                raise Damaged(
                    message(
                        "The stored file %(path)s is damaged: restore the folder store/ from a backup, or make again "
                        "what needs it.",
                        path=repr(path[:200]),
                    )
                )

    def copy_tree(self, digest: str, target: Path) -> None:
        self._show(digest, target, writable=True)

    def read_files(self, digest: str, wanted: Callable[[str], bool], *, limit: int, total: int) -> dict[str, bytes]:
        found = {}
        for path, (data, _) in sorted(self._tree(digest).files.items(), key=lambda file: len(file[1][0])):
            if not wanted(path):
                continue
            total -= min(len(data), limit)
            if total < 0:
                break
            found[path] = data[:limit]
        return found

    def summary(self, digest: str) -> TreeSummary:
        files = self._tree(digest).files
        sizes = sorted(((path, len(data)) for path, (data, _) in files.items()), key=lambda item: -item[1])
        total = sum(size for _, size in sizes)
        return TreeSummary(digest=digest, files=len(files), bytes=total, largest=tuple(sizes[:_MAX_NAMED]))

    def files(self, digest: str) -> dict[str, StoredFile]:
        return {
            path: StoredFile(len(data), _content(data, executable=executable))
            for path, (data, executable) in self._tree(digest).files.items()
        }

    def _put(self, tree: _Tree) -> TreeSummary:
        digest = _digest(tree)
        self._trees[digest] = tree
        self._files |= {_content(data, executable=mode): (data, mode) for data, mode in tree.files.values()}
        return self.summary(digest)

    def _tree(self, digest: str) -> _Tree:
        if digest not in self._trees:
            raise NotFound(message("There is no stored tree %(digest)s.", digest=digest[:16]))
        return self._trees[digest]

    def _show(self, digest: str, target: Path, *, writable: bool) -> None:
        tree = self._tree(digest)
        unfinished = target.with_name(f".{target.name}.unfinished")
        unfinished.mkdir(mode=0o700)
        try:
            for folder in sorted(tree.folders):
                (unfinished / folder).mkdir()
            for path, (data, executable) in tree.files.items():
                (unfinished / path).write_bytes(data)
                (unfinished / path).chmod((0o755 if executable else 0o644) & (0o777 if writable else 0o555))
            for path, link in tree.links.items():
                (unfinished / path).symlink_to(link)
            unfinished.rename(target)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise


def _content(data: bytes, *, executable: bool) -> str:
    return f"{hashlib.sha256(data).hexdigest()} {executable}"


def _digest(tree: _Tree) -> str:
    files = {path: [hashlib.sha256(data).hexdigest(), executable] for path, (data, executable) in tree.files.items()}
    manifest = json.dumps([files, tree.links, sorted(tree.folders)], sort_keys=True)
    return hashlib.sha256(manifest.encode()).hexdigest()
