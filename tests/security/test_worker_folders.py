"""Whatever an app's code does to its own folder, nothing else of the platform is moved, planted or deleted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.served_apps import ServedApps, eventually, make_release, served

from openmo.core.errors import Conflict
from openmo.core.hostile.folder import HostileFolder
from openmo.sandbox.detect import detect_sandbox
from openmo.serving.directory import DeployedRelease
from openmo.serving.forked.disk import DiskBounds, overfull
from openmo.serving.forked.files import WorkerFolders, call_folder, place_inputs
from openmo.serving.forked.trial import PoolTrial

ATTACK = """
import gc, json, os, shutil
from openmo.serving.inside.serve import Worker

def forge(**frame):
    (worker,) = [each for each in gc.get_objects() if isinstance(each, Worker)]
    worker._frames.send(json.dumps(frame).encode())

def calls(conf):
    return os.path.join(os.environ["HOME"], "calls")

def handle(conf):
    return globals()[conf["mode"]](conf)

def number(conf):
    found = [int(each) for each in os.listdir(calls(conf))]
    return max(found, default=0)
"""

STEAL = (
    ATTACK
    + """
def steal(conf):
    here, n = calls(conf), number(conf)
    folder, name = os.path.split(conf["arg"])
    shutil.rmtree(f"{here}/{n}/out", ignore_errors=True)
    os.symlink(folder, f"{here}/{n}/out")
    forge(kind="result", id=n, output={"leak": None}, files={"leak": name})
    return {"leak": None}

def steal_through_a_call_that_is_a_link(conf):
    here, n = calls(conf), number(conf)
    folder, name = os.path.split(conf["arg"])
    os.makedirs(f"{here}/fake", exist_ok=True)
    os.symlink(folder, f"{here}/fake/out")
    os.rename(f"{here}/{n}", f"{here}/old")
    os.symlink("fake", f"{here}/{n}")
    forge(kind="result", id=n, output={"leak": None}, files={"leak": name})
    return {"leak": None}

def steal_through_calls_that_are_a_link(conf):
    here, n = calls(conf), number(conf)
    folder, name = os.path.split(conf["arg"])
    os.makedirs(here + "2/" + str(n))
    os.symlink(folder, f"{here}2/{n}/out")
    os.rename(here, here + "1")
    os.symlink("calls2", here)
    forge(kind="result", id=n, output={"leak": None}, files={"leak": name})
    return {"leak": None}

def write(conf):
    return {"leak": b"mine"}
"""
)

PLANT = (
    ATTACK
    + """
def plant(conf):
    os.symlink(conf["arg"], f"{calls(conf)}/{number(conf) + 1}")
    return {"said": "ready"}

def plant_in_all(conf):
    here = calls(conf)
    os.rename(here, here + "1")
    os.symlink(conf["arg"], here)
    return {"said": "ready"}

def nothing(conf):
    return {"said": "nothing"}
"""
)


@pytest.fixture
def apps(tmp_path: Path) -> Iterator[ServedApps]:
    with served(tmp_path / "served") as running:
        yield running


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """Somebody else's folder, full of what may be found by guessing."""
    folder = tmp_path / "victim"
    for number in range(4):
        (folder / str(number)).mkdir(parents=True)
        (folder / str(number) / "data.csv").write_text("precious")
    (folder / "secret.txt").write_text("precious")
    return folder


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def settled(apps: ServedApps, release: DeployedRelease, inputs: dict[str, Any]) -> None:
    """An honest call is answered by a worker of the app; what was to be done after the call before is done then."""
    assert eventually(lambda: apps.call(release, inputs).status_code == 200)


@pytest.mark.parametrize("way", ["steal", "steal_through_a_call_that_is_a_link", "steal_through_calls_that_are_a_link"])
def test_no_file_outside_becomes_an_output(apps: ServedApps, victim: Path, way: str) -> None:
    before = content(victim)
    outputs = {"leak": "file"}
    release = apps.deploy(STEAL, inputs={"mode": "str", "arg": "str"}, outputs=outputs)
    answer = apps.call(release, {"mode": way, "arg": str(victim / "secret.txt")})
    if answer.status_code == 200:
        assert answer.json()["output"]["leak"] is None
    settled(apps, release, {"mode": "write", "arg": ""})
    assert content(victim) == before


@pytest.mark.parametrize("way", ["steal", "steal_through_calls_that_are_a_link"])
def test_a_trial_before_the_release_moves_nothing_outside(tmp_path: Path, victim: Path, way: str) -> None:
    """It runs in the web service, as the first code of the app that runs at all."""
    before = content(victim)
    release = make_release(tmp_path / "releases", STEAL, inputs={"mode": "str", "arg": "str"}, outputs={"leak": "file"})
    trial = PoolTrial(tmp_path / "trials", detect_sandbox())
    trial.call(release, {"mode": way, "arg": str(victim / "secret.txt")})
    assert content(victim) == before
    assert list((tmp_path / "trials").iterdir()) == []


@pytest.mark.parametrize("swapped", ["workers", "a worker's own"])
def test_a_zygote_that_runs_an_authors_packages_leads_no_worker_astray(
    tmp_path: Path, victim: Path, swapped: str
) -> None:
    """Its folder holds its workers' folders, and it may write there."""
    folders, zygote = WorkerFolders(tmp_path / "pool"), HostileFolder(tmp_path / "zygote")
    (tmp_path / "zygote").mkdir()
    zygote.make("workers")
    worker = folders.new_worker(zygote.below("workers"))
    place = Path(worker.whereabouts)
    place = place.parent if swapped == "workers" else place
    place.rename(tmp_path / "zygote" / "old")
    place.symlink_to(victim)
    before = content(victim)
    with pytest.raises(Conflict):
        place_inputs(call_folder(worker, 1), {})
    assert folders.collect(call_folder(worker, 1), {"leak": "secret.txt"}) == ()
    assert overfull([worker], DiskBounds(entries=0)) == [worker]
    folders.discard_call(worker, 1)
    folders.discard_worker(worker)
    if swapped == "workers":
        with pytest.raises(Conflict):
            folders.new_worker(zygote.below("workers"))
    assert content(victim) == before


@pytest.mark.parametrize("way", ["plant", "plant_in_all"])
def test_no_upload_lands_outside(apps: ServedApps, victim: Path, way: str) -> None:
    before = content(victim)
    inputs = {
        "mode": "str",
        "arg": {"value_type": "str", "optional": True},
        "file": {"value_type": "file", "optional": True},
    }
    release = apps.deploy(PLANT, inputs=inputs, outputs={"said": "str"})
    file = {"file": ("up.py", b"print('planted')", "text/x-python")}
    assert apps.call(release, data={"mode": way, "arg": str(victim)}, files=file).status_code == 200
    for _ in range(3):
        answer = apps.call(release, data={"mode": "nothing"}, files=file)
        assert answer.status_code in (200, 500), answer.text
    # A process whose folder leads elsewhere is ended, and does not fail every call from then on.
    assert eventually(lambda: apps.call(release, data={"mode": "nothing"}, files=file).status_code == 200)
    assert content(victim) == before


def test_the_end_of_a_call_deletes_nothing_outside(apps: ServedApps, victim: Path) -> None:
    before = content(victim)
    inputs = {
        "mode": "str",
        "arg": {"value_type": "str", "optional": True},
        "file": {"value_type": "file", "optional": True},
    }
    release = apps.deploy(PLANT, inputs=inputs, outputs={"said": "str"})
    file = {"file": ("up.py", b"x", "text/plain")}
    # The folders of calls 1 and 2 are "deleted" in the victim's, which has entries of those names.
    assert apps.call(release, data={"mode": "plant_in_all", "arg": str(victim)}, files=file).status_code == 200
    apps.call(release, data={"mode": "nothing"}, files=file)
    apps.on_loop(apps.pool.close())
    assert content(victim) == before


@pytest.mark.parametrize(
    "output",
    [{"leak": "/hub/logout"}, {"leak": {"url": "https://elsewhere"}}, {"leak": None, "more": 1}, {}],
    ids=["address", "object", "another name", "no name"],
)
def test_what_a_handler_writes_in_its_workers_name_is_held_against_the_spec(
    apps: ServedApps, output: dict[str, Any]
) -> None:
    lie = f"""
def lie(conf):
    forge(kind="result", id=1, output={output!r}, files={{}})
    return {{"leak": None}}
"""
    release = apps.deploy(ATTACK + lie, inputs={"mode": "str"}, outputs={"leak": "file"})
    answer = apps.call(release, {"mode": "lie"})
    assert (answer.status_code, answer.json()["code"]) == (500, "worker_lost")
    assert "/hub/logout" not in answer.text
