"""/api/v1/projects/{owner}/{name}/module: from a project to the module that others import; and yanking its versions."""

from fastapi import APIRouter

from openmo.accounts.rights import Kind, Verb
from openmo.languages.language import language_of, translations
from openmo.modules.schemas import ModuleView
from openmo.projects.publishing.copying import CopyChoice
from openmo.projects.publishing.schemas import (
    CheckDraft,
    CheckReportView,
    CopyDraft,
    ModulePlanView,
    SkeletonDraft,
    SkeletonView,
    VersionDraft,
    YankDraft,
)
from openmo.projects.schemas import ProjectView
from openmo.web.api.dependencies import ActorDep, ProjectDep
from openmo.web.api.modules import ModuleDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs
from openmo.web.reader import Reads

router = APIRouter(tags=["modules"])
_MODULE = "/projects/{owner}/{name}/module"
_YANK = "/modules/{owner}/{name}/versions/{version}/yank"


@router.get(_MODULE, dependencies=needs(Kind.PROJECT, Verb.PREPARE))
def plan_module(services: ServicesDep, actor: ActorDep, language: Reads, project: ProjectDep) -> ModulePlanView:
    """What publishing would make of the project: read, not run."""
    return ModulePlanView.of(services.publishing.plan(actor, project), translations(language).gettext)


@router.post(f"{_MODULE}/skeleton", status_code=201, dependencies=needs(Kind.PROJECT, Verb.PREPARE))
def begin_module(
    services: ServicesDep, actor: ActorDep, language: Reads, project: ProjectDep, draft: SkeletonDraft
) -> SkeletonView:
    """The files of a small module that works are in the project; what is there stays."""
    chosen = language_of(draft.language) or language
    written = services.publishing.begin(
        actor, project, draft.kind, language=chosen, replace_readme=draft.replace_readme
    )
    return SkeletonView(files=list(written))


@router.post(f"{_MODULE}/copy", status_code=201, dependencies=needs(Kind.PROJECT, Verb.CHANGE))
def copy_as_module(
    services: ServicesDep, actor: ActorDep, language: Reads, project: ProjectDep, draft: CopyDraft
) -> ProjectView:
    """A new project of the kind module with the files and imports of this one, which stays as it is."""
    chosen = language_of(draft.language) or language
    choice = CopyChoice(kind=draft.kind, language=chosen, title=draft.title, name=draft.name)
    return ProjectView.of(services.module_copying.copy(actor, project, choice))


@router.post(f"{_MODULE}/check", dependencies=needs(Kind.PROJECT, Verb.PREPARE))
def check_module(
    services: ServicesDep, actor: ActorDep, language: Reads, project: ProjectDep, draft: CheckDraft
) -> CheckReportView:
    """What the check says of the project as it is now; nothing is published."""
    report = services.publishing.check(actor, project, draft.files)
    return CheckReportView.of(report, translations(language).gettext)


@router.post(f"{_MODULE}/versions", status_code=201, dependencies=needs(Kind.PROJECT, Verb.PUBLISH))
def publish_module(services: ServicesDep, actor: ActorDep, project: ProjectDep, draft: VersionDraft) -> ModuleView:
    """A new version of the module that the project makes, checked before anybody sees it."""
    module = services.publishing.publish(actor, project, draft.draft())
    return ModuleView.of(module, favourite=services.modules.is_favourite(actor, module))


@router.post(_YANK, dependencies=needs(Kind.MODULE, Verb.MANAGE))
def yank_module_version(
    services: ServicesDep, actor: ActorDep, module: ModuleDep, version: str, draft: YankDraft
) -> ModuleView:
    """The version is offered to nobody any more; who has imported it keeps it, and reads why."""
    changed = services.yanking.yank(actor, module, version, draft.reason)
    return ModuleView.of(changed, favourite=services.modules.is_favourite(actor, changed))


@router.delete(_YANK, dependencies=needs(Kind.MODULE, Verb.MANAGE))
def take_yank_back(services: ServicesDep, actor: ActorDep, module: ModuleDep, version: str) -> ModuleView:
    """The version is offered again."""
    changed = services.yanking.unyank(actor, module, version)
    return ModuleView.of(changed, favourite=services.modules.is_favourite(actor, changed))
