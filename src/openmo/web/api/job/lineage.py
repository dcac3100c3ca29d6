"""What jobs were made with, and which jobs were made with something."""

from typing import Annotated

from fastapi import APIRouter, Query

from openmo.accounts.rights import Kind, Verb
from openmo.jobs.lineage.schemas import JobInputsView, UseList
from openmo.jobs.lineage.service import USES_LIMIT
from openmo.web.api.dependencies import ActorDep, JobDep
from openmo.web.api.modules import ModuleDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs

router = APIRouter()
Limit = Annotated[int, Query(ge=1, le=USES_LIMIT)]
After = Annotated[str, Query(max_length=40)]


@router.get("/projects/{owner}/{name}/jobs/{number}/inputs", dependencies=needs(Kind.JOB, Verb.SEE), tags=["jobs"])
def show_inputs(services: ServicesDep, actor: ActorDep, job: JobDep) -> JobInputsView:
    """The versions of modules and datasets that the job's script names, as far as the caller may see them."""
    return JobInputsView.of(services.lineage.inputs(actor, job))


@router.get("/modules/{owner}/{name}/jobs", dependencies=needs(Kind.MODULE, Verb.SEE), tags=["modules"])
def list_module_jobs(
    *, services: ServicesDep, actor: ActorDep, module: ModuleDep, limit: Limit = 20, after: After = ""
) -> UseList:
    """The caller's own jobs that were made with the module, a page at a time, the newest first."""
    return UseList.of(services.lineage.uses(actor, module, after=after, limit=limit))


@router.get("/datasets/{owner}/{name}/jobs", dependencies=needs(Kind.DATASET, Verb.SEE), tags=["datasets"])
def list_dataset_jobs(
    *, services: ServicesDep, actor: ActorDep, owner: str, name: str, limit: Limit = 20, after: After = ""
) -> UseList:
    """The caller's own jobs that were made with the dataset, a page at a time, the newest first."""
    dataset = services.datasets.get(actor, owner, name)
    return UseList.of(services.lineage.uses(actor, dataset, after=after, limit=limit))
