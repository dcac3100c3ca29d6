"""The template *MNIST convnet (Keras)*: as a real job with real Keras where it can be had, else as far as it goes.

Keras and JAX are no packages of ours: they are installed into an environment in `.cache`, once. Where that takes longer
than INSTALL_SECONDS, the tests of real training skip.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support.real_jobs import RealJobs
from support.template_projects import TEMPLATES

from openmo.core.states import JobState
from openmo.environments.recipes import UserEnvironment
from openmo.jobs.values import Job
from openmo.notebooks.export import export_notebook
from openmo.sandbox.interpreter import interpreter_folders

pytestmark = pytest.mark.timeout(600)

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = TEMPLATES / "mnist-keras"
INSTALL_SECONDS = 40
_trains = pytest.mark.deep("installs Keras and JAX, and trains")
PACKAGES = ("keras==3.15.1", "jax[cpu]==0.10.2")


@pytest.fixture(scope="module")
def keras_python() -> Path:
    """A Python with Keras, JAX and the SDK; skips where there is none in time."""
    folder = ROOT / ".cache" / "keras"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        uv = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
        commands = (
            [uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
            [uv, "pip", "install", "--quiet", "--python", str(python), *PACKAGES],
        )
        try:
            for command in commands:
                subprocess.run(command, check=True, timeout=INSTALL_SECONDS, capture_output=True)
        except (OSError, subprocess.SubprocessError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            pytest.skip(f"Keras and JAX cannot be installed in {INSTALL_SECONDS} seconds: {error}")
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        (folder / "lib" / version / "site-packages" / "sdk.pth").write_text(str(ROOT / "sdk" / "src"))
        (folder / "ready").touch()
    return python


@pytest.fixture
def jobs(tmp_path: Path, migrated_sqlite: Path) -> Iterator[RealJobs]:
    made = RealJobs(tmp_path, migrated_sqlite, cpus=2, grace=60.0)
    yield made
    made.close()


def pictures(path: Path, count: int = 256) -> None:
    """Ten classes of noisy stripes, which a network tells apart at once, in the form of mnist.npz."""
    generator = np.random.default_rng(0)
    y = np.arange(count, dtype=np.uint8) % 10
    x = generator.integers(0, 60, (count, 28, 28), dtype=np.uint8)
    for picture, label in zip(x, y.tolist(), strict=True):
        picture[2 * label + 4 : 2 * label + 8] += 190
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, x_train=x, y_train=y, x_test=x[:64], y_test=y[:64])


def start(jobs: RealJobs, python: Path, *arguments: str) -> Job:
    readable = (*interpreter_folders(python), python.parent.parent, ROOT / "sdk" / "src")
    jobs.provider.environment = UserEnvironment(digest="1" * 64, python=python, read_only=readable)
    project = jobs.platform.projects.create(jobs.platform.actor("ada"), title="Keras", template="mnist-keras")
    pictures(jobs.platform.workspace(project) / "mnist.npz")
    return jobs.platform.submit(project, "train.py", args=("--data", "mnist.npz", *arguments))


def results(jobs: RealJobs, job: Job) -> set[str]:
    project = jobs.platform.projects.by_id(job.project_id)
    return {path.name for path in (jobs.platform.workspace(project) / "results").iterdir()}


@_trains
def test_it_trains_as_a_job_and_kerass_own_text_is_charted(jobs: RealJobs, keras_python: Path) -> None:
    job = jobs.ended(start(jobs, keras_python, "--epochs", "2", "--batch-size", "32"))
    log = jobs.log(job).decode()
    assert job.state is JobState.SUCCEEDED, log[-3000:]
    assert results(jobs, job) == {"checkpoint.keras", "my_model.h5", "my_model.keras"}
    reader = jobs.platform.job_results.metrics(jobs.platform.actor("ada"), job)
    counts = {item.name: item.count for item in reader.summaries()}
    assert {"loss", "accuracy", "val_loss", "val_accuracy", "test_loss", "test_accuracy"} <= set(counts)
    assert counts["val_loss"] == 2
    assert counts["loss"] >= 2
    epochs = set(reader.records("loss").records["step"].tolist())
    assert epochs == {1, 2}
    assert f"accuracy: {reader.records('accuracy').records['value'][-1]:.4f}" in log


@_trains
def test_terminating_it_saves_a_checkpoint(jobs: RealJobs, keras_python: Path) -> None:
    job = start(jobs, keras_python, "--epochs", "1000", "--batch-size", "32")
    jobs.step_until(lambda: b"Epoch 2/1000" in jobs.log(job))
    jobs.platform.jobs.terminate(jobs.platform.actor("ada"), job)
    ended = jobs.ended(job)
    assert ended.state is JobState.TERMINATED
    assert "checkpoint.keras" in results(jobs, job)
    assert b"checkpoint" in jobs.log(job)


@_trains
def test_without_data_the_job_says_what_to_import(tmp_path: Path, keras_python: Path) -> None:
    shutil.copytree(TEMPLATE, tmp_path / "project")
    done = subprocess.run(
        [keras_python, "train.py"], cwd=tmp_path / "project", capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "import openmo/fashion-mnist" in done.stderr.splitlines()[-1]


def test_without_a_way_to_install_it_says_what_to_do_in_both_languages(tmp_path: Path) -> None:
    """A Python that has neither Keras nor a way to an index, as a machine without internet access."""
    shutil.copytree(TEMPLATE, tmp_path / "project")
    (tmp_path / "pip.py").write_text("print('no index here'); raise SystemExit(1)")
    done = subprocess.run(
        [sys.executable, "packages.py"],
        cwd=tmp_path / "project",
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no index here" in done.stdout
    assert "--find-links FOLDER" in done.stderr
    assert "PIP_INDEX_URL" in done.stderr
    assert "未能安装软件包" in done.stderr


def test_scripts_and_notebook_compile() -> None:
    notebook = (TEMPLATE / "coding_here.ipynb").read_text(encoding="utf-8")
    assert json.loads(notebook)["cells"]
    compile(export_notebook(notebook, "coding_here"), "coding_here.py", "exec")
    for name in ("train.py", "packages.py"):
        compile((TEMPLATE / name).read_text(encoding="utf-8"), name, "exec")
