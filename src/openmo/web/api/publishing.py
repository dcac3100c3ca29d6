"""/api/v1/projects/{owner}/{name}/module: from a project to the module that others import."""

from fastapi import APIRouter

from openmo.accounts.rights import Kind, Verb
from openmo.languages.language import language_of
from openmo.projects.publishing.schemas import SkeletonDraft, SkeletonView
from openmo.web.api.dependencies import ActorDep, ProjectDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs
from openmo.web.reader import Reads

router = APIRouter(prefix="/projects/{owner}/{name}/module", tags=["modules"])


@router.post("/skeleton", status_code=201, dependencies=needs(Kind.PROJECT, Verb.PREPARE))
def begin_module(
    services: ServicesDep, actor: ActorDep, language: Reads, project: ProjectDep, draft: SkeletonDraft
) -> SkeletonView:
    """The files of a small module that works are in the project; what is there stays."""
    chosen = language_of(draft.language) or language
    written = services.publishing.begin(
        actor, project, draft.kind, language=chosen, replace_readme=draft.replace_readme
    )
    return SkeletonView(files=list(written))
