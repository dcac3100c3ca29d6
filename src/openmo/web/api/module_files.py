"""/api/v1/projects/{owner}/{name}/module: main.py and module_spec.yml, made of a notebook's cells."""

from fastapi import APIRouter

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.languages.language import translations
from openmo.projects.publishing.preparing.proposal import module_spec_from_data
from openmo.projects.publishing.preparing.schemas import (
    ModuleFilesDraft,
    ModuleFilesView,
    ModulePreparationDraft,
    ModulePreparationView,
    ModuleSpecDraft,
    ModuleSpecView,
    module_spec_fields,
)
from openmo.projects.publishing.preparing.service import ModuleFiles
from openmo.web.api.dependencies import ActorDep, ProjectDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs
from openmo.web.reader import Reads

router = APIRouter(prefix="/projects/{owner}/{name}/module", tags=["modules"])


@router.post("/prepare", dependencies=needs(Kind.PROJECT, Verb.PREPARE))
def prepare_module(
    services: ServicesDep, actor: ActorDep, language: Reads, project: ProjectDep, draft: ModulePreparationDraft
) -> ModulePreparationView:
    """main.py and module_spec.yml as the chosen cells of a notebook make them; nothing is written or run."""
    made = services.module_preparing.prepare(actor, project, draft.notebook, draft.cells, language=language)
    return ModulePreparationView.of(made, translations(language).gettext)


@router.post("/spec", dependencies=needs(Kind.PROJECT, Verb.PREPARE))
def write_out_module_spec(actor: ActorDep, project: ProjectDep, draft: ModuleSpecDraft) -> ModuleSpecView:
    """An edited spec, checked, and as the text of module_spec.yml; nothing is written."""
    check(actor, Verb.PREPARE, project.thing())
    spec, text = module_spec_from_data(draft.spec)
    return ModuleSpecView(spec=module_spec_fields(spec), spec_yaml=text)


@router.get("/files", dependencies=needs(Kind.PROJECT, Verb.PREPARE))
def read_module_files(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> ModuleFilesView:
    """main.py and module_spec.yml as they are now."""
    return ModuleFilesView.of(services.module_preparing.read(actor, project))


@router.put("/files", dependencies=needs(Kind.PROJECT, Verb.PREPARE))
def write_module_files(
    services: ServicesDep, actor: ActorDep, project: ProjectDep, draft: ModuleFilesDraft
) -> ModuleFilesView:
    """Both files are written into the project; the answer is what was there, for taking it back."""
    files = ModuleFiles(main=draft.main, module_spec=draft.module_spec)
    return ModuleFilesView.of(services.module_preparing.write(actor, project, files))
