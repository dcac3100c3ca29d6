"""`openmo demo`: the whole loop on a running server, on real data, step by step with figures."""

import io
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import click

from openmo.apps.schemas import ReleaseDraft, ReleaseView
from openmo.cli.client import ApiClient, CallInputs, connect
from openmo.cli.options import data_option
from openmo.cli.output import json_option, print_json
from openmo.core.errors import OpenMoError
from openmo.core.messages import message
from openmo.core.states import JobState
from openmo.core.visibility import Visibility
from openmo.datasets.schemas import DatasetView
from openmo.jobs.results.schemas import MetricList
from openmo.jobs.schemas import JobDraft, JobView
from openmo.projects.imports.schemas import DatasetImportView, DatasetReference
from openmo.projects.schemas import FileList, ProjectDraft, ProjectList, ProjectView

_NAME = "digits-demo"
_DATASET = "openmo/digits"
_ARCHIVE = "digits.zip"
_HELD_OUT = 5
"""The template's train.py keeps every fifth image for the test."""
_LEAST_ACCURACY = 0.95
_LEAST_RIGHT = 9


class DemoFailed(OpenMoError):
    """A step of the demo did not come out as promised."""

    code = "demo_failed"
    title = "The demo did not succeed"
    remedy = "Read the log that the message names; run `openmo doctor`."


Figures: TypeAlias = Mapping[str, object]
"""What a step shows, by name."""


@dataclass(slots=True)
class Tour:
    """What has been walked so far."""

    client: ApiClient
    say: Callable[[str], None]
    project: str = ""
    job: int = 0
    steps: list[Mapping[str, object]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def step(self, title: str, walk: Callable[["Tour"], Figures]) -> None:
        """One step: says its title, its figures and how long it took."""
        started = time.monotonic()
        figures = walk(self)
        seconds = round(time.monotonic() - started, 2)
        self.steps.append({"step": title, "seconds": seconds, **figures})
        shown = ", ".join(f"{name} {value}" for name, value in figures.items())
        self.say(f"{click.style('✓', fg='green')} {title}  {click.style(f'{seconds} s', dim=True)}\n    {shown}")


@click.command("demo")
@data_option
@json_option
def command(*, data: Path | None, as_json: bool) -> None:
    """Walk from a dataset to a working app on a running server: about half a minute."""
    tour = Tour(connect(data), (lambda _: None) if as_json else click.echo)
    tour.step("A project from the template Train digits", _make_project)
    tour.step("The dataset openmo/digits, imported without a copy", _import_dataset)
    tour.step("A job trains a classifier for 30 epochs", _train)
    tour.step("Its test accuracy is over 0.95, and the model is in results/", _check_model)
    tour.step("The project becomes an app", _deploy)
    tour.step("The app reads ten digits that the job has never seen", _call)
    seconds = round(time.monotonic() - tour.began, 1)
    urls = _urls(tour)
    if as_json:
        print_json({"ok": True, "seconds": seconds, "project": tour.project, "steps": tour.steps, "urls": urls})
        return
    click.echo(f"\nDone in {seconds} s. Look at it (sign in with the link of `openmo status`):")
    for name, url in urls.items():
        click.echo(f"  {name:<8} {url}")


def _make_project(tour: Tour) -> Figures:
    taken = {item.name for item in tour.client.get("/projects").read(ProjectList).items}
    name = next(name for name in _names() if name not in taken)
    draft = ProjectDraft(name=name, title="Digits demo", template="train-digits", visibility=Visibility.PUBLIC)
    tour.project = tour.client.post("/projects", draft).read(ProjectView).full_name
    return {"project": tour.project}


def _import_dataset(tour: Tour) -> Figures:
    path = f"/projects/{tour.project}/datasets"
    made = tour.client.post(path, DatasetReference(dataset=_DATASET)).read(DatasetImportView)
    facts = tour.client.get(f"/datasets/{_DATASET}").read(DatasetView)
    return {"folder": made.folder, "files": facts.files, "bytes": facts.bytes}


def _train(tour: Tour) -> Figures:
    path = f"/projects/{tour.project}/jobs"
    submitted = time.monotonic()
    job = tour.client.post(path, JobDraft(script="train.py")).read(JobView)
    tour.job = job.number
    first_line = None
    with tour.client.events(f"{path}/{tour.job}/log/stream") as events:
        for name, value in events:
            if name == "log" and first_line is None:
                first_line = round(time.monotonic() - submitted, 2)
            elif name == "state":
                job = value.read(JobView)
            elif name == "end":
                break
    if job.state is not JobState.SUCCEEDED:
        raise DemoFailed(message("The job %(state)s: %(reason)s", state=job.state, reason=job.reason))
    return {"job": tour.job, "state": job.state, "first_line_after_s": first_line}


def _check_model(tour: Tour) -> Figures:
    path = f"/projects/{tour.project}/jobs/{tour.job}/metrics"
    metrics = {item.name: item for item in tour.client.get(path).read(MetricList).metrics}
    epochs = metrics["loss"].count
    accuracy = metrics["accuracy"].last_value or 0.0
    results = tour.client.get(f"/projects/{tour.project}/files", path="results").read(FileList)
    models = [item.path for item in results.items if Path(item.name).stem == "model"]
    if accuracy <= _LEAST_ACCURACY or not models:
        raise DemoFailed(
            message(
                "Accuracy %(accuracy)s (over %(least)s was promised), models %(models)s.",
                accuracy=accuracy,
                least=_LEAST_ACCURACY,
                models=models,
            )
        )
    return {"epochs": epochs, "accuracy": accuracy, "model": models[0]}


def _deploy(tour: Tour) -> Figures:
    draft = ReleaseDraft(notes="Made by `openmo demo`.")
    release = tour.client.post(f"/projects/{tour.project}/releases", draft).read(ReleaseView)
    return {"version": release.version, "inputs": ", ".join(release.spec["input"])}


def _call(tour: Tour) -> Figures:
    answers: list[tuple[int, object]] = []
    milliseconds: list[float] = []
    for digit, image in _held_out(tour.client.get_bytes(f"/datasets/{_DATASET}/files/{_ARCHIVE}")):
        started = time.monotonic()
        inputs = CallInputs(files={"image": ("digit.png", image, "image/png")}, as_form=True)
        with tour.client.call(tour.project, inputs) as called:
            output = dict(called)["output"].values()
        milliseconds.append((time.monotonic() - started) * 1000)
        answers.append((digit, output["digit"]))
    right = sum(shown == read for shown, read in answers)
    if right < _LEAST_RIGHT:
        raise DemoFailed(
            message("Only %(right)s of %(answers)s digits were read rightly.", right=right, answers=len(answers))
        )
    first, *later = milliseconds
    return {
        "right": f"{right} of {len(answers)}",
        "first_call_ms": round(first),
        "later_calls_ms": round(sorted(later)[len(later) // 2], 1),
    }


def _held_out(archive: bytes) -> list[tuple[int, bytes]]:
    """One image of each class that the job kept for its test: (digit, PNG)."""
    found: dict[int, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for name in sorted(opened.namelist()):
            path = Path(name)
            if path.suffix == ".png" and int(path.stem) % _HELD_OUT == 0:
                found.setdefault(int(path.parent.name), opened.read(name))
    return sorted(found.items())


def _urls(tour: Tour) -> dict[str, str]:
    base = f"{tour.client.url}/projects/{tour.project}"
    return {
        "project": base,
        "job": f"{base}/jobs/{tour.job}",
        "app": f"{base}/use",
        "api": f"{tour.client.url}/run/{tour.project}",
    }


def _names() -> Iterator[str]:
    yield _NAME
    for number in range(2, 100_000):
        yield f"{_NAME}-{number}"
