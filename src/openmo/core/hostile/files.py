"""Looking at a folder of somebody's files without following where it must not lead."""

import bisect
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from openmo.core.errors import InvalidInput, NotFound
from openmo.core.hostile.beneath import closing
from openmo.core.hostile.folder import HostileFolder
from openmo.core.hostile.following import Reached
from openmo.core.hostile.paths import relative_path
from openmo.core.messages import message

TEXT_LIMIT = 1 << 20
"""Bytes of a text file that a page shows."""
IMAGE_LIMIT = 16 << 20
ENTRY_LIMIT = 2000
"""Entries of one folder that a page lists."""
_IMAGES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"})
_README = ("README.md", "readme.md", "README.txt", "README")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One line of a read-only file browser."""

    name: str
    path: str
    """Relative to the root, with '/'."""
    is_folder: bool
    bytes: int
    modified_at: datetime
    is_import: bool = False
    """Whether it is the entry of an imported dataset or module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """One file, as far as a page shows it."""

    entry: FileEntry
    kind: str
    """`text`, `notebook`, `image`, `markdown`, `binary` or `too_large`."""
    text: str = ""
    truncated: bool = False


def list_folder(root: HostileFolder, path: str = "", *, also: tuple[Path, ...] = ()) -> tuple[FileEntry, ...]:
    """Folders first, then files, by name; raises NotFound.

    Hidden entries are left out, and so are links, but for those that lead into `also` (imported datasets and modules),
    and names that are not text, since no address could name them.
    """
    prefix = relative_path(path)
    entries = []
    with _reached(root, prefix, also) as reached:
        if not stat.S_ISDIR(reached.status.st_mode):
            raise NotFound(message("%(path)s is not a folder.", path=repr(path[:120])))
        try:
            with closing(reached.open()) as folder, os.scandir(folder) as found:
                for item in found:
                    entry = _listed(item, root, prefix, also)
                    if entry is not None:
                        entries.append(entry)
                    if len(entries) >= ENTRY_LIMIT:
                        break
        except OSError as error:
            raise NotFound(message("%(path)s is not a folder that can be read.", path=repr(path[:120]))) from error
    return tuple(sorted(entries, key=lambda entry: (not entry.is_folder, entry.name.lower())))


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderPage:
    """Some entries of a folder."""

    items: tuple[FileEntry, ...]
    next: str
    """`after` of the next page; empty: this is the last."""


def folder_page(root: HostileFolder, path: str = "", *, after: str = "", limit: int) -> FolderPage:
    """Entries of a folder of any size: folders first, then files, by name; raises NotFound, InvalidInput.

    Only the entries of the page are looked at. Hidden ones are among them; links are left out, and so are names that
    are not text, since no address could name them.

    Args:
        root: Where the folder is.
        path: Of the folder.
        after: `next` of the page before.
        limit: Entries of a page.
    """
    prefix = relative_path(path)
    with _reached(root, prefix, ()) as reached:
        if not stat.S_ISDIR(reached.status.st_mode):
            raise NotFound(message("%(path)s is not a folder.", path=repr(path[:120])))
        try:
            with closing(reached.open()) as folder:
                with os.scandir(folder) as found:
                    there = sorted(_place(item) for item in found if not item.is_symlink() and _is_text(item.name))
                begins = bisect.bisect_right(there, _place_of(after)) if after else 0
                shown = there[begins : begins + limit]
                items = tuple(_entry(prefix / name, os.stat(name, dir_fd=folder)) for *_, name in shown)
        except OSError as error:
            raise NotFound(message("%(path)s is not a folder that can be read.", path=repr(path[:120]))) from error
    return FolderPage(items=items, next=_after(shown[-1]) if begins + limit < len(there) else "")


def _place(item: os.DirEntry[str]) -> tuple[bool, str, str]:
    """What a folder's page is sorted by."""
    return (not item.is_dir(follow_symlinks=False), item.name.lower(), item.name)


def _after(place: tuple[bool, str, str]) -> str:
    return f"{'file' if place[0] else 'folder'}/{place[2]}"


def _place_of(after: str) -> tuple[bool, str, str]:
    kind, slash, name = after.partition("/")
    if not slash or kind not in ("file", "folder"):
        raise InvalidInput("This list has no such place: begin at its first page again.", field="after")
    return (kind == "file", name.lower(), name)


def view_file(root: HostileFolder, path: str, *, also: tuple[Path, ...] = ()) -> FileView:
    """What a page shows of a file; raises NotFound for what is no regular file inside `root` or `also`."""
    data, entry = read_inside(root, path, limit=TEXT_LIMIT, also=also)
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in _IMAGES:
        return FileView(entry=entry, kind="image" if entry.bytes <= IMAGE_LIMIT else "too_large")
    if suffix == ".ipynb" and entry.bytes > TEXT_LIMIT:
        return FileView(entry=entry, kind="too_large")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if entry.bytes <= TEXT_LIMIT or error.start < len(data) - 4:
            return FileView(entry=entry, kind="binary")
        text = data[: error.start].decode("utf-8")
    if "\0" in text:
        return FileView(entry=entry, kind="binary")
    kind = {".ipynb": "notebook", ".md": "markdown"}.get(suffix, "text")
    return FileView(entry=entry, kind=kind, text=text, truncated=entry.bytes > len(data))


def read_readme(root: HostileFolder) -> str:
    """The README's text, or nothing."""
    for name in _README:
        try:
            data, _ = read_inside(root, name, limit=TEXT_LIMIT)
        except (NotFound, InvalidInput):
            continue
        return data.decode("utf-8", "replace")
    return ""


def read_inside(root: HostileFolder, path: str, *, limit: int, also: tuple[Path, ...] = ()) -> tuple[bytes, FileEntry]:
    """Up to `limit` bytes of a regular file inside `root` or `also`, and what is known of it; raises NotFound."""
    inner = relative_path(path)
    with _reached(root, inner, also) as reached:
        status = reached.status
        if not stat.S_ISREG(status.st_mode):
            raise NotFound(message("There is no file %(path)s here.", path=repr(path[:120])))
        try:
            with os.fdopen(reached.open(), "rb") as file:
                return file.read(limit), _entry(inner, status)
        except OSError as error:
            raise NotFound(message("There is no %(path)s here.", path=repr(path[:120]))) from error


@contextmanager
def _reached(root: HostileFolder, path: PurePosixPath, also: tuple[Path, ...]) -> Iterator[Reached]:
    try:
        reached = root.reach(path, also)
    except (OSError, ValueError) as error:  # absent, a loop of links, a name that no file can have
        raise NotFound(message("There is no %(path)s here.", path=repr(str(path)[:120]))) from error
    with closing(reached.descriptor):
        yield reached


def _listed(
    item: os.DirEntry[str], root: HostileFolder, prefix: PurePosixPath, also: tuple[Path, ...]
) -> FileEntry | None:
    """The entry as a list shows it, None when it does not."""
    if item.name.startswith(".") or not _is_text(item.name):
        return None
    path = prefix / item.name
    try:
        if not item.is_symlink():
            return _entry(path, item.stat(follow_symlinks=False))
        reached = root.reach(path, also)
    except OSError:
        return None  # removed since it was listed, or a link out of here
    with closing(reached.descriptor):
        return _entry(path, reached.status, is_link=True) if reached.imported else None


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _entry(path: PurePosixPath, status: os.stat_result, *, is_link: bool = False) -> FileEntry:
    return FileEntry(
        name=path.name,
        path=str(path),
        is_folder=stat.S_ISDIR(status.st_mode),
        bytes=status.st_size,
        modified_at=datetime.fromtimestamp(status.st_mtime, UTC),
        is_import=is_link,
    )
