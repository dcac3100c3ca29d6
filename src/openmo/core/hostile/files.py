"""Looking at a folder of somebody's files without following where it must not lead."""

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from openmo.core.errors import InvalidInput, NotFound
from openmo.core.hostile.paths import is_inside, relative_path, resolve_inside
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


def list_folder(root: Path, path: str = "", *, also: tuple[Path, ...] = ()) -> tuple[FileEntry, ...]:
    """Folders first, then files, by name; raises NotFound.

    Hidden entries are left out, and so are links, but for those that lead into `also` (imported datasets and modules),
    and names that are not text, since no address could name them.
    """
    folder = resolve_inside(root, path, also=also)
    if not folder.is_dir():
        raise NotFound(message("%(path)s is not a folder.", path=repr(path[:120])))
    prefix = relative_path(path)
    entries = []
    try:
        with os.scandir(folder) as found:
            for item in found:
                entry = _listed(item, prefix, also)
                if entry is not None:
                    entries.append(entry)
                if len(entries) >= ENTRY_LIMIT:
                    break
    except OSError as error:
        raise NotFound(message("%(path)s is not a folder that can be read.", path=repr(path[:120]))) from error
    return tuple(sorted(entries, key=lambda entry: (not entry.is_folder, entry.name.lower())))


def view_file(root: Path, path: str, *, also: tuple[Path, ...] = ()) -> FileView:
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


def read_readme(root: Path) -> str:
    """The README's text, or nothing."""
    for name in _README:
        try:
            data, _ = read_inside(root, name, limit=TEXT_LIMIT)
        except (NotFound, InvalidInput):
            continue
        return data.decode("utf-8", "replace")
    return ""


def read_inside(root: Path, path: str, *, limit: int, also: tuple[Path, ...] = ()) -> tuple[bytes, FileEntry]:
    """Up to `limit` bytes of a regular file inside `root` or `also`, and what is known of it; raises NotFound.

    The file is opened first and looked at afterwards, so that a link put in its place between the two is noticed.
    """
    target = resolve_inside(root, path, also=also)
    try:
        descriptor = os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise NotFound(message("There is no %(path)s here.", path=repr(path[:120]))) from error
    try:
        status = os.fstat(descriptor)
        opened = Path(f"/proc/self/fd/{descriptor}").readlink()
        if not stat.S_ISREG(status.st_mode) or not is_inside(opened, root, *also):
            raise NotFound(message("There is no file %(path)s here.", path=repr(path[:120])))
        with os.fdopen(descriptor, "rb", closefd=False) as file:  # only now: it takes no folders
            return file.read(limit), _entry(relative_path(path), status)
    finally:
        os.close(descriptor)


def _listed(item: os.DirEntry[str], prefix: PurePosixPath, also: tuple[Path, ...]) -> FileEntry | None:
    """The entry as a list shows it, None when it does not."""
    if item.name.startswith(".") or not _is_text(item.name):
        return None
    is_link = item.is_symlink()
    if is_link and not _leads_into(Path(item.path), also):
        return None
    try:
        return _entry(prefix / item.name, item.stat(), is_link=is_link)
    except OSError:
        return None  # removed since it was listed


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _leads_into(link: Path, roots: tuple[Path, ...]) -> bool:
    try:
        return is_inside(link.resolve(strict=True), *roots)
    except (OSError, RuntimeError):
        return False


def _entry(path: PurePosixPath, status: os.stat_result, *, is_link: bool = False) -> FileEntry:
    return FileEntry(
        name=path.name,
        path=str(path),
        is_folder=stat.S_ISDIR(status.st_mode),
        bytes=status.st_size,
        modified_at=datetime.fromtimestamp(status.st_mtime, UTC),
        is_import=is_link,
    )
