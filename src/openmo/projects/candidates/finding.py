"""Which files of a workspace something that is made of it needs: found by imports, and by paths that sources name."""

import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath

from openmo.core.hostile.folder import HostileFolder
from openmo.projects.candidates.sources import NamedFiles, imported_files, read_tree
from openmo.projects.candidates.values import Candidate, Candidates, FileReason, Product

FILE_LIMIT = 5000
_SOURCES_LIMIT = 300
_DEPTH = 60


def find_candidates(workspace: HostileFolder, product: Product) -> Candidates:
    """Every file that the product could hold. Nothing is run, and no link is followed."""
    sizes: dict[str, int] = {}
    truncated = False
    for path, size in _files(workspace, product):
        if len(sizes) >= FILE_LIMIT:
            truncated = True
            break
        sizes[path] = size
    reasons = _needed(workspace, sizes, product)
    items = [
        Candidate(path=path, bytes=size, reason=reason, needed_by=source)
        for path, size in sizes.items()
        for reason, source in [reasons.get(path, (None, ""))]
    ]
    items.sort(key=lambda each: (not each.ticked, each.path))
    return Candidates(items=tuple(items), truncated=truncated)


def unknown_paths(workspace: HostileFolder, product: Product, files: Iterable[str]) -> tuple[str, ...]:
    """Those of the chosen files and folders that the product cannot hold, in order."""
    inside = set(product.required)
    for path, _ in _files(workspace, product):
        inside |= {path, *map(str, PurePosixPath(path).parents)}
    return tuple(sorted({*files} - inside))


def selection(product: Product, files: Iterable[str]) -> Callable[[PurePosixPath], bool]:
    """What decides whether the product holds a path, for the files (or whole folders) that were chosen."""
    chosen = frozenset(files) | frozenset(product.required)
    above = frozenset(str(parent) for path in chosen for parent in PurePosixPath(path).parents)

    def holds(path: PurePosixPath) -> bool:
        return product.may_hold(path) and (
            str(path) in chosen or str(path) in above or any(str(parent) in chosen for parent in path.parents)
        )

    return holds


def _files(workspace: HostileFolder, product: Product) -> Iterator[tuple[str, int]]:
    """(path, bytes) of every regular file."""

    def is_looked_at(path: PurePosixPath) -> bool:
        return len(path.parts) <= _DEPTH and _is_text(path.name) and product.may_hold(path)

    for entry in workspace.walk(is_looked_at, depth=_DEPTH):
        if stat.S_ISREG(entry.status.st_mode):
            yield str(entry.path), entry.status.st_size


def _needed(workspace: HostileFolder, sizes: dict[str, int], product: Product) -> dict[str, tuple[FileReason, str]]:
    found: dict[str, tuple[FileReason, str]] = {path: (product.reason, "") for path in product.always if path in sizes}
    files = NamedFiles(sizes)
    waiting = [product.source] if product.source in sizes else []
    read = 0
    while waiting and read < _SOURCES_LIMIT:
        source = waiting.pop()
        read += 1
        tree = read_tree(workspace, source)
        if tree is None:
            continue
        for path in imported_files(tree, source, sizes):
            if path not in found:
                found[path] = (FileReason.IMPORTED, source)
                waiting.append(path)
        for path in files.named(tree):
            found.setdefault(path, (FileReason.NAMED, source))
    return found


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
