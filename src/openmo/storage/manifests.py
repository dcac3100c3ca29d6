"""Trees as the files that list them."""

import hashlib
import heapq
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

import msgspec

from openmo.core.errors import Damaged, InvalidInput
from openmo.core.messages import message
from openmo.storage.links import links_inside
from openmo.storage.store import StoredFile, TreeSummary

_MAX_NAMED = 10
"""Files that a summary names."""
"""Files that a summary names."""


class Manifest(msgspec.Struct, frozen=True):
    """A tree as its file says it."""

    files: list[tuple[str, int, str]]
    """Path, bytes, and the name of the object."""
    links: list[tuple[str, str]]
    """Path, and where it leads."""
    folders: list[str]


def damaged_list(digest: str) -> Damaged:
    """What to raise for a list that cannot be read."""
    return Damaged(
        message(
            "The list of stored files %(digest)s is damaged: restore the folder store/ from a backup.",
            digest=digest[:16],
        )
    )


def damaged_file(path: str) -> Damaged:
    """What to raise for a file that is not what was stored."""
    return Damaged(
        message(
            "The stored file %(path)s is damaged: restore the folder store/ from a backup, or make again what "
            "needs it.",
            path=repr(path[:200]),
        )
    )


def encoded(manifest: Manifest) -> bytes:
    """The bytes whose digest names the tree: equal for equal trees, whatever the order."""
    lists = {
        "files": sorted(manifest.files),
        "links": sorted(manifest.links),
        "folders": sorted(manifest.folders),
    }
    return json.dumps(lists, ensure_ascii=True, separators=(",", ":")).encode()


def changed(before: Manifest, files: Mapping[str, StoredFile], removed: Callable[[str], bool]) -> Manifest:
    """The tree without what is removed, and with these files, which replace what has their path."""
    listed = {path: (path, size, name) for path, size, name in before.files if not removed(path)}
    listed |= {path: (path, file.bytes, file.content) for path, file in files.items()}
    links = {path: target for path, target in before.links if path not in files and not removed(path)}
    holding = {*_folders((*listed, *links))}
    for path in (*listed, *links):
        if path in holding:
            raise InvalidInput(
                message(
                    "%(path)s would be a file and a folder at once: rename the file, or remove what has that name.",
                    path=repr(path[:200]),
                ),
                field="files",
            )
    gone = {*_folders(path for path, _, _ in before.files)} | {*_folders(path for path, _ in before.links)}
    empty = {path for path in before.folders if path not in gone and path not in listed and not removed(path)}
    return Manifest([*listed.values()], links_inside([*links.items()]), [*(holding | empty | {*_folders(empty)})])


def _folders(paths: Iterable[str]) -> Iterable[str]:
    """Every folder that is needed for these, but the root; some more than once."""
    for path in paths:
        for above in PurePosixPath(path).parents:
            if above.name:
                yield str(above)


def read_manifest(data: bytes, digest: str) -> Manifest:
    """Raises ValueError for other bytes than were stored."""
    if hashlib.sha256(data).hexdigest() != digest:
        raise ValueError("other bytes than were stored")
    # json: names may hold what msgspec takes for no Unicode
    return msgspec.convert(json.loads(data), Manifest)


def summary_of(digest: str, files: Sequence[tuple[str, int, str]]) -> TreeSummary:
    """What the tree holds, in numbers."""
    largest = heapq.nsmallest(_MAX_NAMED, ((-size, path) for path, size, _ in files))
    return TreeSummary(
        digest=digest,
        files=len(files),
        bytes=sum(size for _, size, _ in files),
        largest=tuple((path, -size) for size, path in largest),
    )
