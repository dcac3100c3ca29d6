"""A project's jobs: the list, one job, and what can be done with it."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from openmo.core.errors import Forbidden, OpenMoError
from openmo.core.states import ACTIVE
from openmo.jobs.values import Device, Job, JobRequest
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.forms import chosen, field_errors, go, split_arguments
from openmo.web.pages.project_head import ProjectHead, project_head
from openmo.web.pages.rendering import render
from openmo.web.policy import allow
from openmo.web.security import check_csrf

router = APIRouter(prefix="/projects/{owner}/{name}/jobs")
_CHANGES = [Depends(allow.signed_in), Depends(check_csrf)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJobForm:
    """What the form holds, as the user typed it."""

    script: str = ""
    name: str = ""
    args: str = ""
    device: str = Device.CPU


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsPage:
    head: ProjectHead
    jobs: tuple[Job, ...]
    scripts: tuple[str, ...]
    form: NewJobForm
    open: bool
    """Whether the form for a new job is shown at once."""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    head: ProjectHead
    job: Job

    @property
    def active(self) -> bool:
        return self.job.state in ACTIVE

    @property
    def api(self) -> str:
        """Where the page's script asks for the log and the metrics."""
        return f"/api/v1/projects/{self.job.owner}/{self.job.project}/jobs/{self.job.number}"


@router.get("", dependencies=[Depends(allow.signed_in)])
def list_jobs(
    *, request: Request, services: Use, actor: Who, owner: str, name: str, script: str = "", new: bool = False
) -> Response:
    """All jobs of the project; `script` opens the form with that script chosen."""
    head = _own(project_head(services, actor, owner, name, tab="jobs"))
    page = _jobs_page(services, actor, head, form=NewJobForm(script=script), show=bool(script) or new)
    return render(request, "project/jobs.html", page)


@router.post("", dependencies=_CHANGES)
def submit(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    script: Annotated[str, Form()] = "",
    job_name: Annotated[str, Form()] = "",
    args: Annotated[str, Form()] = "",
    device: Annotated[str, Form()] = Device.CPU,
) -> Response:
    """The new job's page, or the form again with what is wrong."""
    head = _own(project_head(services, actor, owner, name, tab="jobs"))
    try:
        wanted = JobRequest(
            script=script,
            name=job_name.strip(),
            args=split_arguments(args),
            device=chosen(Device, device, field="device"),
        )
        job = services.jobs.submit(actor, head.project, wanted)
    except OpenMoError as error:
        form = NewJobForm(script=script, name=job_name, args=args, device=device)
        page = _jobs_page(services, actor, head, form=form, show=True, errors=field_errors(error, language))
        return render(request, "project/jobs.html", page, status=error.status)
    return go(f"{head.address}/jobs/{job.number}")


@router.get("/{number}", dependencies=[Depends(allow.signed_in)])
def show_job(*, request: Request, services: Use, actor: Who, owner: str, name: str, number: int) -> Response:
    """State, log and charts of one job."""
    head = _own(project_head(services, actor, owner, name, tab="jobs"))
    page = JobPage(head=head, job=services.jobs.get(actor, head.project, number))
    return render(request, "project/job.html", page)


@router.post("/{number}/terminate", dependencies=_CHANGES)
def terminate(services: Use, actor: Who, owner: str, name: str, number: int) -> Response:
    """Back to the job, which is being stopped."""
    project = services.projects.get(actor, owner, name)
    services.jobs.terminate(actor, services.jobs.get(actor, project, number))
    return go(f"/projects/{owner}/{name}/jobs/{number}")


@router.post("/{number}/restart", dependencies=_CHANGES)
def restart(services: Use, actor: Who, owner: str, name: str, number: int) -> Response:
    """To the new run of the same snapshot."""
    project = services.projects.get(actor, owner, name)
    job = services.jobs.restart(actor, services.jobs.get(actor, project, number))
    return go(f"/projects/{owner}/{name}/jobs/{job.number}")


@router.post("/{number}/delete", dependencies=_CHANGES)
def delete(services: Use, actor: Who, owner: str, name: str, number: int) -> Response:
    """Back to the list, without the job."""
    project = services.projects.get(actor, owner, name)
    services.jobs.delete(actor, services.jobs.get(actor, project, number))
    return go(f"/projects/{owner}/{name}/jobs")


def _own(head: ProjectHead) -> ProjectHead:
    """Jobs show code, arguments and output: they are for those who may change the project."""
    if not head.may_edit:
        raise Forbidden("Only the project's owner can see its jobs.")
    return head


def _jobs_page(
    services: Use, actor: Who, head: ProjectHead, *, form: NewJobForm, show: bool, errors: dict[str, str] | None = None
) -> JobsPage:
    return JobsPage(
        head=head,
        jobs=tuple(services.jobs.list(actor, head.project)),
        scripts=tuple(sorted(services.projects.scripts(actor, head.project), key=_likely)),
        form=form,
        open=show,
        errors=errors or {},
    )


def _likely(script: str) -> tuple[bool, bool, str]:
    """Sorts what people run as jobs to the front: trainings, then scripts, then notebooks."""
    return not script.startswith("train"), not script.endswith(".py"), script
