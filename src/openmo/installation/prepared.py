"""Whether a data folder is known to be up to date, so that a start need not look.

Bringing it up to date takes a second even when there is nothing to do, because the database toolkit must be imported.
The note that it was done names everything that decides what there is to do; when in doubt, it is done again.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import openmo
from openmo.config.settings import Settings
from openmo.core.hostile.paths import write_over
from openmo.core.plain import read_plain
from openmo.environments.builder import Environments, base_spec, lab_spec

_PACKAGE = Path(openmo.__file__).resolve().parent
_NOTE = "prepared"
_SQLITE = b"SQLite format 3\0"


def is_prepared(settings: Settings) -> bool:
    """Whether nothing has changed since `mark_prepared`. A database server may have changed behind our back: never."""
    if settings.database_url or not _is_database(settings.data / "openmo.sqlite"):
        return False
    environments = Environments(settings.environments_folder)
    if any(environments.find(spec) is None for spec in (base_spec(), lab_spec())):
        return False
    try:
        return read_plain(settings.folder.run / _NOTE) == _digest(settings).encode()
    except OSError:
        return False


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def mark_prepared(settings: Settings) -> None:
    """The data folder has just been brought up to date."""
    write_over(settings.folder.run / _NOTE, _digest(settings).encode())


def _digest(settings: Settings) -> str:
    sums = hashlib.sha256(f"{settings.samples} {settings.environments_folder}".encode())
    for path in sorted(_sources()):
        status = path.stat()
        sums.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return sums.hexdigest()


def _sources() -> Iterator[Path]:
    """All code and content that preparing depends on: the package, and beside it the samples of a checkout."""
    yield from _PACKAGE.rglob("*.py")
    for folder in (_PACKAGE / "examples", _PACKAGE.parent.parent / "examples"):
        yield from (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
