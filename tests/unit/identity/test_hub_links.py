import hashlib
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from openmo.identity.sign_in_link import LIFETIME, consume, is_valid, new_link


class _Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()


def test_a_key_is_good_once(tmp_path: Path) -> None:
    clock = _Clock()
    key = new_link(tmp_path, clock)
    assert is_valid(tmp_path, key, clock)
    assert is_valid(tmp_path, key, clock), "looking must not use it up"
    assert consume(tmp_path, key, clock)
    assert not consume(tmp_path, key, clock)
    assert not is_valid(tmp_path, key, clock)


def test_a_key_expires(tmp_path: Path) -> None:
    clock = _Clock()
    key = new_link(tmp_path, clock)
    clock.moment += LIFETIME + timedelta(seconds=1)
    assert not is_valid(tmp_path, key, clock)
    assert not consume(tmp_path, key, clock)


def test_a_key_from_the_future_is_not_good(tmp_path: Path) -> None:
    clock = _Clock()
    key = new_link(tmp_path, clock)
    clock.moment -= timedelta(seconds=1)
    assert not consume(tmp_path, key, clock)


def test_the_folder_does_not_hold_the_key(tmp_path: Path) -> None:
    key = new_link(tmp_path, _Clock())
    (file,) = (tmp_path / "links").iterdir()
    assert key not in file.name
    assert key not in file.read_text()
    assert file.name == hashlib.sha256(key.encode()).hexdigest()
    assert file.stat().st_mode & 0o777 == 0o600


def test_expired_links_are_swept_up(tmp_path: Path) -> None:
    clock = _Clock()
    new_link(tmp_path, clock)
    clock.moment += LIFETIME * 2
    new_link(tmp_path, clock)
    assert len(list((tmp_path / "links").iterdir())) == 1


@pytest.mark.parametrize("key", ["", "../../state.json", "a" * 129, "键", "\0", "."])
def test_other_text_is_no_key(tmp_path: Path, key: str) -> None:
    new_link(tmp_path, _Clock())
    assert not is_valid(tmp_path, key, _Clock())
    assert not consume(tmp_path, key, _Clock())
    assert len(list((tmp_path / "links").iterdir())) == 1


def test_of_many_simultaneous_uses_one_succeeds(tmp_path: Path) -> None:
    clock = _Clock()
    key = new_link(tmp_path, clock)
    results: list[bool] = []
    barrier = threading.Barrier(16)

    def use() -> None:
        barrier.wait()
        results.append(consume(tmp_path, key, clock))

    threads = [threading.Thread(target=use) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count(True) == 1
