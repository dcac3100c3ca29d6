"""What lies in `run/` is damaged in every way, while OpenMo runs and while it does not."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.damage import DAMAGES, Damage
from support.doses import dose
from support.up_process import UpProcess, gone, running, wait_for

from openmo.config.settings import DataFolder
from openmo.installation.lock import lock_holder
from openmo.installation.state import load_running

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]
KEPT = ("state.json", "hub-cookie.secret", "endpoints.json", "hub-web-token.secret", "hub-supervisor-token.secret")
"""What a running installation puts back."""
OTHERS = ("routes.json", "cli-token", "prepared", "links")


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UpProcess]:
    with running(tmp_path_factory.mktemp("damaged") / "data") as process:
        yield process


def _is_known(up: UpProcess) -> None:
    """Whoever asks hears the truth, at once."""
    found = load_running(DataFolder(up.data))
    assert found is not None
    assert found.supervisor.pid == up.process.pid


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("name", KEPT[: dose(2, len(KEPT))])
def test_a_damaged_file_is_put_back_while_openmo_runs(up: UpProcess, name: str, damage: Damage) -> None:
    path = up.data / "run" / name
    before = path.read_bytes()
    damage(path)
    _is_known(up)
    wait_for(lambda: path.is_file() and path.read_bytes() == before)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", DAMAGES[: dose(2, len(DAMAGES))], ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("name", OTHERS)
def test_a_damaged_file_harms_no_command(up: UpProcess, name: str, damage: Damage) -> None:
    damage(up.data / "run" / name)
    _is_known(up)
    done = up.run("status")
    assert up.url in done.stdout
    assert "Sign in" in done.stdout


def _remove(folder: Path) -> None:
    """As `rm -rf` does it, while the supervisor puts files back."""
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)
        if not (folder / "state.json").exists():
            return


def test_a_removed_run_folder_comes_back_and_no_second_openmo_starts(up: UpProcess) -> None:
    secret = (up.data / "run" / "hub-web-token.secret").read_bytes()
    _remove(up.data / "run")
    second = up.run("up", "--port", "0", check=False)
    assert second.returncode == 1
    assert str(up.process.pid) in second.stderr
    _is_known(up)
    wait_for((up.data / "run" / "hub-web-token.secret").exists)
    assert (up.data / "run" / "hub-web-token.secret").read_bytes() == secret
    assert (up.data / "run").stat().st_mode & 0o777 == 0o700
    for name in ("web", "proxy"):  # a restarted process finds the others
        restarts = up.services()[name]["restarts"]
        os.kill(up.pid(name), 9)
        wait_for(lambda name=name, restarts=restarts: up.services()[name]["restarts"] > restarts and up.all_ready())  # type: ignore[misc]
    assert httpx.get(f"{up.url}/page", timeout=30).status_code == 200


def test_down_stops_what_runs_although_nothing_says_so(tmp_path: Path) -> None:
    with running(tmp_path / "data") as up:
        os.kill(up.process.pid, 19)  # it cannot put anything back
        try:
            shutil.rmtree(up.data / "run")
            status = up.run("status", check=False)
            assert status.returncode == 0
            assert str(up.process.pid) in status.stdout
            assert "does not run" not in status.stdout
        finally:
            os.kill(up.process.pid, 18)
        down = up.run("down")
        assert "has stopped" in down.stdout
        assert gone(up.process.pid)
        assert lock_holder(up.data) is None
        assert "does not run" in up.run("status", check=False).stdout


@pytest.mark.deep("starts OpenMo again for each kind of damage")
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_openmo_starts_on_damaged_files(tmp_path: Path, damage: Damage) -> None:
    data = tmp_path / "data"
    with running(data) as up:
        assert up.run("status").returncode == 0
    for name in (*KEPT, *OTHERS, "proxy-token.secret"):
        damage(data / "run" / name)
    with running(data) as again:
        assert httpx.get(f"{again.url}/page", timeout=30).status_code == 200
        assert "Sign in" in again.run("status").stdout
