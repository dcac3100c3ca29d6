"""A writable path that user code turned into a link opens nothing of what the link leads to."""

import dataclasses
import sys
import threading
from pathlib import Path

import pytest
from support.sandboxed import Ground

LOOK = """
import sys, pathlib
for name in sys.argv[1:]:
    try:
        print("READ", pathlib.Path(name, "file.txt").read_text())
    except OSError as error:
        print(type(error).__name__)
    try:
        pathlib.Path(name, "new.txt").write_text("x"); print("WROTE")
    except OSError as error:
        print(type(error).__name__)
"""


@pytest.mark.parametrize("target", ["neighbour", "platform"])
def test_a_writable_path_that_is_a_link_is_left_out(ground: Ground, target: str) -> None:
    results = ground.root / "results"
    results.symlink_to(ground.root / target)
    policy = dataclasses.replace(ground.policy, read_write=(*ground.policy.read_write, results))
    said = dataclasses.replace(ground, policy=policy).python(LOOK, results, ground.root / target)
    assert "READ" not in said
    assert "WROTE" not in said
    assert not (ground.root / target / "new.txt").exists()


def test_a_writable_folder_is_writable_and_so_is_one_below_a_linked_folder(ground: Ground, tmp_path: Path) -> None:
    results = ground.root / "results"
    results.mkdir()
    (results / "file.txt").write_text("mine")
    (tmp_path / "elsewhere").symlink_to(ground.root)
    for way in (results, tmp_path / "elsewhere" / "results"):
        policy = dataclasses.replace(ground.policy, read_write=(*ground.policy.read_write, way))
        assert dataclasses.replace(ground, policy=policy).python(LOOK, way).split() == ["READ", "mine", "WROTE"]


def test_a_folder_swapped_for_a_link_at_any_moment_gives_nothing_away(ground: Ground) -> None:
    results, spare, link = ground.root / "results", ground.root / "spare", ground.root / "link"
    results.mkdir()
    link.symlink_to(ground.neighbour)
    policy = dataclasses.replace(ground.policy, read_write=(*ground.policy.read_write, results))
    swapped = dataclasses.replace(ground, policy=policy)
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            results.rename(spare)
            link.rename(results)
            results.rename(link)
            spare.rename(results)

    attacker = threading.Thread(target=swap)
    attacker.start()
    try:
        for _ in range(12):
            done = swapped.run(sys.executable, "-c", LOOK, str(results), str(ground.neighbour))
            assert "READ" not in done.stdout
    finally:
        stop.set()
        attacker.join()
    assert sorted(path.name for path in ground.neighbour.iterdir()) == ["file.txt"]
