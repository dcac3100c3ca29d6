"""Environments, built for real by uv from wheels that need no index."""

import dataclasses
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from openmo.engines.environments import Environment, EnvironmentFailed, Environments, EnvironmentSpec


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
