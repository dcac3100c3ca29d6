"""The template *Retrain a module* as a real job: the module's metrics are charted, and its weights lie in results/."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.notebook_server import ENVIRONMENTS
from support.real_jobs import RealJobs

from examples import datasets, modules
from openmo.core.states import JobState
from openmo.core.visibility import Visibility
from openmo.environments.builder import Environments, base_spec
from openmo.environments.recipes import UserEnvironment
from openmo.sandbox.interpreter import interpreter_folders

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def jobs(tmp_path: Path, migrated_sqlite: Path) -> Iterator[RealJobs]:
    base = Environments(ENVIRONMENTS).find(base_spec())
    if base is None:
        pytest.skip("the base environment is not built: run `make test`")
    made = RealJobs(tmp_path, migrated_sqlite, cpus=2, grace=60.0)
    readable = (base.folder, *interpreter_folders(base.python))
    made.provider.environment = UserEnvironment(digest="1" * 64, python=base.python, read_only=readable)
    yield made
    made.close()


def test_it_trains_as_a_job_with_charts(jobs: RealJobs, tmp_path: Path) -> None:
    platform = jobs.platform
    datasets.build_digits(tmp_path / "digits")
    modules.build_image_classifier(tmp_path / "image_classifier")
    common: dict[str, Any] = {"title": "", "description": "", "visibility": Visibility.PUBLIC}
    openmo = platform.account("openmo")
    platform.datasets.create(openmo, name="digits", source=tmp_path / "digits", **common)
    platform.modules.create(
        openmo, name="image_classifier", version="1.0.0", source=tmp_path / "image_classifier", **common
    )
    project = platform.projects.create(platform.actor("ada"), title="Retrain", template="retrain-module")

    job = jobs.ended(platform.submit(project, "train.py", args=("--epochs", "2")))

    log = jobs.log(job).decode()
    assert job.state is JobState.SUCCEEDED, log[-3000:]
    reader = platform.job_results.metrics(platform.actor("ada"), job)
    assert {item.name: item.count for item in reader.summaries()} == {"loss": 2, "accuracy": 2, "val_accuracy": 2}
    assert reader.records("val_accuracy").records["step"].tolist() == [1, 2]
    accuracy = reader.records("val_accuracy").records["value"][-1]
    assert accuracy > 0.85
    assert f"Accuracy on unseen digits: {accuracy:.4f}" in log
    results = platform.workspace(project) / "results"
    assert {path.name for path in results.iterdir()} == {"my_model.npz", "my_weights.npz", "training_log.csv"}
    with np.load(results / "my_weights.npz", allow_pickle=False) as weights:
        assert weights["classes"].tolist() == [str(digit) for digit in range(10)]
