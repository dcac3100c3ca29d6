"""A module's own environment: resolved from its requirements, built by uv; nothing of a stranger's runs meanwhile."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from support.packages import add_wheel

from openmo.core.errors import InvalidInput
from openmo.environments.builder import EnvironmentFailed, run_uv
from openmo.environments.installed import InstalledEnvironments
from openmo.environments.locking import NotResolved, lock_requirements
from openmo.environments.recipes import MODULE
from openmo.environments.requirements import read_requirements
from openmo.sandbox.detect import detect_sandbox


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels, which is all that uv finds."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def installed(tmp_path: Path) -> InstalledEnvironments:
    return InstalledEnvironments(tmp_path / "environments", own=True, sandbox=detect_sandbox(()))


def test_requirements_become_an_environment(index: Path, installed: InstalledEnvironments) -> None:
    add_wheel(index, "tiny", "1.0", {"tiny.py": "ANSWER = 1\n"})
    add_wheel(index, "tiny", "2.0", {"tiny.py": "import helper\nANSWER = helper.TWO\n"}, needs="helper")
    add_wheel(index, "helper", "3.0", {"helper.py": "TWO = 2\n"})
    recipe = installed.resolve("tiny>1  # the newer\n")
    assert (recipe.name, recipe.lock.split()) == (MODULE, ["helper==3.0", "tiny==2.0"])
    assert [name for name in recipe.wheels if name.startswith("openmo_sdk-")] == list(recipe.wheels)
    assert installed.find(recipe.digest) is None
    built = installed.build(recipe)
    assert installed.find(recipe.digest) == built
    code = "import tiny, openmo_sdk; print(tiny.ANSWER)"
    done = subprocess.run([built.python, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "2\n"
    assert list(built.python.parent.parent.rglob("tiny.cpython-*.pyc"))
    assert installed.prune(frozenset({recipe.digest})) == ()
    assert installed.prune(frozenset()) == (f"module-{recipe.digest}",)


def test_versions_of_the_base_are_kept_where_they_fit(index: Path, installed: InstalledEnvironments) -> None:
    for version in ("2.4.6", "9.9"):
        add_wheel(index, "numpy", version, {})
    assert installed.resolve("numpy").lock.split() == ["numpy==2.4.6"]
    assert installed.resolve("numpy>3").lock.split() == ["numpy==9.9"]


def test_what_does_not_fit_is_told_as_uv_reports_it(index: Path, installed: InstalledEnvironments) -> None:
    add_wheel(index, "tiny", "1.0", {})
    with pytest.raises(NotResolved, match="tiny>=2"):
        installed.resolve("tiny>=2")
    (index / "source-1.0.tar.gz").write_bytes(b"")
    with pytest.raises(NotResolved, match="source"):
        installed.resolve("source")


def test_nobody_waits_without_end_for_versions_that_fit() -> None:
    def runs(arguments: Sequence[str], folder: Path) -> tuple[int, str]:
        return run_uv(["pip", "compile", "-", *arguments[-2:]], folder, seconds=0)

    with pytest.raises(NotResolved, match="within 0 seconds"):
        lock_requirements(["tiny"], "", Path(), runs)


def test_no_code_of_a_package_runs_while_it_is_installed(
    index: Path, installed: InstalledEnvironments, tmp_path: Path
) -> None:
    canary = tmp_path / "ran"
    start = f"import pathlib; pathlib.Path({str(canary)!r}).write_text('ran')\n"
    add_wheel(index, "hooked", "1.0", {"hooked.py": start, "hooked.pth": start, "sitecustomize.py": start})
    built = installed.build(installed.resolve("hooked"))
    assert not canary.exists()
    subprocess.run([built.python, "-c", ""], check=True)
    assert canary.exists(), "the test would not have noticed"


@pytest.mark.parametrize("target", ["data/pyvenv.cfg", "data/bin/python", "scripts/python3"])
def test_a_package_cannot_take_the_interpreters_place(
    index: Path, installed: InstalledEnvironments, target: str
) -> None:
    """A sandbox may read what an environment's pyvenv.cfg and links name."""
    add_wheel(index, "taking", "1.0", {f"taking-1.0.data/{target}": "home = /root\n"})
    recipe = installed.resolve("taking")
    with pytest.raises(EnvironmentFailed, match=r"replaces the environment's own Python|the reserved name"):
        installed.build(recipe)
    assert installed.find(recipe.digest) is None


def test_a_package_cannot_say_that_its_environment_is_whole(
    index: Path, installed: InstalledEnvironments, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks in the middle of the building, or after it was killed there, would run what it has put there."""
    add_wheel(
        index, "early", "1.0", {f"early-1.0.data/data/{name}": "{}" for name in (".openmo-complete", ".complete")}
    )
    recipe = installed.resolve("early")
    seen = []

    def killed(_: object, folder: Path) -> None:
        seen.append((folder / ".openmo-complete").exists())
        assert installed.find(recipe.digest) is None
        raise SystemExit

    monkeypatch.setattr("openmo.environments.builder.compile_confined", killed)
    with pytest.raises(SystemExit):
        installed.build(recipe)
    assert seen == [True], "the package's file was not there: this test would not notice"
    assert not installed.place(recipe).exists(), "half of it keeps the disk full"
    monkeypatch.undo()


def test_packages_as_deep_as_paths_can_be_are_removed_again(index: Path, installed: InstalledEnvironments) -> None:
    deep = "/".join(["d"] * 1500)
    add_wheel(index, "deep", "1.0", {f"{deep}/deep.py": ""})
    recipe = installed.resolve("deep")
    installed.build(recipe)
    assert installed.prune(frozenset()) == (f"module-{recipe.digest}",)
    assert not list(installed.place(recipe).parent.iterdir())


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://example.org/simple",
        "-r other.txt",
        "-e .",
        "./wheel.whl",
        "tiny @ file:///etc/passwd",
        "tiny @ git+https://example.org/x",
        "https://example.org/x.whl",
        "tiny==1.0 --hash=sha256:00",
        "tiny; import os",
        "tiny" + "y" * 600,
    ],
)
def test_only_names_and_versions_are_taken(line: str) -> None:
    with pytest.raises(InvalidInput, match=r"Line 2 of requirements\.txt"):
        read_requirements(f"numpy\n{line}\n")


def test_too_many_are_refused() -> None:
    with pytest.raises(InvalidInput, match="more than 200"):
        read_requirements("".join(f"package{number}\n" for number in range(201)))


PIECES = st.sampled_from(["numpy", ">=1", "\n", "\r", "\x0b", "--pre", " ", "#", "@", "[x]", ";"])


@given(st.text() | st.lists(PIECES).map("".join))
@example("numpy\r--pre")
@example("numpy\x0b--pre")
@example("numpy ; python_version > '3' \x85--pre")
def test_what_is_taken_is_a_requirement_a_line(text: str) -> None:
    try:
        taken = read_requirements(text)
    except InvalidInput:
        return
    for line in taken:
        assert line.splitlines() == [line]
        assert not line.startswith("-")
        assert Requirement(line).url is None
        assert str(Requirement(line)) == line
