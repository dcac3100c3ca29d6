"""What jobs were made with, on the wire."""

from datetime import datetime

from pydantic import BaseModel

from openmo.core.states import JobState
from openmo.jobs.lineage.values import JobInputs, Use, UsePage


class ModuleInputView(BaseModel):
    """A version of a module that a job's script names."""

    identifier: str
    """`owner/name/version`."""
    title: str
    method: str
    """`train`, `predict` or `run`; empty: none is called by a name that can be read."""
    url: str


class DatasetInputView(BaseModel):
    """A version of a dataset that a job's script names."""

    dataset: str
    """`owner/name`."""
    title: str
    version: int
    url: str


class JobInputsView(BaseModel):
    """What a job's script names of its project's imports, as they were at its submission."""

    modules: list[ModuleInputView]
    datasets: list[DatasetInputView]

    @classmethod
    def of(cls, inputs: JobInputs) -> "JobInputsView":
        return cls(
            modules=[
                ModuleInputView(
                    identifier=each.identifier,
                    title=each.module.title,
                    method=each.method,
                    url=f"/modules/{each.module.full_name}?version={each.version}",
                )
                for each in inputs.modules
            ],
            datasets=[
                DatasetInputView(
                    dataset=each.dataset.full_name,
                    title=each.dataset.title,
                    version=each.version,
                    url=f"/datasets/{each.dataset.full_name}",
                )
                for each in inputs.datasets
            ],
        )


class UseView(BaseModel):
    """A job that was made with a module or dataset."""

    owner: str
    project: str
    number: int
    name: str
    state: JobState
    versions: list[str]
    methods: list[str]
    """Of the module, as far as they are called by names that can be read."""
    created_at: datetime
    url: str

    @classmethod
    def of(cls, use: Use) -> "UseView":
        job = use.job
        return cls(
            owner=job.owner,
            project=job.project,
            number=job.number,
            name=job.name,
            state=job.state,
            versions=list(use.versions),
            methods=list(use.methods),
            created_at=job.created_at,
            url=f"/projects/{job.owner}/{job.project}/jobs/{job.number}",
        )


class UseList(BaseModel):
    """One page of them, the newest first."""

    items: list[UseView]
    next: str
    """`after` of the next page; empty: this is the last."""

    @classmethod
    def of(cls, page: UsePage) -> "UseList":
        return cls(items=[UseView.of(each) for each in page.items], next=page.next)
