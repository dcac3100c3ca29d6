"""The files of module versions: staged whole, then put in their place by one move.

Releases lie at `<zone>/<module>/<version>`. The development version is a link `dev` beside trees named for their
digest, so that all who import it see the next one at once, and those who were reading go on with the one before.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from openmo.core.hostile.trees import remove_tree
from openmo.modules.values import DEV
from openmo.storage.store import ObjectStore

_STAGED = ".staged"
_SHOWN = 16
"""Digits of a digest that name a development tree."""


class VersionTrees:
    """Trees below the folder of modules, which is the platform's own; user code reads them alone."""

    def __init__(self, store: ObjectStore, modules: Path) -> None:
        self._store = store
        self._modules = modules

    @contextmanager
    def staged(self, tree: str) -> Iterator[Path]:
        """The tree where nobody imports it, for as long as the block lasts or until it is moved."""
        above = self._modules / _STAGED
        above.mkdir(mode=0o700, exist_ok=True)
        staged = above / secrets.token_hex(8)
        self._store.link_tree(tree, staged)
        try:
            yield staged
        finally:
            remove_tree(staged)

    @contextmanager
    def staged_texts(self, texts: Mapping[str, bytes]) -> Iterator[Path]:
        """These files alone, for reading, as long as the block lasts."""
        staged = self._modules / _STAGED / secrets.token_hex(8)
        staged.mkdir(mode=0o700, parents=True)
        try:
            for name, data in texts.items():
                (staged / name).write_bytes(data)
            yield staged
        finally:
            remove_tree(staged)

    def place_release(self, staged: Path, target: Path) -> None:
        """The tree is at `target`; what a publishing that was cut off has left there is gone.

        Only in a transaction that has written the version's row: nobody else can be placing it.
        """
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():
            target.rename(staged.with_name(secrets.token_hex(8)))
        staged.rename(target)

    def place_dev(self, staged: Path, link: Path, tree: str) -> str:
        """The link leads to the tree now; returns the name of the tree before, empty for the first.

        Only in a transaction that has written the version's row.
        """
        link.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = link.with_name(_dev_name(tree))
        if not target.exists():
            staged.rename(target)
        before = link.readlink().name if link.is_symlink() else ""
        _point(link, target.name)
        return before

    def take_back_dev(self, link: Path, before: str) -> None:
        """The link leads to where it led: its row was not written after all."""
        if before:
            _point(link, before)
        else:
            link.unlink(missing_ok=True)

    def forget_dev(self, link: Path, before: str | None) -> None:
        """Of the development trees the present one and the one before stay, for those who read in it."""
        kept = {link.readlink().name, before}
        for other in link.parent.glob(f".{DEV}-*"):
            if other.name not in kept:
                remove_tree(other)

    def discard(self, target: Path) -> None:
        """Nothing is left there."""
        with suppress(FileNotFoundError):
            aside = self._modules / _STAGED / secrets.token_hex(8)
            target.rename(aside)
            remove_tree(aside)

    def show_in(self, zone: Path, trees: Mapping[str, str]) -> None:
        """Each version is in that folder of the module, too: no bytes are copied, and what is there stays."""
        zone.mkdir(mode=0o700, parents=True, exist_ok=True)
        for version, tree in trees.items():
            if not (zone / version).exists():
                self._store.link_tree(tree, zone / version)

    def sweep(self, folder: Path, versions: Mapping[str, str]) -> None:
        """In this folder of a module nothing is left that has no row; `versions`: digests of those that have one."""
        for entry in folder.iterdir() if folder.is_dir() else ():
            if entry.name.startswith(f".{DEV}-"):
                if DEV not in versions:
                    remove_tree(entry)
            elif entry.name not in versions:
                remove_tree(entry)
            elif entry.name == DEV and entry.readlink().name != _dev_name(versions[DEV]):
                self._restore_dev(entry, versions[DEV])

    def clear(self) -> None:
        """Nothing is staged: for a start, before anything is published."""
        remove_tree(self._modules / _STAGED)

    def _restore_dev(self, link: Path, tree: str) -> None:
        target = link.with_name(_dev_name(tree))
        if not target.exists():
            self._store.link_tree(tree, target)
        _point(link, target.name)


def _point(link: Path, name: str) -> None:
    temporary = link.with_name(f".{secrets.token_hex(8)}")
    temporary.symlink_to(name)
    temporary.replace(link)


def _dev_name(tree: str) -> str:
    return f".{DEV}-{tree[:_SHOWN]}"
