"""A project once more, as the beginning of a module."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.projects.publishing.copying import CopyChoice
from openmo.specs.module import ModuleKind
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.forms import chosen, go
from openmo.web.policy import needs

router = APIRouter(prefix="/projects/{owner}/{name}")


@router.post("/copy-as-module", dependencies=needs(Kind.PROJECT, Verb.CHANGE))
def copy_as_module(
    *,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    title: Annotated[str, Form()] = "",
    module_kind: Annotated[str, Form()] = ModuleKind.TOOLKIT,
) -> Response:
    """The page of the new project, where its module is published from."""
    project = services.projects.get(actor, owner, name)
    kind = chosen(ModuleKind, module_kind, field="module_kind")
    made = services.module_copying.copy(actor, project, CopyChoice(kind=kind, language=language, title=title.strip()))
    return go(f"/projects/{made.full_name}/publish")
