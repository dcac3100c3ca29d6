"""What may become of a file: each way is a function of its path."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

Damage = Callable[[Path], None]


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def empty(path: Path) -> None:
    remove(path)
    path.write_bytes(b"")


def nulls(path: Path) -> None:
    size = path.stat().st_size if path.is_file() else 64
    remove(path)
    path.write_bytes(b"\0" * max(64, size))


def half(path: Path) -> None:
    data = path.read_bytes() if path.is_file() else b"{ }"
    remove(path)
    path.write_bytes(data[: len(data) // 2])


def wrong_type(path: Path) -> None:
    remove(path)
    path.write_text('[{"supervisor": 1}]')


def wrong_values(path: Path) -> None:
    remove(path)
    path.write_text('{"kind": 7, "pid": -1, "start": "x", "boot": [], "ended_at": "now", "processes": {}}')


def no_text(path: Path) -> None:
    remove(path)
    path.write_bytes(b"\xff\xfe\x80")


def folder(path: Path) -> None:
    remove(path)
    path.mkdir()
    (path / "inside").write_text("x")


def link(path: Path) -> None:
    """To a file that has nothing to do with it."""
    remove(path)
    path.symlink_to("/etc/passwd")


def link_nowhere(path: Path) -> None:
    remove(path)
    path.symlink_to("no-such-file")


def link_loop(path: Path) -> None:
    remove(path)
    path.symlink_to(path.name)


def pipe(path: Path) -> None:
    """To open it waits for its other end."""
    remove(path)
    os.mkfifo(path)


DAMAGES: tuple[Damage, ...] = (
    folder, no_text, pipe, empty, nulls, half, wrong_type, wrong_values, link, link_nowhere, link_loop, remove,
)  # fmt: skip
