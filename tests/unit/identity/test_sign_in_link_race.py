"""A sign-in link that twenty browsers open at once signs one of them in."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from openmo.core.clock import SystemClock
from openmo.identity.sign_in_link import consume, is_valid, new_link

CLIENTS = 20


def test_of_twenty_at_once_exactly_one_wins(tmp_path: Path) -> None:
    clock = SystemClock()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(25):
            key, start = new_link(tmp_path, clock), Barrier(CLIENTS)

            def race(key: str = key, start: Barrier = start) -> bool:
                start.wait()
                return consume(tmp_path, key, clock)

            assert sum(each.result() for each in [pool.submit(race) for _ in range(CLIENTS)]) == 1
            assert not is_valid(tmp_path, key, clock)
