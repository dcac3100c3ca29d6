"""/api/v1/projects/…/modules: the modules that a project imports."""

from typing import Annotated

from fastapi import APIRouter, Depends

from openmo.accounts.rights import Kind, Verb
from openmo.core.references import Reference
from openmo.languages.language import translations
from openmo.projects.imports.schemas import (
    ModuleImportList,
    ModuleImportView,
    ModuleReference,
    ModuleUpdateRequest,
    ModuleUpdateView,
    ModuleUserList,
)
from openmo.web.api.dependencies import ActorDep, ProjectDep
from openmo.web.api.modules import ModuleDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs
from openmo.web.reader import Reads

router = APIRouter(tags=["projects"])
_IMPORTS = "/projects/{owner}/{name}/modules"
_IMPORT = f"{_IMPORTS}/{{module_owner}}/{{module_name}}/{{version}}"


def _imported(module_owner: str, module_name: str, version: str) -> Reference:
    return Reference(module_owner, module_name, version)


ImportedDep = Annotated[Reference, Depends(_imported)]
"""The imported version that the path names."""


@router.get(_IMPORTS, dependencies=needs(Kind.PROJECT, Verb.SEE))
def list_module_imports(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> ModuleImportList:
    """Modules that the project imports, each with the release that is newer."""
    return ModuleImportList(items=[ModuleImportView.of(item) for item in services.imports.modules(actor, project)])


@router.post(_IMPORTS, status_code=201, dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def import_module(
    services: ServicesDep, actor: ActorDep, project: ProjectDep, reference: ModuleReference
) -> ModuleImportView:
    """The module appears in the project's modules folder."""
    module = Reference.parse(reference.module, field="module", versioned=True)
    return ModuleImportView.of(services.imports.import_module_named(actor, project, module))


@router.delete(_IMPORT, status_code=204, dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def unimport_module(services: ServicesDep, actor: ActorDep, project: ProjectDep, imported: ImportedDep) -> None:
    """The entry goes; the module stays."""
    services.imports.remove_module(actor, project, imported)


@router.get(f"{_IMPORT}/update", dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def preview_module_update(
    *,
    services: ServicesDep,
    actor: ActorDep,
    project: ProjectDep,
    imported: ImportedDep,
    language: Reads,
    to: str = "",
) -> ModuleUpdateView:
    """Which calls would name another version; `to` empty: the newest release. Changes nothing."""
    return ModuleUpdateView.of(
        services.module_updates.preview(actor, project, imported, to), translations(language).gettext
    )


@router.post(f"{_IMPORT}/update", dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def update_module(
    *,
    services: ServicesDep,
    actor: ActorDep,
    project: ProjectDep,
    imported: ImportedDep,
    language: Reads,
    wanted: ModuleUpdateRequest,
) -> ModuleUpdateView:
    """The project imports the other version, and its calls name it; updating back undoes it."""
    done = services.module_updates.update(actor, project, imported, wanted.version, digest=wanted.digest)
    return ModuleUpdateView.of(done, translations(language).gettext)


@router.get("/modules/{owner}/{name}/projects", dependencies=needs(Kind.MODULE, Verb.SEE))
def list_module_users(services: ServicesDep, module: ModuleDep) -> ModuleUserList:
    """Public projects that import the module, and how many do in all."""
    return ModuleUserList.of(module, services.module_uses.public_projects(module))
