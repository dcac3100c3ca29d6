"""What a store remembers of the files that it has read."""

import hashlib
import os
from pathlib import Path

from openmo.storage.verified import VerifiedFiles

_LONG_AGO = (10**18, 10**18)


def _stored(folder: Path, data: bytes) -> Path:
    path = folder / hashlib.sha256(data).hexdigest()
    path.write_bytes(data)
    os.utime(path, ns=_LONG_AGO)
    return path


def test_what_was_read_is_known_until_it_changes(tmp_path: Path) -> None:
    files, path = VerifiedFiles(), _stored(tmp_path, b"one")
    assert not files.knows(path.name, path.stat())
    assert files.holds(path, path.stat())
    assert files.knows(path.name, path.stat())
    (tmp_path / "shown").hardlink_to(path)
    assert files.knows(path.name, path.stat()), "one more name changes nothing of what it holds"
    path.write_bytes(b"two")
    assert not files.knows(path.name, path.stat())
    assert not files.holds(path, path.stat())


def test_what_changed_a_moment_ago_is_read_again(tmp_path: Path) -> None:
    files, path = VerifiedFiles(), _stored(tmp_path, b"one")
    os.utime(path)
    assert files.holds(path, path.stat())
    assert not files.knows(path.name, path.stat()), "within the same time stamp it could have changed since"


def test_only_so_many_are_remembered(tmp_path: Path) -> None:
    files = VerifiedFiles(most=2)
    paths = [_stored(tmp_path, bytes([number])) for number in range(3)]
    for path in paths:
        assert files.holds(path, path.stat())
    assert [files.knows(path.name, path.stat()) for path in paths] == [False, True, True]
