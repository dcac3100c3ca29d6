"""Checks a whole archive before anything of it is written."""

from collections.abc import Iterable
from dataclasses import dataclass

from openmo_sdk.archives.entries import Entry, EntryKind, RefusedArchive, checked_target, shown

_BLOCK = 4096  # what the smallest file takes on disk
_HARMLESS_BYTES = 1 << 30
"""Up to here an archive may be packed as tightly as it likes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much may be unpacked: files and folders together, and bytes on disk."""

    entries: int = 500_000
    size: int
    packed: int
    """Bytes of the archive itself."""
    ratio: int = 200
    """How many times its own size it may become; text and tables reach 20, a bomb 1,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will be written, in this order: folders, files, hard links, symlinks. No file is written through a link."""

    directories: tuple[Entry, ...]
    files: tuple[Entry, ...]
    hardlinks: tuple[Entry, ...]
    symlinks: tuple[Entry, ...]
    size: int


def make_plan(entries: Iterable[Entry], limits: Limits) -> Plan:
    """The plan for these entries, a later one of the same path replacing the earlier. Raises RefusedArchive.

    Stops reading at the limits, so that an endless archive ends here.
    """
    chosen: dict[tuple[str, ...], Entry] = {}
    folders: set[tuple[str, ...]] = set()
    size = 0
    for entry in entries:
        if not entry.parts:
            continue  # the folder itself
        _check_kind(chosen, entry)
        chosen.pop(entry.parts, None)
        chosen[entry.parts] = entry
        _add_parents(folders, entry.parts)
        size += -(-entry.size // _BLOCK) * _BLOCK
        _check_limits(len(chosen) + len(folders), size, limits)
    _check_parents(chosen, folders)
    of_kind = {kind: tuple(entry for entry in chosen.values() if entry.kind is kind) for kind in EntryKind}
    return Plan(
        directories=of_kind[EntryKind.DIRECTORY],
        files=of_kind[EntryKind.FILE],
        hardlinks=of_kind[EntryKind.HARDLINK],
        symlinks=of_kind[EntryKind.SYMLINK],
        size=sum(entry.size for entry in chosen.values()),
    )


def _check_kind(chosen: dict[tuple[str, ...], Entry], entry: Entry) -> None:
    if entry.kind is EntryKind.SYMLINK:
        checked_target(entry.parts, entry.target)
    if entry.kind is EntryKind.HARDLINK:
        original = chosen.get(tuple(entry.target.split("/")))
        if original is None or original.kind not in (EntryKind.FILE, EntryKind.HARDLINK):
            raise RefusedArchive(
                f"{shown(entry.path)} repeats {shown(entry.target)}, which is no file of this archive."
            )
        if original.parts == entry.parts:
            raise RefusedArchive(f"{shown(entry.path)} is a link to itself.")


def _add_parents(folders: set[tuple[str, ...]], parts: tuple[str, ...]) -> None:
    for depth in range(len(parts) - 1, 0, -1):
        if parts[:depth] in folders:
            return
        folders.add(parts[:depth])


def _check_limits(count: int, size: int, limits: Limits) -> None:
    if count > limits.entries:
        raise RefusedArchive(
            f"The archive holds more than {limits.entries:,} files and folders. Unpack a part of it, or pack them as "
            "fewer, larger files."
        )
    if size > limits.size:
        raise RefusedArchive(
            f"Unpacked it would take more than {limits.size / 1e9:,.1f} GB, and that is all that may be used of this "
            "disk. Free some space, or unpack it elsewhere with -d."
        )
    if size > max(_HARMLESS_BYTES, limits.packed * limits.ratio):
        raise RefusedArchive(
            f"Its {limits.packed / 1e6:,.1f} MB would become more than {size / 1e9:,.1f} GB, over {limits.ratio} times "
            "as much: archives that are made to fill a disk look so. If it is meant, allow it with --max-ratio."
        )


def _check_parents(chosen: dict[tuple[str, ...], Entry], folders: set[tuple[str, ...]]) -> None:
    for parts in folders:
        entry = chosen.get(parts)
        if entry is not None and entry.kind is not EntryKind.DIRECTORY:
            raise RefusedArchive(f"{shown(entry.path)} is a {entry.kind.value}, yet other entries lie inside it.")
