"""The tree of one release: its files, and links to the datasets and modules that it was made with."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from openmo.apps.preparing.proposal import HANDLER
from openmo.core.errors import Conflict
from openmo.core.hostile.folder import HostileFolder
from openmo.core.hostile.trees import remove_tree
from openmo.serving.directory import DeployedRelease
from openmo.storage.store import ObjectStore

_MOST_READ = 1 << 30


def place_tree(store: ObjectStore, digest: str, target: Path, link: Callable[[HostileFolder], None]) -> None:
    """`target` is the stored tree, whole or not at all; `link` adds what the project imports.

    Raises Conflict unless it holds handler.py itself.
    """
    unfinished = target.with_name(f".{target.name}")
    store.link_tree(digest, unfinished)
    try:
        _check_handler(unfinished)
        link(HostileFolder(unfinished))
        unfinished.rename(target)
    except BaseException:
        remove_tree(unfinished)
        raise


def _check_handler(release: Path) -> None:
    if not (release / HANDLER).is_file():
        raise Conflict("handler.py is a link to what no release holds: put the file itself there.")


def check_files(store: ObjectStore, release: DeployedRelease) -> None:
    """Its files are those that were deployed: for the start of a worker, which waits for it. Raises Damaged.

    Of those that this process has not read yet 1 GiB are read.
    """
    store.check_linked(release.tree, release.folder, most_bytes=_MOST_READ)


def sweep_trees(releases: Path, live: Collection[str]) -> None:
    """Only these trees are left."""
    for folder in releases.iterdir():
        if folder.name not in live:
            remove_tree(folder)


def imports_of(release: Path) -> tuple[Path, ...]:
    """The datasets and modules that the release was made with, whatever its project imports by now.

    A stored tree holds no absolute links, so every one here was placed with the release.
    """
    return tuple(sorted(target for _, target in _import_links(release)))


def _import_links(release: Path) -> Iterator[tuple[str, Path]]:
    for entry in (*release.glob("datasets/*"), *release.glob("modules/*/*/*")):
        if entry.is_symlink() and (target := entry.readlink()).is_absolute():
            yield entry.relative_to(release).as_posix(), target


def copy_imports(release: Path, folder: HostileFolder) -> None:
    """What one release imports, `folder` imports too."""
    folder.make("datasets")
    for path, target in _import_links(release):
        folder.place_link(path, target)
