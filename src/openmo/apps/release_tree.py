"""The tree of one release: its files, and links to the datasets and modules that it was made with."""

from collections.abc import Iterator
from pathlib import Path

from openmo.apps.preparing import HANDLER
from openmo.core.beneath import place_link
from openmo.core.errors import Conflict


def check_handler(release: Path) -> None:
    """Raises Conflict unless the release holds handler.py itself."""
    if not (release / HANDLER).is_file():
        raise Conflict("handler.py is a link to what no release holds: put the file itself there.")


def imports_of(release: Path) -> tuple[Path, ...]:
    """The datasets and modules that the release was made with, whatever its project imports by now.

    A stored tree holds no absolute links, so every one here was placed with the release.
    """
    return tuple(sorted(target for _, target in _import_links(release)))


def _import_links(release: Path) -> Iterator[tuple[str, Path]]:
    for entry in (*release.glob("datasets/*"), *release.glob("modules/*/*/*")):
        if entry.is_symlink() and (target := entry.readlink()).is_absolute():
            yield entry.relative_to(release).as_posix(), target


def copy_imports(release: Path, folder: Path) -> None:
    """What one release imports, `folder` imports too."""
    (folder / "datasets").mkdir(exist_ok=True)
    for path, target in _import_links(release):
        place_link(folder, path, target)
