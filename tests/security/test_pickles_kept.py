"""What a pickle would do when it is loaded is done by no process of the platform, wherever such a file lies."""

import io
import pickle
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.asgi import Client, bearer
from support.doses import dose
from support.identity import MemoryIdentity
from support.platform import HANDLER, Platform

from openmo.core.errors import OpenMoError
from openmo.core.visibility import Visibility
from openmo.db.engine import Database

PLACES = dose(("results/",), ("", "results/", "weights/", "datasets/", "modules/"))
KINDS = ("pkl", "pickle", "pt", "pth", "joblib", "npy", "npz", "h5", "bin", "csv", "ipynb", "py", "yml", "png", "md")


class _Trap:
    """Touches a file when it is loaded."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[object, ...]:
        return (_touch, (str(self.canary),))


def _touch(path: str) -> None:
    Path(path).touch()


def _files(canary: Path) -> dict[str, bytes]:
    """Pickles, and what holds pickles."""
    data = pickle.dumps(_Trap(canary))
    header = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little")
    array = header + b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n" + data
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:  # as torch.save writes weights
        packed.writestr("archive/data.pkl", data)
        packed.writestr("archive/version", "3")
    shapes = {"npy": array, "npz": archive.getvalue(), "pt": archive.getvalue(), "pth": data}
    return {f"{place}evil.{kind}": shapes.get(kind, data) for place in PLACES for kind in KINDS}


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


@pytest.fixture
def platform(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Platform]:
    (tmp_path / "site.sqlite").write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'site.sqlite'}")
    yield Platform(database, tmp_path / "data")
    database.close()


def test_a_pickle_that_is_loaded_springs_the_trap(canary: Path) -> None:
    """Else the next test would show nothing."""
    pickle.loads(_files(canary)["results/evil.pkl"])
    assert canary.exists()


def test_no_page_and_no_job_deploy_or_snapshot_loads_one(platform: Platform, canary: Path) -> None:
    project = platform.project(
        "ada", "traps", files={"handler.py": HANDLER, "train.py": ""}, visibility=Visibility.PUBLIC
    )
    workspace = platform.workspace(project)
    for name, data in _files(canary).items():
        (workspace / name).parent.mkdir(exist_ok=True)
        (workspace / name).write_bytes(data)
    identity = MemoryIdentity()
    client = Client(platform.app(identity))
    headers = {**bearer(identity.token("ada")), "accept": "text/html"}
    looks = [
        f"{at}/{name}" for at in ("/projects/ada/traps/files", "/projects/ada/traps/raw") for name in _files(canary)
    ]
    looks += [f"/api/v1/projects/ada/traps/files/{name}" for name in _files(canary)]
    for path in (*looks, "/projects/ada/traps", "/projects/ada/traps/deploy", "/projects/ada/traps/jobs?new=1"):
        assert client.get(path, headers=headers).status < 500, path
    for script in ("results/evil.py", "results/evil.ipynb", "train.py"):
        try:
            platform.submit(project, script)
        except OpenMoError:
            continue
    runner = platform.runner()
    for _ in range(3):
        runner.step()
    platform.apps.deploy(platform.actor("ada"), project)
    client.close()
    assert not canary.exists()
