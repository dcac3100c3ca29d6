"""Deploying: what the handler declares, and the release that comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Actor
from openmo.apps.values import Channel
from openmo.core.errors import Forbidden, NotSignedIn, OpenMoError
from openmo.core.messages import translated
from openmo.languages.language import Language, translations
from openmo.projects.candidates.values import Candidate
from openmo.web.pages.app.fields import AppField, app_fields
from openmo.web.pages.app.owner import owner_head
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.forms import chosen, field_errors, go
from openmo.web.pages.project.head import ProjectHead
from openmo.web.pages.rendering import render
from openmo.web.policy import needs
from openmo.web.services import Services

router = APIRouter(prefix="/projects/{owner}/{name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployPage:
    head: ProjectHead
    inputs: tuple[AppField, ...] = ()
    outputs: tuple[AppField, ...] = ()
    warnings: tuple[str, ...] = ()
    problem: str = ""
    """Why the handler cannot be deployed; empty when it can."""
    version: str = ""
    channel: str = Channel.RELEASE
    notes: str = ""
    files: tuple[Candidate, ...] = ()
    """What the release could hold, what the app is known to need first."""
    chosen: frozenset[str] = frozenset()
    """The paths that are ticked."""
    truncated: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    part = "deploy"
    log: str = ""
    """What the code printed, and its traceback, when the trial call failed."""


@router.get("/deploy", dependencies=needs(Kind.RELEASE, Verb.PREPARE))
def deploy_form(*, request: Request, services: Use, actor: Who, language: Reads, owner: str, name: str) -> Response:
    """Inputs and outputs as read from handler.py, or its error."""
    page = _page(services, actor, language, owner, name)
    return render(request, "project/deploy.html", page)


@router.post("/deploy", dependencies=needs(Kind.RELEASE, Verb.PUBLISH))
def deploy(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    version: Annotated[str, Form()] = "",
    channel: Annotated[str, Form()] = Channel.RELEASE,
    notes: Annotated[str, Form()] = "",
    choosing: Annotated[bool, Form()] = False,
    files: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """The app's versions with this one among them, or the form again with what is wrong.

    `choosing`: `files` are those that were ticked, maybe none; else the release holds all that it may.
    """
    wanted = (files or []) if choosing else None
    project = services.projects.get(actor, owner, name)
    try:
        audience = chosen(Channel, channel, field="channel")
        release = services.apps.deploy(
            actor,
            project,
            version=None if audience is Channel.DEV else version.strip() or None,
            channel=audience,
            notes=notes.strip(),
            files=wanted,
        )
    except (Forbidden, NotSignedIn):
        raise
    except OpenMoError as error:
        page = _page(services, actor, language, owner, name, form=(version, channel, notes), files=wanted, error=error)
        return render(request, "project/deploy.html", page, status=error.status)
    done = "tried" if audience is Channel.DEV else "released"
    return go(f"/projects/{owner}/{name}/app?done={done}&version={release.version}")


def _page(
    services: Services,
    actor: Actor,
    language: Language,
    owner: str,
    name: str,
    *,
    form: tuple[str, str, str] | None = None,
    files: Sequence[str] | None = None,
    error: OpenMoError | None = None,
) -> DeployPage:
    head = owner_head(services, actor, owner, name, Verb.PREPARE)
    version, channel, notes = form or ("", Channel.RELEASE, "")
    inputs: tuple[AppField, ...] = ()
    outputs: tuple[AppField, ...] = ()
    warnings: tuple[str, ...] = ()
    problem = ""
    say = translations(language).gettext
    try:
        reading = services.preparing.check(actor, head.project)
    except OpenMoError as refusal:
        problem = translated(refusal.message, say)
    else:
        inputs = app_fields(reading.spec.inputs)
        outputs = app_fields(reading.spec.outputs, prefix="out")
        warnings = tuple(translated(each, say) for each in reading.warnings)
        version = version or reading.version
    found = services.preparing.candidates(actor, head.project)
    needed = (file.path for file in found.items if file.ticked)
    return DeployPage(
        head=head,
        files=found.items,
        chosen=frozenset(needed if files is None else files),
        truncated=found.truncated,
        inputs=inputs,
        outputs=outputs,
        warnings=warnings,
        problem=problem,
        log=str(error.fields.get("log", "")) if error else "",
        version=version,
        channel=channel,
        notes=notes,
        errors=field_errors(error, language) if error else {},
    )
