"""Immutable trees of files, each file stored once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from openmo.core.hostile.folder import HostileFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeSummary:
    """What a stored tree holds."""

    digest: str
    """SHA-256 of the manifest: equal trees have equal digests."""
    files: int
    bytes: int
    largest: tuple[tuple[str, int], ...] = ()
    """Up to ten (path, bytes), largest first."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a stored tree."""

    bytes: int
    content: str
    """Equal for files with the same bytes and the same right to be executed, and for no others."""

    @property
    def sha256(self) -> str:
        """Of its bytes, in hexadecimal digits: `content` begins with it."""
        return self.content[:64]


class ObjectStore(Protocol):
    """A content-addressed store; what is put in never changes."""

    def put_tree(self, source: HostileFolder, *, keep: Callable[[PurePosixPath], bool] | None = None) -> TreeSummary:
        """Stores the regular files (and in-tree links) below `source` for which `keep` is true (None: all).

        `keep` is asked for folders too; a refused folder is not entered.
        """
        ...

    def adopt(self, source: Path) -> StoredFile:
        """A file of the platform's own is a stored one from now on, without a copy where its folder allows it.

        The caller writes it no more, and has made durable what it holds; it stays there until the caller removes it.
        """
        ...

    def change_tree(
        self, base: str | None, files: Mapping[str, StoredFile], *, removed: Callable[[str], bool]
    ) -> TreeSummary:
        """The tree `base` (None: an empty one) without the paths that are `removed`, and with these stored files.

        A file replaces what has its path; its name in the store is durable before the tree's. Raises InvalidInput where
        a path would be a file and a folder at once, NotFound for an unknown tree.
        """
        ...

    def link_tree(self, digest: str, target: Path) -> None:
        """An immutable tree appears at `target`, which must not exist: no bytes are copied. Atomic.

        Raises Damaged, as `copy_tree` does, where a file does not hold what was stored.
        """
        ...

    def check_linked(self, digest: str, target: Path, *, most_bytes: int | None = None) -> None:
        """What `link_tree` showed at `target` is the tree of that digest; raises Damaged, NotFound.

        Each file must be the stored one itself, and is read unless it was before and has not changed since, by inode,
        size and time of change; up to `most_bytes` are read in one call (None: all).
        """
        ...

    def copy_tree(self, digest: str, target: Path) -> None:
        """A writable copy of the tree appears at `target`, which must not exist. Atomic."""
        ...

    def read_files(self, digest: str, wanted: Callable[[str], bool], *, limit: int, total: int) -> dict[str, bytes]:
        """The first `limit` bytes of each wanted file of the tree, by path: the small ones first, `total` bytes in all.

        Raises NotFound for an unknown tree.
        """
        ...

    def summary(self, digest: str) -> TreeSummary:
        """Raises NotFound for an unknown tree."""
        ...

    def files(self, digest: str) -> Mapping[str, StoredFile]:
        """Every file of the tree by its path; raises NotFound for an unknown tree."""
        ...
