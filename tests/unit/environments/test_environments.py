"""Environments, built for real by uv from wheels that need no index."""

import dataclasses
import fcntl
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from support.processes import wait_for

from openmo.environments.builder import Environment, EnvironmentFailed, Environments, EnvironmentSpec, recipe_of


def _wheel(folder: Path, body: str = "ANSWER = 42\n", version: str = "1.0") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"tiny-{version}-py3-none-any.whl"
    info = f"tiny-{version}.dist-info"
    files = {
        "tiny.py": body,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(name, text)
    return path


@pytest.fixture
def spec(tmp_path: Path) -> EnvironmentSpec:
    return EnvironmentSpec(name="small", lock="", wheels=(_wheel(tmp_path / "wheels"),), files={"etc/a.json": b"{}"})


def _answer(environment: Environment) -> str:
    code = "import tiny; print(tiny.ANSWER)"
    done = subprocess.run([environment.python, "-I", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_an_environment_holds_what_its_spec_says(tmp_path: Path, spec: EnvironmentSpec) -> None:
    said: list[str] = []
    environments = Environments(tmp_path / "environments", report=said.append)
    assert environments.find(spec) is None
    built = environments.ensure(spec)
    assert _answer(built) == "42"
    assert (built.folder / "etc" / "a.json").read_bytes() == b"{}"
    assert list(built.folder.rglob("tiny.cpython-*.pyc")), "what cannot be written later is compiled now"
    assert environments.find(spec) == built
    assert len(said) == 2
    assert environments.ensure(spec) == built
    assert len(said) == 2, "nothing is built twice"


def test_half_an_environment_is_built_anew(tmp_path: Path, spec: EnvironmentSpec) -> None:
    environments = Environments(tmp_path / "environments")
    built = environments.ensure(spec)
    (built.folder / ".openmo-complete").unlink()
    next(built.folder.rglob("tiny.py")).unlink()
    assert environments.find(spec) is None
    assert _answer(environments.ensure(spec)) == "42"


def test_a_failed_build_says_why_and_is_not_found(tmp_path: Path, spec: EnvironmentSpec) -> None:
    environments = Environments(tmp_path / "environments")
    bad = dataclasses.replace(spec, lock="not a requirement ===\n")
    with pytest.raises(EnvironmentFailed) as failed:
        environments.ensure(bad)
    assert "uv said" in failed.value.message
    assert "not a requirement" in failed.value.message
    assert environments.find(bad) is None


def test_of_two_at_once_one_builds(tmp_path: Path, spec: EnvironmentSpec) -> None:
    said: list[str] = []
    found: list[Environment] = []
    barrier = threading.Barrier(3)

    def ensure() -> None:
        barrier.wait()
        found.append(Environments(tmp_path / "environments", report=said.append).ensure(spec))

    threads = [threading.Thread(target=ensure) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len({environment.folder for environment in found}) == 1
    assert sum(line.startswith("Building") for line in said) == 1


def test_anything_that_differs_makes_another_environment(tmp_path: Path, spec: EnvironmentSpec) -> None:
    other_wheel = _wheel(tmp_path / "others", "ANSWER = 43\n")
    variants = [
        spec,
        dataclasses.replace(spec, lock="numpy==2.0\n"),
        dataclasses.replace(spec, wheels=(other_wheel,)),
        dataclasses.replace(spec, wheels=()),
        dataclasses.replace(spec, files={}),
        dataclasses.replace(spec, files={"etc/a.json": b"{ }"}),
        dataclasses.replace(spec, files={"etc/b.json": b"{}"}),
    ]
    assert len({variant.digest() for variant in variants}) == len(variants)
    assert dataclasses.replace(spec, name="renamed").digest() == spec.digest()


def test_the_interpreter_is_this_ones(tmp_path: Path, spec: EnvironmentSpec) -> None:
    built = Environments(tmp_path / "environments").ensure(spec)
    code = "import sys; print(sys.version)"
    done = subprocess.run([built.python, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == sys.version


def test_it_is_built_again_from_its_recipe_alone(tmp_path: Path, spec: EnvironmentSpec) -> None:
    spec = dataclasses.replace(spec, files={})
    recipe = recipe_of(spec)
    wheel = spec.wheels[0].read_bytes()
    spec.wheels[0].unlink()
    assert recipe.wheels == {"tiny-1.0-py3-none-any.whl": wheel}
    environments = Environments(tmp_path / "environments")
    built = environments.rebuild(recipe)
    assert built.digest == recipe.digest
    assert _answer(built) == "42"
    with pytest.raises(EnvironmentFailed, match="was built with CPython 2"):
        environments.rebuild(dataclasses.replace(recipe, digest="0" * 16, python="CPython 2.7.18"))


def test_an_environment_that_a_process_runs_in_is_not_pruned(tmp_path: Path, spec: EnvironmentSpec) -> None:
    environments = Environments(tmp_path / "environments")
    built = environments.ensure(dataclasses.replace(spec, name="base"))
    with subprocess.Popen([built.python, "-c", "input()"], stdin=subprocess.PIPE) as kernel:
        assert environments.prune(frozenset()) == ()
        kernel.communicate(b"\n")
    assert environments.prune(frozenset({built.digest})) == ()
    assert _answer(built) == "42"
    assert environments.prune(frozenset()) == (built.folder.name,)
    assert not built.folder.exists()


BUILDER = """
import sys
from pathlib import Path
import uv
uv.find_uv_bin = lambda: sys.argv[1]
from openmo.environments.builder import Environments, EnvironmentSpec
Environments(Path(sys.argv[2])).ensure(EnvironmentSpec(name="small", lock="", wheels=()))
"""


def test_while_an_orphaned_uv_writes_nobody_else_builds(tmp_path: Path) -> None:
    may_end, started = tmp_path / "may-end", tmp_path / "started"
    uv = tmp_path / "uv"
    uv.write_text(f"#!/bin/sh\ntouch {started}\nuntil [ -e {may_end} ]; do sleep 0.02; done\n")
    uv.chmod(0o700)
    folder = tmp_path / "environments"
    with subprocess.Popen([sys.executable, "-c", BUILDER, str(uv), str(folder)]) as builder:
        wait_for(started.exists)
        builder.kill()
    (lock,) = folder.glob("*.lock")
    with lock.open() as file:
        with pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        may_end.touch()
        fcntl.flock(file, fcntl.LOCK_EX)
