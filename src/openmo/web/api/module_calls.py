"""/api/v1/modules/.../call: methods of modules called from outside a project, and the files that they return."""

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from openmo.accounts.rights import Kind, Verb
from openmo.core.served_files import file_policy
from openmo.modules.trying.schemas import RETURNED, ModuleCallDraft, ModuleCallView, ProjectCallDraft
from openmo.web.api.dependencies import ActorDep, ProjectDep
from openmo.web.api.modules import ModuleDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs

BODY_LIMIT = 32 << 20
"""Bytes of a call: it may hold files."""
router = APIRouter(tags=["modules"], max_body_size=BODY_LIMIT)
_FILES = RETURNED.removeprefix("/api/v1")


class ReturnedFile(Response):
    """A file as it is."""

    media_type = "application/octet-stream"


@router.post("/modules/{owner}/{name}/versions/{version}/call", dependencies=needs(Kind.MODULE, Verb.CALL))
def call_module(
    services: ServicesDep, actor: ActorDep, module: ModuleDep, version: str, draft: ModuleCallDraft
) -> ModuleCallView:
    """What a method of that version returns; it runs in the sandbox, for up to 60 seconds."""
    called = services.module_calls.call(actor, module, version, draft.method, draft.values)
    return ModuleCallView.of(called, inline_files=draft.inline_files)


@router.post("/projects/{owner}/{name}/module/try", dependencies=needs(Kind.PROJECT, Verb.PREPARE))
def try_project_module(
    services: ServicesDep, actor: ActorDep, project: ProjectDep, draft: ProjectCallDraft
) -> ModuleCallView:
    """What a method of the module that the project makes returns, as its files are now; nothing is published."""
    called = services.project_calls.call(actor, project, draft.method, draft.values, files=draft.files)
    return ModuleCallView.of(called, inline_files=draft.inline_files)


@router.get(f"{_FILES}/{{token}}", dependencies=needs(Kind.PLATFORM, Verb.WORK), response_class=ReturnedFile)
def read_returned_file(services: ServicesDep, actor: ActorDep, token: str) -> Response:
    """A file that a call of the caller's own returned, for an hour."""
    stored = services.module_calls.file(actor, token)
    return FileResponse(
        stored.path,
        media_type=stored.content_type,
        filename=stored.path.name if stored.download else None,
        headers={
            "Content-Security-Policy": file_policy(stored.content_type),
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-site",
            "Cache-Control": "private, max-age=600",
        },
    )
