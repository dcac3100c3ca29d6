"""The owner's examples: saved from the form, put in order, renamed, deleted."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.apps.preparing.examples import Move
from openmo.core.errors import InvalidInput
from openmo.projects.values import Project
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.forms import chosen, go
from openmo.web.policy import needs

router = APIRouter(prefix="/projects/{owner}/{name}/use/examples")
_FILE = "file:"
_MAX_FILES = 20


def _project(services: Use, actor: Who, owner: str, name: str) -> Project:
    project = services.projects.get(actor, owner, name)
    check(actor, Verb.PREPARE, project.thing(Kind.RELEASE))
    return project


Own = Annotated[Project, Depends(_project)]


@router.post("", status_code=204, dependencies=needs(Kind.RELEASE, Verb.PREPARE))
async def save_example(request: Request, services: Use, actor: Who, project: Own) -> Response:
    """The form's inputs, and their files, become an example of the next release."""
    form = await request.form(max_files=_MAX_FILES)
    files = {
        key.removeprefix(_FILE): (value.filename or "file", await value.read())
        for key, value in form.items()
        if key.startswith(_FILE) and isinstance(value, UploadFile)
    }
    title, values = form.get("name", ""), _values(form.get("values"))
    if not isinstance(title, str):
        raise InvalidInput("A name is text.", field="name")
    await run_in_threadpool(services.examples.add, actor, project, name=title, values=values, files=files)
    return Response(status_code=204)


@router.post("/{key}/move", dependencies=needs(Kind.RELEASE, Verb.PREPARE))
def move_example(services: Use, actor: Who, project: Own, key: str, to: Annotated[str, Form()]) -> Response:
    """Up, down, or deleted."""
    services.examples.move(actor, project, key, chosen(Move, to, field="to"))
    return go(f"/projects/{project.full_name}/use#examples")


@router.post("/{key}/name", dependencies=needs(Kind.RELEASE, Verb.PREPARE))
def rename_example(services: Use, actor: Who, project: Own, key: str, title: Annotated[str, Form()] = "") -> Response:
    """Another name for it."""
    services.examples.rename(actor, project, key, title)
    return go(f"/projects/{project.full_name}/use#examples")


def _values(text: object) -> dict[str, object]:
    try:
        values = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise InvalidInput("The values of an example are one JSON object.", field="values")
    return values
