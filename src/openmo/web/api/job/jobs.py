"""/api/v1/projects/{owner}/{name}/jobs and /api/v1/events."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.jobs.schemas import (
    JobDraft,
    JobDraftView,
    JobEnvironmentView,
    JobList,
    JobNumbers,
    JobOptions,
    JobView,
    ModuleJobDraft,
    PriorityChange,
    ResourcesView,
    SnapshotView,
)
from openmo.jobs.values import Job
from openmo.languages.language import Language
from openmo.web.api.dependencies import ActorDep, ChangeFeedDep, JobDep, ProjectDep
from openmo.web.live import follow_account
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs
from openmo.web.presentation.reasons import reason_text
from openmo.web.reader import Reads
from openmo.web.sse import EventStream, stream

router = APIRouter(tags=["jobs"])
_JOBS = "/projects/{owner}/{name}/jobs"
_JOB = _JOBS + "/{number}"


@router.get("/events", dependencies=needs(Kind.PLATFORM, Verb.WORK), response_class=EventStream)
def events(
    *,
    request: Request,
    services: ServicesDep,
    feed: ChangeFeedDep,
    actor: ActorDep,
    language: Reads,
    after: Annotated[int | None, Query(ge=0)] = None,
) -> StreamingResponse:
    """Server-sent events: `job` for every change of the caller's jobs, `notice` for every notice (and those that came
    after number `after`), `notices` with the count of unread ones whenever it changes.
    """
    return stream(request, follow_account(services.job_watch, services.notices, feed, actor, language, after=after))


@router.get("/jobs/active", dependencies=needs(Kind.PLATFORM, Verb.WORK))
def active_jobs(services: ServicesDep, actor: ActorDep, language: Reads) -> JobList:
    """The caller's jobs that wait or run."""
    return _listed(services.job_watch.active(actor), language)


@router.get(_JOBS, dependencies=needs(Kind.JOB, Verb.SEE))
def list_jobs(
    *,
    services: ServicesDep,
    actor: ActorDep,
    project: ProjectDep,
    language: Reads,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> JobList:
    """The project's jobs, newest first; reasons are in the reader's language."""
    return _listed(services.jobs.list(actor, project, limit=limit, offset=offset), language)


@router.get(_JOBS + "/options", dependencies=needs(Kind.JOB, Verb.RUN))
def show_options(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> JobOptions:
    """What a new job can run, and what there is for it to ask for."""
    check(actor, Verb.RUN, project.thing(Kind.JOB))
    capacity = services.jobs.capacity
    scripts = services.files.scripts(actor, project)
    return JobOptions(
        scripts=list(scripts), cpus=capacity.cpus, gpus=len(capacity.gpus), memory_bytes=capacity.memory_bytes
    )


@router.post(_JOBS, status_code=201, dependencies=needs(Kind.JOB, Verb.RUN))
def submit_job(services: ServicesDep, actor: ActorDep, project: ProjectDep, draft: JobDraft) -> JobView:
    """A job of the project's code as it is now."""
    return JobView.of(services.jobs.submit(actor, project, draft.request()))


@router.post("/projects/{owner}/{name}/modules/jobs", status_code=201, dependencies=needs(Kind.JOB, Verb.RUN))
def submit_module_job(services: ServicesDep, actor: ActorDep, project: ProjectDep, draft: ModuleJobDraft) -> JobView:
    """A job that calls a method of a module: the version is imported, and a script with the call written."""
    return JobView.of(services.module_jobs.submit(actor, project, draft.call()))


@router.get(_JOB, dependencies=needs(Kind.JOB, Verb.SEE))
def show_job(job: JobDep) -> JobView:
    """One job."""
    return JobView.of(job)


@router.get(_JOB + "/draft", dependencies=needs(Kind.JOB, Verb.SEE))
def show_draft(job: JobDep) -> JobDraftView:
    """The job as it was asked for; submit it again with `code_of` and `secrets_of` for the same code and secrets."""
    return JobDraftView.of(job)


@router.delete(_JOB, status_code=204, dependencies=needs(Kind.JOB, Verb.DELETE))
def delete_job(services: ServicesDep, actor: ActorDep, job: JobDep) -> None:
    """An ended job, its log and its charts are gone."""
    services.jobs.delete(actor, job)


@router.post(_JOBS + "/delete", status_code=204, dependencies=needs(Kind.JOB, Verb.DELETE))
def delete_jobs(services: ServicesDep, actor: ActorDep, project: ProjectDep, chosen: JobNumbers) -> None:
    """Several ended jobs are gone; none of them when one still waits or runs."""
    services.jobs.delete_several(actor, project, chosen.numbers)


@router.get(_JOB + "/snapshot", dependencies=needs(Kind.JOB, Verb.SEE))
def show_snapshot(services: ServicesDep, actor: ActorDep, job: JobDep) -> SnapshotView:
    """How large the job's code is, and what makes it so."""
    return SnapshotView.of(services.job_results.snapshot(actor, job))


@router.get(_JOB + "/environment", dependencies=needs(Kind.JOB, Verb.SEE))
def show_environment(services: ServicesDep, actor: ActorDep, job: JobDep) -> JobEnvironmentView:
    """The packages that the job runs with, and what differs from the script's run before."""
    return JobEnvironmentView.of(job, services.job_results.environment(actor, job))


@router.get(
    _JOB + "/environment/requirements.txt", dependencies=needs(Kind.JOB, Verb.SEE), response_class=PlainTextResponse
)
def download_requirements(services: ServicesDep, actor: ActorDep, job: JobDep) -> Response:
    """All those packages as a requirements file."""
    text = services.job_results.environment(actor, job).requirements
    name = f"{job.project}-job-{job.number}-requirements.txt"
    return PlainTextResponse(text, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get(_JOB + "/resources", dependencies=needs(Kind.JOB, Verb.SEE))
def show_resources(services: ServicesDep, actor: ActorDep, job: JobDep) -> ResourcesView:
    """CPU, memory and GPU use of the job in at most 600 points; peaks are never dropped."""
    return ResourcesView.of(job, services.job_results.usage(actor, job))


@router.put(_JOB + "/priority", dependencies=needs(Kind.JOB, Verb.STOP))
def change_priority(services: ServicesDep, actor: ActorDep, job: JobDep, change: PriorityChange) -> JobView:
    """A waiting job goes earlier (administrators alone) or later than others."""
    return JobView.of(services.jobs.set_priority(actor, job, change.priority))


@router.post(_JOB + "/terminate", status_code=202, dependencies=needs(Kind.JOB, Verb.STOP))
def terminate_job(services: ServicesDep, actor: ActorDep, job: JobDep) -> JobView:
    """The job is asked to stop."""
    return JobView.of(services.jobs.terminate(actor, job))


@router.post(_JOB + "/restart", status_code=201, dependencies=needs(Kind.JOB, Verb.RUN))
def restart_job(services: ServicesDep, actor: ActorDep, job: JobDep) -> JobView:
    """A new run of the same snapshot."""
    return JobView.of(services.jobs.restart(actor, job))


def _listed(jobs: Iterable[Job], language: Language) -> JobList:
    return JobList(items=[JobView.of(job).model_copy(update={"reason": reason_text(job, language)}) for job in jobs])
