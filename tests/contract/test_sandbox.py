"""What every sandbox promises, whichever mechanism is behind it."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.sandboxed import Ground, lay_ground, nobodys_ground

from openmo.sandbox.bubblewrap import detect_bubblewrap
from openmo.sandbox.detect import detect_sandbox
from openmo.sandbox.landlock import LandlockSandbox, detect_landlock
from openmo.sandbox.none import NoSandbox
from openmo.sandbox.policy import CURRENT_FOLDER, Sandbox


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


@pytest.mark.parametrize("sandbox", [name for name in offered() if name not in ("none", "landlock")])
@pytest.mark.parametrize("named", ["the project", "a folder in it", "the current folder"])
def test_the_work_folder_has_the_path_that_public_code_names(tmp_path: Path, sandbox: str, named: str) -> None:
    ground = lay_ground(tmp_path, offered()[sandbox])
    (ground.project / "inner").mkdir()
    places = {"the project": ground.project, "a folder in it": ground.project / "inner"}
    policy = dataclasses.replace(ground.policy, work=places.get(named, CURRENT_FOLDER))
    source = """
        import os
        os.makedirs('/home/jovyan/work/results', exist_ok=True)
        open('/home/jovyan/work/results/model.txt', 'w').write('x')
        print(open('/home/jovyan/work/results/model.txt').read(), os.listdir('/home'), os.listdir('/home/jovyan'))
    """
    assert dataclasses.replace(ground, policy=policy).python(source) == "x ['jovyan'] ['work']\n"
    assert (places.get(named, ground.project) / "results" / "model.txt").read_text() == "x"


def test_description_is_one_sentence(ground: Ground) -> None:
    text = ground.sandbox.describe()
    assert text.endswith(".")
    assert "\n" not in text


def test_the_best_is_chosen() -> None:
    order = ["landlock with its own view", "landlock", "bubblewrap", "none"]
    sandboxes = offered()
    expected = next(sandboxes[name] for name in order if name in sandboxes)
    assert detect_sandbox().describe() == expected.describe()


@pytest.fixture
def as_nobody() -> Iterator[Callable[[str], "subprocess.CompletedProcess[str]"]]:
    """Runs shell commands in a sandbox as the user `nobody`."""
    landlock = detect_landlock()
    if landlock is None:
        pytest.skip("needs Landlock")
    with nobodys_ground(landlock, processes=20) as run:
        yield run


def test_ordinary_users_are_confined_as_well(as_nobody: Callable[[str], "subprocess.CompletedProcess[str]"]) -> None:
    done = as_nobody("id -u; echo x > mine && cat mine; cat ../neighbour/file.txt")
    assert done.stdout == "65534\nx\n", done.stderr
    assert "neighbour" in done.stderr


def test_ordinary_users_have_a_ceiling_of_processes(
    as_nobody: Callable[[str], "subprocess.CompletedProcess[str]"],
) -> None:
    bomb = "for n in $(seq 15); do sleep 5 & done; jobs | wc -l; for n in $(seq 15); do sleep 5 & done; jobs | wc -l"
    done = as_nobody(bomb)
    assert done.stdout.startswith("15\n")
    assert "Resource temporarily unavailable" in done.stderr
    assert as_nobody("echo alive").stdout == "alive\n", "one sandbox's ceiling is not another's"


def test_a_policy_without_network_leaves_sockets_of_the_machine_alone(ground: Ground) -> None:
    """Nothing outside is asked: a socket that may be made would reach a port of this machine that nobody listens on."""
    if ground.sandbox.name == "none":
        pytest.skip("it confines nothing, and says so")
    offline = dataclasses.replace(ground, policy=dataclasses.replace(ground.policy, network=False))
    source = """
import errno, socket
ours, theirs = socket.socketpair()
ours.send(b"x")
print(theirs.recv(1))
try:
    socket.create_connection(("127.0.0.1", 1), 5)
except OSError as error:
    print(errno.errorcode[error.errno])
"""
    assert ground.python(source) == "b'x'\nECONNREFUSED\n"
    unreachable = (
        "ECONNREFUSED" if ground.sandbox.name == "bubblewrap" else "ENETUNREACH"
    )  # it has a loopback of its own
    assert offline.python(source) == f"b'x'\n{unreachable}\n"
