"""Trees of the store that stand where others read them: staged whole, then put in their place by one move."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from openmo.core.hostile.trees import remove_tree
from openmo.storage.store import ObjectStore

_STAGED = ".staged"


class ShownTrees:
    """Trees below a folder of the platform's own; user code reads them alone."""

    def __init__(self, store: ObjectStore, folder: Path) -> None:
        self._store = store
        self._staged = folder / _STAGED

    @contextmanager
    def staged(self, tree: str) -> Iterator[Path]:
        """The tree where nobody imports it, for as long as the block lasts or until it is moved."""
        self._staged.mkdir(mode=0o700, exist_ok=True)
        staged = self._staged / secrets.token_hex(8)
        self._store.link_tree(tree, staged)
        try:
            yield staged
        finally:
            remove_tree(staged)

    @contextmanager
    def staged_texts(self, texts: Mapping[str, bytes]) -> Iterator[Path]:
        """These files alone, for reading, as long as the block lasts."""
        staged = self._staged / secrets.token_hex(8)
        staged.mkdir(mode=0o700, parents=True)
        try:
            for name, data in texts.items():
                (staged / name).write_bytes(data)
            yield staged
        finally:
            remove_tree(staged)

    def place(self, staged: Path, target: Path) -> None:
        """The tree is at `target`; what a publishing that was cut off has left there is gone.

        Only in a transaction that has written the version's row: nobody else can be placing it.
        """
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():
            target.rename(staged.with_name(secrets.token_hex(8)))
        staged.rename(target)

    def discard(self, target: Path) -> None:
        """Nothing is left there."""
        with suppress(FileNotFoundError):
            self._staged.mkdir(mode=0o700, exist_ok=True)
            aside = self._staged / secrets.token_hex(8)
            target.rename(aside)
            remove_tree(aside)

    def show_in(self, zone: Path, trees: Mapping[str, str]) -> None:
        """Each version is in that folder, too: no bytes are copied, and what is there stays."""
        zone.mkdir(mode=0o700, parents=True, exist_ok=True)
        for version, tree in trees.items():
            if not (zone / version).exists():
                self._store.link_tree(tree, zone / version)

    def clear(self) -> None:
        """Nothing is staged: for a start, before anything is published."""
        remove_tree(self._staged)
