"""A deployed app's own page: its form, its results, and how to call it from code."""

from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from openmo.apps.values import DEV_VERSION, Channel
from openmo.ports.app_directory import AppTakenDown
from openmo.web.pages.app_fields import AppField, app_fields
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.forms import go
from openmo.web.pages.project_head import ProjectHead, project_head
from openmo.web.pages.rendering import render
from openmo.web.policy import allow

router = APIRouter(prefix="/projects/{owner}/{name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class UsePage:
    head: ProjectHead
    inputs: tuple[AppField, ...] = ()
    outputs: tuple[AppField, ...] = ()
    run_path: str = ""
    """Where the app is called; empty when nothing is deployed."""
    token_path: str = ""
    """Where the page gets a token for its calls; empty when anybody may call the app."""
    examples: tuple[dict[str, Any], ...] = ()

    @property
    def script_data(self) -> dict[str, Any]:
        """What the page's script must know."""
        return {
            "run": self.run_path,
            "token": self.token_path,
            "inputs": [{"name": one.name, "type": one.value_type, "id": one.id} for one in self.inputs],
            "outputs": [
                {"name": one.name, "type": one.value_type, "description": one.description} for one in self.outputs
            ],
            "examples": list(self.examples),
        }


@router.get("/use", dependencies=[Depends(allow.anyone)])
def use_app(*, request: Request, services: Use, actor: Who, owner: str, name: str, version: str = "") -> Response:
    """The form of the release that answers, to its owner also that of `dev`; an explanation when there is none."""
    head = project_head(services, actor, owner, name, tab="use")
    if version == DEV_VERSION:
        found = (one for one in services.apps.releases(actor, head.project) if one.channel is Channel.DEV)
        head = replace(head, release=next(found, head.release))
    if head.release is None and services.apps.taken_down(head.project):
        if head.may_edit:
            return go(f"{head.address}/app")
        raise AppTakenDown("Its owner has taken this app down.")
    if head.release is None:
        return render(request, "project/use.html", UsePage(head=head))
    spec = head.release.spec
    released = head.release.channel is Channel.RELEASE
    project = head.project
    answering = services.apps.find(project.owner, project.name, None if released else DEV_VERSION)
    public = answering is not None and answering.public
    listed = spec.get("examples")
    page = UsePage(
        head=head,
        inputs=app_fields(spec.get("input")),
        outputs=app_fields(spec.get("output"), prefix="out"),
        run_path=f"/run/{project.owner}/{project.name}" + ("" if released else f"@{DEV_VERSION}"),
        token_path="" if public else f"/api/v1/projects/{project.owner}/{project.name}/call-token",
        examples=tuple(one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else (),
    )
    return render(request, "project/use.html", page)
