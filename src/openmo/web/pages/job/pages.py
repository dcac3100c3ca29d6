"""A project's jobs: the list, one job, and what can be done with it."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.core.amounts import memory_text
from openmo.core.errors import OpenMoError
from openmo.core.states import ACTIVE
from openmo.jobs.lineage.values import JobInputs
from openmo.jobs.values import LARGE_SNAPSHOT, Job, JobEnvironment
from openmo.languages.language import Language
from openmo.storage.store import TreeSummary
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.forms import field_errors, go
from openmo.web.pages.job.form import NewJobForm
from openmo.web.pages.project.head import ProjectHead, project_head
from openmo.web.pages.rendering import render
from openmo.web.policy import needs
from openmo.web.presentation.reasons import reason_text

router = APIRouter(prefix="/projects/{owner}/{name}/jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsPage:
    head: ProjectHead
    jobs: tuple[Job, ...]
    language: Language
    scripts: tuple[str, ...]
    form: NewJobForm
    earlier: Job | None
    """The job that the form repeats with changes."""
    gpus: int
    cpus: int
    """What this installation has."""
    open: bool
    """Whether the form for a new job is shown at once."""
    errors: dict[str, str] = field(default_factory=dict)

    def reason(self, job: Job) -> str:
        return reason_text(job, self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    head: ProjectHead
    job: Job
    language: Language
    snapshot: TreeSummary
    environment: JobEnvironment
    inputs: JobInputs
    """What it was made with."""

    @property
    def reason(self) -> str:
        return reason_text(self.job, self.language)

    @property
    def active(self) -> bool:
        return self.job.state in ACTIVE

    @property
    def api(self) -> str:
        """Where the page's script asks for the log and the metrics."""
        return f"/api/v1/projects/{self.job.owner}/{self.job.project}/jobs/{self.job.number}"

    @staticmethod
    def memory(size: int) -> str:
        """In the units in which limits are given."""
        return memory_text(size)

    @property
    def large(self) -> bool:
        """Whether data probably lies among the code."""
        return self.job.snapshot_bytes > LARGE_SNAPSHOT


@router.get("", dependencies=needs(Kind.JOB, Verb.SEE))
def list_jobs(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    script: str = "",
    new: bool = False,
    like: int | None = None,
) -> Response:
    """All jobs; `script` opens the form with that script chosen, `like` as the job of that number was asked for."""
    head = _own(services, actor, owner, name)
    earlier = services.jobs.get(actor, head.project, like) if like is not None else None
    form = NewJobForm.like(earlier) if earlier else NewJobForm(script=script)
    shown = bool(script) or new or earlier is not None
    page = _jobs_page(services, actor, head, language=language, form=form, show=shown, earlier=earlier)
    return render(request, "project/jobs.html", page)


@router.post("", dependencies=needs(Kind.JOB, Verb.RUN))
def submit(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    form: Annotated[NewJobForm, Form()],
) -> Response:
    """The new job's page, or the form again with what is wrong; secrets must be typed again."""
    head = _own(services, actor, owner, name)
    try:
        job = services.jobs.submit(actor, head.project, form.request())
    except OpenMoError as error:
        page = _jobs_page(
            services, actor, head, language=language, form=form, show=True, errors=field_errors(error, language)
        )
        return render(request, "project/jobs.html", page, status=error.status)
    return go(f"{head.address}/jobs/{job.number}")


@router.post("/delete", dependencies=needs(Kind.JOB, Verb.DELETE))
def delete_several(
    services: Use, actor: Who, owner: str, name: str, number: Annotated[list[int] | None, Form()] = None
) -> Response:
    """Back to the list, without the chosen jobs."""
    project = services.projects.get(actor, owner, name)
    services.jobs.delete_several(actor, project, number or [])
    return go(f"/projects/{owner}/{name}/jobs")


@router.get("/{number}", dependencies=needs(Kind.JOB, Verb.SEE))
def show_job(
    *, request: Request, services: Use, actor: Who, language: Reads, owner: str, name: str, number: int
) -> Response:
    """State, log and charts of one job."""
    head = _own(services, actor, owner, name)
    job = services.jobs.get(actor, head.project, number)
    page = JobPage(
        head=head,
        job=job,
        language=language,
        snapshot=services.job_results.snapshot(actor, job),
        environment=services.job_results.environment(actor, job),
        inputs=services.lineage.inputs(actor, job),
    )
    return render(request, "project/job.html", page)


@router.post("/{number}/terminate", dependencies=needs(Kind.JOB, Verb.STOP))
def terminate(services: Use, actor: Who, owner: str, name: str, number: int) -> Response:
    """Back to the job, which is being stopped."""
    project = services.projects.get(actor, owner, name)
    services.jobs.terminate(actor, services.jobs.get(actor, project, number))
    return go(f"/projects/{owner}/{name}/jobs/{number}")


@router.post("/{number}/restart", dependencies=needs(Kind.JOB, Verb.RUN))
def restart(services: Use, actor: Who, owner: str, name: str, number: int) -> Response:
    """To the new run of the same snapshot."""
    project = services.projects.get(actor, owner, name)
    job = services.jobs.restart(actor, services.jobs.get(actor, project, number))
    return go(f"/projects/{owner}/{name}/jobs/{job.number}")


@router.post("/{number}/delete", dependencies=needs(Kind.JOB, Verb.DELETE))
def delete(services: Use, actor: Who, owner: str, name: str, number: int) -> Response:
    """Back to the list, without the job."""
    project = services.projects.get(actor, owner, name)
    services.jobs.delete(actor, services.jobs.get(actor, project, number))
    return go(f"/projects/{owner}/{name}/jobs")


def _own(services: Use, actor: Who, owner: str, name: str) -> ProjectHead:
    """The head of the jobs' tab; raises NotFound and Forbidden."""
    head = project_head(services, actor, owner, name, tab="jobs")
    check(actor, Verb.SEE, head.project.thing(Kind.JOB))
    return head


def _jobs_page(
    services: Use,
    actor: Who,
    head: ProjectHead,
    *,
    language: Language,
    form: NewJobForm,
    show: bool,
    earlier: Job | None = None,
    errors: dict[str, str] | None = None,
) -> JobsPage:
    capacity = services.jobs.capacity
    return JobsPage(
        head=head,
        jobs=tuple(services.jobs.list(actor, head.project)),
        language=language,
        scripts=tuple(sorted(services.files.scripts(actor, head.project), key=_likely)),
        form=form,
        earlier=earlier,
        cpus=capacity.cpus,
        gpus=len(capacity.gpus),
        open=show,
        errors=errors or {},
    )


def _likely(script: str) -> tuple[bool, bool, str]:
    """Sorts what people run as jobs to the front: trainings, then scripts, then notebooks."""
    return not script.startswith("train"), not script.endswith(".py"), script
