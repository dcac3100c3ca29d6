"""The one helper by which the platform enters folders of user code, against code that changes them meanwhile.

Each test runs as whoever runs the tests, and as an ordinary user, whom file modes bind.
"""

import contextlib
import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.doses import dose
from support.swapping import swapping

from openmo.core.errors import Conflict, InvalidInput, NotFound
from openmo.core.hostile.beneath import TooDeep
from openmo.core.hostile.files import list_folder, read_inside
from openmo.core.hostile.folder import HostileFolder

NOBODY = 65534
ROUNDS = dose(150, 3000)
SECRET = "precious"


@pytest.fixture
def ground() -> Iterator[Path]:
    """A folder that any account may enter; pytest's own ones are closed to others."""
    path = Path(tempfile.mkdtemp(prefix="openmo-hostile-", dir="/tmp"))
    for folder in (path, path / "own", path / "own" / "way", path / "outside"):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
    (path / "own" / "way" / "file").write_text("mine")
    (path / "outside" / "file").write_text(SECRET)
    (path / "outside" / "way").mkdir()
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(params=["whoever tests", "an ordinary user"])
def as_user(request: pytest.FixtureRequest) -> Callable[[Callable[[], None]], None]:
    """Runs what it is given, and says what it raised."""

    def run(act: Callable[[], None]) -> None:
        if request.param == "whoever tests":
            act()
            return
        child = os.fork()
        if child == 0:
            try:
                if os.geteuid() == 0:
                    os.setgroups([])
                    os.setgid(NOBODY)
                    os.setuid(NOBODY)
                act()
            except BaseException as error:  # noqa: BLE001 (the child ends here, whatever happened)
                os.write(2, repr(error).encode())
                os._exit(1)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    return run


def outside(ground: Path) -> dict[str, str]:
    return {str(path): path.read_text() if path.is_file() else "" for path in (ground / "outside").rglob("*")}


def quietly(act: Callable[[], Any]) -> Any:
    """What it returns; None where the tree was changed under it."""
    try:
        return act()
    except (NotFound, Conflict, InvalidInput, OSError):
        return None


def test_a_folder_swapped_for_a_link_in_a_loop_leads_nowhere(ground: Path, as_user: Callable[..., None]) -> None:
    own, before = HostileFolder(ground / "own"), outside(ground)
    (ground / "own" / "link").symlink_to(ground / "outside")

    def use() -> None:
        told: set[object] = set()
        for number in range(ROUNDS):
            told.add(quietly(lambda: own.read("way/file")))
            told.add(quietly(lambda: read_inside(own, "way/file", limit=99)[0]))
            told |= {entry.name for entry in quietly(lambda: list_folder(own, "way")) or ()}
            quietly(lambda: own.write("way/new", b"x"))
            quietly(lambda n=number: own.place_link(f"way/l{n % 3}", Path("/t")))  # type: ignore[misc]
            quietly(lambda n=number: own.make(f"way/inner/{n % 3}"))  # type: ignore[misc]
            quietly(lambda: own.below("way/inner").remove())
            for entry in own.walk(lambda _: True, depth=5):
                with contextlib.suppress(OSError):
                    descriptor = entry.open()
                    told.add(os.read(descriptor, 99))
                    os.close(descriptor)
        assert SECRET.encode() not in told, told
        assert "way" not in told
        assert b"mine" in told, "the folder was itself at times"

    with swapping(ground / "own" / "way", ground / "own" / "link"):
        as_user(use)
    assert outside(ground) == before


def test_a_tree_is_removed_while_its_folders_are_swapped_for_links(ground: Path) -> None:
    before = outside(ground)
    (ground / "own" / "link").symlink_to(ground / "outside")
    with swapping(ground / "own" / "way", ground / "own" / "link"):
        for _ in range(ROUNDS):
            HostileFolder(ground / "own").below("way").remove()
            with contextlib.suppress(OSError):
                (ground / "own" / "way").mkdir()
    HostileFolder(ground / "own").remove()
    assert not (ground / "own").exists()
    assert outside(ground) == before


def test_a_folder_swapped_for_a_pipe_keeps_nobody_waiting(ground: Path) -> None:
    own = HostileFolder(ground / "own")
    os.mkfifo(ground / "own" / "pipe")
    (ground / "own" / "steady").touch()
    with swapping(ground / "own" / "way", ground / "own" / "pipe"):
        for _ in range(ROUNDS):
            quietly(lambda: own.read("way/file"))
            quietly(lambda: read_inside(own, "way/file", limit=9))
            quietly(lambda: own.read("way"))
            quietly(lambda: list_folder(own, "way"))
            # either of the two may be passed over, each swapped between the look and the opening
            assert "steady" in {str(entry.path) for entry in own.walk(lambda _: True, depth=3)}
            own.below("way").remove()
            with contextlib.suppress(OSError):
                (ground / "own" / "way").mkdir()


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def _device(path: Path) -> None:
    try:
        os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        pytest.skip("only root makes devices, and not everywhere")


ODD: dict[str, Callable[[Path], None]] = {
    "pipe": os.mkfifo,
    "socket": _socket,
    "device": _device,
    "folder": Path.mkdir,
    "link": lambda path: path.symlink_to(path.parent.parent / "outside" / "file"),
    "loop": lambda path: path.symlink_to("odd"),
    "dangling": lambda path: path.symlink_to("nowhere"),
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_file_is_never_opened(ground: Path, as_user: Callable[..., None], kind: str) -> None:
    own = HostileFolder(ground / "own")
    ODD[kind](ground / "own" / "odd")

    def use() -> None:
        with pytest.raises(NotFound):
            own.read("odd")
        with pytest.raises(NotFound):
            read_inside(own, "odd", limit=9)
        assert not own.has_file("odd")
        assert kind == "folder" or not own.below("odd").exists()
        for entry in own.walk(lambda path: path.name == "odd", depth=1):
            with pytest.raises(OSError, match="odd"):
                entry.open()

    as_user(use)


def test_a_file_is_taken_in_and_given_out_and_nothing_else(ground: Path) -> None:
    own, target = HostileFolder(ground / "own"), ground / "target"
    (ground / "upload").write_text("uploaded")
    own.take_in(ground / "upload", "way/in/up.txt")
    assert own.read("way/in/up.txt") == b"uploaded"
    assert own.give_out("way/in/up.txt", target)
    assert target.read_text() == "uploaded"
    target.unlink()
    (ground / "own" / "link").symlink_to(ground / "outside")
    for path in ("link/file", "link"):
        with contextlib.suppress(Conflict):
            assert not own.give_out(path, target)
        assert not target.exists()
        assert not target.is_symlink()
    (ground / "upload").write_text("uploaded")
    (ground / "own" / "link").symlink_to(ground / "outside")
    with pytest.raises(Conflict):
        own.take_in(ground / "upload", "link/planted")
    assert sorted(path.name for path in (ground / "outside").iterdir()) == ["file", "way"]


def test_a_walk_ends_where_folders_are_too_deep(ground: Path) -> None:
    deep = ground / "own" / "/".join("d" * 1 for _ in range(30))
    deep.mkdir(parents=True)
    assert len(list(HostileFolder(ground / "own").walk(lambda _: True, depth=40))) == 32
    with pytest.raises(TooDeep):
        list(HostileFolder(ground / "own").walk(lambda _: True, depth=20))


def test_no_descriptor_is_left_open(ground: Path) -> None:
    own = HostileFolder(ground / "own")
    (ground / "own" / "link").symlink_to(ground / "outside")

    def use() -> None:
        for path in ("way/file", "link/file", "absent", "way", "way/file/x", "../x"):
            for act in (own.read, own.has_file, own.make, lambda path: read_inside(own, path, limit=9)):
                quietly(lambda path=path, act=act: act(path))  # type: ignore[misc]
            quietly(lambda path=path: list_folder(own, path))  # type: ignore[misc]

    use()
    before = len([*Path("/proc/self/fd").iterdir()])
    use()
    assert len([*Path("/proc/self/fd").iterdir()]) == before
