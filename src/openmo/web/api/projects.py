"""/api/v1/projects, /api/v1/templates, /api/v1/me."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from openmo.accounts.rights import Kind, Verb
from openmo.accounts.schemas import Me
from openmo.core.references import Reference
from openmo.projects.imports.schemas import (
    DatasetImportList,
    DatasetImportView,
    DatasetReference,
)
from openmo.projects.schemas import ProjectChange, ProjectDraft, ProjectList, ProjectView
from openmo.projects.values import Template
from openmo.web.api.dependencies import ActorDep, ProjectDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs

router = APIRouter(tags=["projects"])


class TemplateList(BaseModel):
    items: list[Template]


class LabAddress(BaseModel):
    url: str


@router.get("/me", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def me(actor: ActorDep) -> Me:
    """Who is calling."""
    return Me(name=actor.name, admin=actor.admin)


@router.get("/templates", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def templates(services: ServicesDep) -> TemplateList:
    """Starting points for projects."""
    return TemplateList(items=list(services.projects.templates()))


@router.get("/projects", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def list_projects(services: ServicesDep, actor: ActorDep, scope: Literal["own", "public"] = "own") -> ProjectList:
    """The caller's projects, or with `scope=public` everybody's public ones."""
    found = services.projects.list_public(actor) if scope == "public" else services.projects.list_own(actor)
    return ProjectList(items=[ProjectView.of(project) for project in found])


@router.post("/projects", status_code=201, dependencies=needs(Kind.PLATFORM, Verb.CREATE_PROJECT))
def create_project(services: ServicesDep, actor: ActorDep, draft: ProjectDraft) -> ProjectView:
    """A new project, filled from its template."""
    return ProjectView.of(services.projects.create(actor, **draft.model_dump()))


@router.get("/projects/{owner}/{name}", dependencies=needs(Kind.PROJECT, Verb.SEE))
def show_project(project: ProjectDep) -> ProjectView:
    """One project."""
    return ProjectView.of(project)


@router.patch("/projects/{owner}/{name}", dependencies=needs(Kind.PROJECT, Verb.CHANGE))
def change_project(services: ServicesDep, actor: ActorDep, project: ProjectDep, change: ProjectChange) -> ProjectView:
    """The project as changed."""
    return ProjectView.of(services.projects.update(actor, project, **change.model_dump()))


@router.delete("/projects/{owner}/{name}", status_code=204, dependencies=needs(Kind.PROJECT, Verb.DELETE))
async def delete_project(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> None:
    """The project, its jobs and its releases are gone."""
    await services.deletion.delete(actor, project)


@router.post("/projects/{owner}/{name}/start", status_code=202, dependencies=needs(Kind.PROJECT, Verb.OPEN_LAB))
async def start_lab(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> LabAddress:
    """The project's JupyterLab starts; the answer says where it will be."""
    return LabAddress(url=await services.lab.start(actor, project))


@router.get("/projects/{owner}/{name}/datasets", dependencies=needs(Kind.PROJECT, Verb.SEE))
def list_imports(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> DatasetImportList:
    """Datasets that the project imports."""
    return DatasetImportList(items=[DatasetImportView.of(item) for item in services.imports.datasets(actor, project)])


@router.post("/projects/{owner}/{name}/datasets", status_code=201, dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def import_dataset(
    services: ServicesDep, actor: ActorDep, project: ProjectDep, reference: DatasetReference
) -> DatasetImportView:
    """That version of the dataset appears in the project's datasets folder, instead of another if there is one."""
    dataset = Reference.parse_dataset(reference.dataset, field="dataset")
    return DatasetImportView.of(services.imports.import_dataset_named(actor, project, dataset))


@router.delete(
    "/projects/{owner}/{name}/datasets/{dataset_owner}/{dataset_name}",
    status_code=204,
    dependencies=needs(Kind.PROJECT, Verb.IMPORT),
)
def unimport_dataset(
    services: ServicesDep, actor: ActorDep, project: ProjectDep, dataset_owner: str, dataset_name: str
) -> None:
    """The entry goes; the data stays."""
    services.imports.remove_dataset(actor, project, Reference(dataset_owner, dataset_name))
