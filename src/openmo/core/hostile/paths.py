"""Paths that come from outside, and files that must be whole or absent."""

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.core.plain import NoPlainFile, read_plain
from openmo.system.durable import sync_folder


def relative_path(text: str) -> PurePosixPath:
    """A path below a root, as written by a user; raises InvalidInput for what could leave the root or name no file."""
    bad = "\0" in text or "\\" in text or text.startswith("/") or len(text) > 4096
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if bad or ".." in parts or any(len(part.encode("utf-8", "surrogatepass")) > 255 for part in parts):
        raise InvalidInput(message("%(path)s is not a path inside the project.", path=repr(text[:120])), field="path")
    return PurePosixPath(*parts)


def write_atomic(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """`path` holds either its old content or all of `data`, also when the machine stops half way."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def write_once(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """`path` holds all of `data`, or what another process wrote there first."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    write_atomic(temporary, data, mode=mode)
    try:
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(temporary)
    finally:
        temporary.unlink()
    sync_folder(path.parent)


def write_over(path: Path, data: bytes) -> None:
    """As `write_atomic`; a folder that stands in the way is set aside."""
    try:
        write_atomic(path, data)
    except IsADirectoryError:
        set_aside(path)
        write_atomic(path, data)


def kept(path: Path, make: Callable[[], bytes], is_whole: Callable[[bytes], bool]) -> bytes:
    """What the file holds: made at the first asking, and once more where it is damaged, which is set aside."""
    with contextlib.suppress(FileNotFoundError):
        with contextlib.suppress(NoPlainFile):
            if is_whole(found := read_plain(path)):
                return found
        set_aside(path)
    write_once(path, make())
    return path.read_bytes()


def set_aside(path: Path) -> None:
    """Nothing is at `path` any more; what was there lies beside it, under a name that says that it is damaged."""
    with contextlib.suppress(FileNotFoundError):
        path.rename(path.with_name(f"{path.name}.damaged-{secrets.token_hex(4)}"))
