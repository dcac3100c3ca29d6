"""/api/v1/projects/{owner}/{name}/app and its releases."""

from fastapi import APIRouter

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.apps.preparing.proposal import APP_SPEC, HANDLER, spec_from_data
from openmo.apps.schemas import (
    AppFiles,
    AppFilesDraft,
    AppReadingView,
    CallToken,
    CandidateList,
    PreparationDraft,
    PreparationView,
    PromotionDraft,
    ReleaseDraft,
    ReleaseList,
    ReleaseView,
    SpecDraft,
    SpecView,
    spec_data,
)
from openmo.languages.language import translations
from openmo.specs.generate import is_generated
from openmo.web.api.dependencies import ActorDep, ProjectDep
from openmo.web.parts import PartsDep, ServicesDep
from openmo.web.policy import needs
from openmo.web.reader import Reads

router = APIRouter(prefix="/projects/{owner}/{name}", tags=["apps"])


@router.post("/call-token", dependencies=needs(Kind.RELEASE, Verb.TAKE_CALL_TOKEN))
def issue_call_token(parts: PartsDep, actor: ActorDep, project: ProjectDep) -> CallToken:
    """A token of ten minutes for calling the caller's own unpublished apps from a page."""
    check(actor, Verb.TAKE_CALL_TOKEN, project.thing(Kind.RELEASE))
    return CallToken(token=parts.call_tokens.issue(str(actor.name)))


@router.get("/app", dependencies=needs(Kind.RELEASE, Verb.PREPARE))
def check_app(services: ServicesDep, actor: ActorDep, language: Reads, project: ProjectDep) -> AppReadingView:
    """What deploying would publish: inputs and outputs read from handler.py, and what to look at first."""
    return AppReadingView.of(services.preparing.check(actor, project), translations(language).gettext)


@router.post("/app/prepare", dependencies=needs(Kind.RELEASE, Verb.PREPARE))
def prepare_app(
    services: ServicesDep, actor: ActorDep, language: Reads, project: ProjectDep, draft: PreparationDraft
) -> PreparationView:
    """handler.py and app_spec.yml as the chosen cells of a notebook make them; nothing is written or run."""
    made = services.preparing.prepare(actor, project, draft.notebook, draft.cells, language=language)
    return PreparationView.of(made, translations(language).gettext)


@router.post("/app/spec", dependencies=needs(Kind.RELEASE, Verb.PREPARE))
def write_out_spec(actor: ActorDep, project: ProjectDep, draft: SpecDraft) -> SpecView:
    """An edited spec, checked, and as the text of app_spec.yml; nothing is written."""
    check(actor, Verb.PREPARE, project.thing(Kind.RELEASE))
    spec, text = spec_from_data(draft.spec)
    return SpecView(spec=spec_data(spec), spec_yaml=text)


@router.get("/app/files", dependencies=needs(Kind.RELEASE, Verb.PREPARE))
def read_app_files(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> AppFiles:
    """handler.py and app_spec.yml as they are now."""
    files = services.preparing.files(actor, project)
    handler = files.get(HANDLER)
    return AppFiles(handler=handler, app_spec=files.get(APP_SPEC), from_cells=is_generated(handler or ""))


@router.put("/app/files", dependencies=needs(Kind.RELEASE, Verb.PREPARE))
def write_app_files(
    services: ServicesDep, actor: ActorDep, language: Reads, project: ProjectDep, draft: AppFilesDraft
) -> AppReadingView:
    """Both files are written into the project, and read back as a deploy would."""
    reading = services.preparing.write_files(actor, project, handler=draft.handler, app_spec=draft.app_spec)
    return AppReadingView.of(reading, translations(language).gettext)


@router.get("/app/candidates", dependencies=needs(Kind.RELEASE, Verb.PREPARE))
def list_candidates(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> CandidateList:
    """The files that the next release could hold, and which of them the app needs."""
    return CandidateList.of(services.preparing.candidates(actor, project))


@router.post("/app/promote", status_code=201, dependencies=needs(Kind.RELEASE, Verb.PUBLISH))
def promote(services: ServicesDep, actor: ActorDep, project: ProjectDep, draft: PromotionDraft) -> ReleaseView:
    """The development version, as it was tried, becomes a public release."""
    return ReleaseView.of(services.apps.promote(actor, project, version=draft.version, notes=draft.notes))


@router.get("/releases", dependencies=needs(Kind.RELEASE, Verb.SEE))
def list_releases(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> ReleaseList:
    """Releases, newest first."""
    return ReleaseList(items=[ReleaseView.of(release) for release in services.apps.releases(actor, project)])


@router.post("/releases", status_code=201, dependencies=needs(Kind.RELEASE, Verb.PUBLISH))
def deploy(services: ServicesDep, actor: ActorDep, project: ProjectDep, draft: ReleaseDraft) -> ReleaseView:
    """A new release of the project as it is now."""
    release = services.apps.deploy(
        actor, project, version=draft.version, channel=draft.channel, notes=draft.notes, files=draft.files
    )
    return ReleaseView.of(release)
