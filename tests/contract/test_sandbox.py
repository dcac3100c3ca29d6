"""What every sandbox promises, whichever mechanism is behind it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.sandboxed import Ground, lay_ground

from openmo.engines.bubblewrap import detect_bubblewrap
from openmo.engines.landlock import LandlockSandbox, detect_landlock
from openmo.engines.nosandbox import NoSandbox
from openmo.engines.sandboxes import detect_sandbox
from openmo.ports.sandbox import Sandbox


def offered() -> dict[str, Sandbox]:
    """All sandboxes of this machine."""
    found: dict[str, Sandbox] = {"none": NoSandbox()}
    if (landlock := detect_landlock()) is not None:
        found["landlock"] = LandlockSandbox(namespaces=False)
        if landlock.has_own_view:
            found["landlock with its own view"] = landlock
    if (bubblewrap := detect_bubblewrap()) is not None:
        found["bubblewrap"] = bubblewrap
    return found


@pytest.fixture(params=["none", "landlock", "landlock with its own view", "bubblewrap"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    sandboxes = offered()
    if request.param not in sandboxes:
        pytest.skip(f"this machine does not offer: {request.param}")
    return lay_ground(tmp_path, sandboxes[request.param])


def test_command_runs_with_its_arguments_streams_and_folder(ground: Ground) -> None:
    arguments = ["", "two words", "--", "$HOME", "项目", '"', "-c"]
    source = "import sys, os; print(sys.argv[1:], os.getcwd(), sys.stdin.read())"
    done = ground.run(sys.executable, "-c", source, *arguments, input_text="in")
    assert done.stdout == f"{arguments} {ground.project} in\n", done.stderr


def test_exit_code_passes(ground: Ground) -> None:
    assert ground.run("sh", "-c", "exit 7").returncode == 7


def test_missing_command_is_an_error_that_names_it(ground: Ground) -> None:
    done = ground.run("/no/such/program")
    assert done.returncode != 0
    assert "/no/such/program" in done.stderr


def test_isolation_is_what_it_says(ground: Ground) -> None:
    seen = not ground.refused("open(path).read()", ground.neighbour / "file.txt")
    assert seen is not ground.sandbox.isolates


def test_own_folder_can_be_written_and_data_read(ground: Ground) -> None:
    assert not ground.refused("open('new', 'w').write('x')")
    assert ground.python("print(open('datasets/iris/file.txt').read(), end='')") == "of dataset\n"


def test_paths_that_do_not_exist_are_left_out(tmp_path: Path, ground: Ground) -> None:
    other = lay_ground(tmp_path / "other", ground.sandbox, read_only=[tmp_path / "missing", tmp_path / "a" / "b"])
    assert other.python("print(1)") == "1\n"


def test_hundreds_of_paths_fit(tmp_path: Path, ground: Ground) -> None:
    many = [tmp_path / ("d" * 200) / f"{number:0100d}" for number in range(500)]
    for path in many:
        path.mkdir(parents=True)
    (many[-1] / "file.txt").write_text("last")
    other = lay_ground(tmp_path / "other", ground.sandbox, read_only=many)
    assert other.python("import sys; print(open(sys.argv[1]).read())", many[-1] / "file.txt") == "last\n"


def test_odd_names_are_only_names(tmp_path: Path, ground: Ground) -> None:
    odd = tmp_path / '-- "odd"\n$(touch x) 名'
    odd.mkdir()
    (odd / "file.txt").write_text("odd")
    other = lay_ground(tmp_path / "other", ground.sandbox, read_only=[odd])
    assert other.python("import sys; print(open(sys.argv[1]).read())", odd / "file.txt") == "odd\n"


def test_description_is_one_sentence(ground: Ground) -> None:
    text = ground.sandbox.describe()
    assert text.endswith(".")
    assert "\n" not in text


def test_the_best_is_chosen() -> None:
    order = ["landlock with its own view", "landlock", "bubblewrap", "none"]
    sandboxes = offered()
    expected = next(sandboxes[name] for name in order if name in sandboxes)
    assert detect_sandbox().describe() == expected.describe()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_ordinary_users_are_confined_as_well(tmp_path: Path) -> None:
    """As `nobody`, with the system's own python, because the tests' may lie in root's home."""
    python = Path("/usr/bin/python3")
    landlock = detect_landlock()
    if landlock is None or not python.exists():
        pytest.skip("needs Landlock and a system python")
    ground = lay_ground(Path("/var/tmp") / tmp_path.name, landlock)
    for folder in (ground.root, ground.project, ground.project / "tmp"):
        folder.chmod(0o777)
    command = landlock.wrap(
        ["bash", "-c", "id -u; echo x > mine && cat mine; cat ../neighbour/file.txt"], ground.policy
    )
    command[0] = str(python)
    package = ground.project / "package"
    subprocess.run(["cp", "-r", Path(sys.modules["openmo"].__file__ or "").parent, package], check=True)
    command = [
        str(package) if part == str(Path(sys.modules["openmo"].__file__ or "").parent) else part for part in command
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=ground.project,
        user="nobody",
        group="nogroup",
        extra_groups=[],
    )
    subprocess.run(["rm", "-rf", ground.root], check=True)
    assert done.stdout == "65534\nx\n", done.stderr
    assert "neighbour" in done.stderr
