"""What an owner decides about their app, as a form."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.apps.owner.calls import KEPT_CALLS
from openmo.apps.owner.limits import change_limits
from openmo.apps.owner.schemas import AppSettingsView
from openmo.apps.owner.service import AS_PROJECT
from openmo.apps.owner.settings import SettingsChange
from openmo.core.errors import InvalidInput
from openmo.languages.language import translations
from openmo.web.pages.app.limits import LimitField, limit_fields, read_limit
from openmo.web.pages.app.owner import PREFIX, owner_head
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.forms import field_errors, go
from openmo.web.pages.project.head import ProjectHead
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter(prefix=PREFIX)
_LIMIT = "limit."


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettingsPage:
    head: ProjectHead
    settings: AppSettingsView
    limits: tuple[LimitField, ...]
    access: str
    origins: str
    keep_inputs: bool
    done: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    part = "settings"
    kept_calls = KEPT_CALLS


async def _sent(request: Request) -> dict[str, str]:
    """The form's texts, whatever limits this version knows."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


@router.get("/settings", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def show_settings(
    *, request: Request, services: Use, actor: Who, language: Reads, owner: str, name: str, done: str = ""
) -> Response:
    """What holds now."""
    head = owner_head(services, actor, owner, name)
    return render(request, "project/app/settings.html", _page(services, actor, head, language, done=done))


@router.post("/settings", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def save_settings(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    sent: Annotated[dict[str, str], Depends(_sent)],
) -> Response:
    """The form with a notice that it holds, or with what is wrong; then nothing has changed."""
    head = owner_head(services, actor, owner, name)
    limits, errors = _limits(services, language, sent)
    change = SettingsChange(
        access=sent.get("access", AS_PROJECT),
        limits=limits,
        origins=sent.get("origins", "").split(),
        keep_inputs="keep_inputs" in sent,
    )
    if not errors:
        try:
            services.serving.change(actor, head.project, change)
        except InvalidInput as error:
            errors = field_errors(error, language)
    if errors:
        page = _page(services, actor, head, language, sent=sent, errors=errors)
        return render(request, "project/app/settings.html", page, status=InvalidInput.status)
    return go(f"{head.address}/app/settings?done=saved")


@router.post("/link", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def renew_link(services: Use, actor: Who, owner: str, name: str) -> Response:
    """The form with another secret link."""
    head = owner_head(services, actor, owner, name)
    services.serving.renew_link(actor, head.project)
    return go(f"{head.address}/app/settings?done=renewed")


def _limits(services: Use, language: Reads, sent: dict[str, str]) -> tuple[dict[str, float | None], dict[str, str]]:
    """Those of the form, and what is wrong with others; one that is left empty has its default."""
    limits: dict[str, float | None] = {}
    errors: dict[str, str] = {}
    for name, text in sent.items():
        if not name.startswith(_LIMIT):
            continue
        limit = name.removeprefix(_LIMIT)
        try:
            limits[limit] = read_limit(limit, text) if text.strip() else None
            change_limits({}, {limit: limits[limit]}, services.serving.bounds)
        except InvalidInput:
            errors[name] = translations(language).gettext("Write a number that lies between the two.")
    return limits, errors


def _page(
    services: Use,
    actor: Who,
    head: ProjectHead,
    language: Reads,
    *,
    done: str = "",
    sent: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> AppSettingsPage:
    settings = services.serving.settings(actor, head.project)
    view = AppSettingsView.of(settings, services.serving.bounds, head.project.full_name)
    typed = None if sent is None else {name.removeprefix(_LIMIT): text for name, text in sent.items()}
    return AppSettingsPage(
        head=head,
        settings=view,
        limits=limit_fields(view, settings.limits, language, typed),
        access=view.access if sent is None else sent.get("access", ""),
        origins="\n".join(view.origins) if sent is None else sent.get("origins", ""),
        keep_inputs=view.keep_inputs if sent is None else "keep_inputs" in sent,
        done=done,
        errors=errors or {},
    )
