"""The files of module versions: staged whole, then put in their place by one move.

Releases lie at `<zone>/<module>/<version>`. The development version is a link `dev` beside trees named for their
digest, so that all who import it see the next one at once, and those who were reading go on with the one before.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path

from openmo.core.hostile.trees import remove_tree
from openmo.modules.values import DEV
from openmo.storage.shown import ShownTrees

_SHOWN = 16
"""Digits of a digest that name a development tree."""


class VersionTrees(ShownTrees):
    """Trees below the folder of modules."""

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
