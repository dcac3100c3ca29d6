"""What Python and the loader run or read by themselves, planted in a project, runs in its sandbox and nowhere else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.platform import HANDLER
from support.real_jobs import RealJobs

from openmo.core.errors import InvalidInput
from openmo.sandbox.detect import detect_sandbox
from openmo.sandbox.landlock import LandlockSandbox

NAMES = (
    "sitecustomize.py",
    "usercustomize.py",
    "openmo.py",
    "json.py",
    "os.py",
    "site.py",
    "evil.pth",
    "jupyter_config.py",
)
FOLDERS = ("", ".packages/", "results/", ".local/lib/python3.11/site-packages/", ".ipython/profile_default/startup/")
ENVIRONMENT = "PYTHONSTARTUP=evil.py\nPYTHONPATH=.\nLD_PRELOAD=./evil.so\nOPENMO_PUBLIC_URL=https://evil.example\n"


@pytest.fixture
def jobs(tmp_path: Path, migrated_sqlite: Path) -> Iterator[RealJobs]:
    found = detect_sandbox()
    if not (isinstance(found, LandlockSandbox) and found.has_pid_namespace):
        pytest.skip("where processes have no namespace, these cannot be told apart so")
    made = RealJobs(tmp_path / "jobs", migrated_sqlite)
    yield made
    made.close()


def test_traps_spring_in_the_jobs_own_processes_alone(jobs: RealJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = jobs.platform
    project = platform.project("ada", "traps", files={"handler.py": HANDLER})
    workspace = platform.workspace(project)
    log = workspace / "results" / "sprung"
    trap = f"import os; open({str(log)!r}, 'a').write(os.readlink('/proc/self/ns/pid') + ' ' + {{name!r}} + chr(10))\n"
    for folder in FOLDERS:
        (workspace / folder).mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            (workspace / folder / name).write_text(trap.format(name=folder + name))
        for name in (".env", ".pythonrc", "pyvenv.cfg", ".pdbrc"):
            (workspace / folder / name).write_text(ENVIRONMENT)
    (workspace / "train.py").write_text("import sitecustomize\nprint('ran')\n")
    monkeypatch.chdir(workspace)  # where somebody might start OpenMo
    with pytest.raises(InvalidInput, match="LD_PRELOAD"):
        platform.submit(project, "train.py", env={"LD_PRELOAD": "./evil.so"})
    job = jobs.ended(platform.submit(project, "train.py"))
    platform.apps.deploy(platform.actor("ada"), project)
    said = jobs.log(job).decode()
    assert "ran" in said, said
    assert (jobs.folder(job) / "shim.log").read_bytes() == b""
    sprung = log.read_text().splitlines()
    assert sprung, "none sprang: nothing is shown"
    assert str(Path("/proc/self/ns/pid").readlink()) not in {line.split()[0] for line in sprung}
