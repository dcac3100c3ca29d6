"""An app's versions: which one answers, what each changed, and what its owner does with them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.apps.owner.settings import SettingsChange
from openmo.apps.releases.versions import ReleaseFacts
from openmo.core.errors import Forbidden, NotSignedIn, OpenMoError
from openmo.core.messages import translated
from openmo.languages.language import translations
from openmo.web.pages.app.owner import PREFIX, owner_head
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.forms import go
from openmo.web.pages.project.head import ProjectHead
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter(prefix=PREFIX)
_PAGE_SIZE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionsPage:
    head: ProjectHead
    versions: tuple[ReleaseFacts, ...]
    more: int
    """Older ones that are not shown."""
    suspended: bool
    run_path: str
    """Where the app is called."""
    done: str
    """What was just done: `released`, `tried`, `answers`, `deleted`, `suspended`, `resumed`; else it shows nothing."""
    version: str
    """What it was done to."""
    error: str = ""
    log: str = ""

    part = "versions"

    @property
    def answering(self) -> ReleaseFacts | None:
        return next((facts for facts in self.versions if facts.answers), None)


@router.get("", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def list_versions(
    *,
    request: Request,
    services: Use,
    actor: Who,
    owner: str,
    name: str,
    done: str = "",
    version: str = "",
    all: bool = False,  # noqa: A002 (the name in the address)
) -> Response:
    """Every release, the newest first; `all` shows the old ones too."""
    page = _page(services, actor, owner_head(services, actor, owner, name), done=done, version=version, all_of_them=all)
    return render(request, "project/app/versions.html", page)


@router.post("/versions/{version}/activate", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def activate(
    *, request: Request, services: Use, actor: Who, language: Reads, owner: str, name: str, version: str
) -> Response:
    """The versions, of which that one answers now."""
    head = owner_head(services, actor, owner, name)
    return _acted(
        request,
        services,
        actor,
        head,
        language,
        done="answers",
        act=lambda: services.serving.activate(actor, head.project, version).version,
    )


@router.post("/versions/{version}/delete", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def delete(
    *, request: Request, services: Use, actor: Who, language: Reads, owner: str, name: str, version: str
) -> Response:
    """The versions without that one."""
    head = owner_head(services, actor, owner, name)
    return _acted(
        request,
        services,
        actor,
        head,
        language,
        done="deleted",
        act=lambda: services.serving.delete_release(actor, head.project, version).version,
    )


@router.post("/promote", dependencies=needs(Kind.RELEASE, Verb.PUBLISH))
def promote(*, request: Request, services: Use, actor: Who, language: Reads, owner: str, name: str) -> Response:
    """The versions, of which the development version as it is has become the newest release."""
    head = owner_head(services, actor, owner, name)
    return _acted(
        request,
        services,
        actor,
        head,
        language,
        done="released",
        act=lambda: services.apps.promote(actor, head.project).version,
    )


@router.post("/suspended", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def suspend_or_resume(
    services: Use, actor: Who, owner: str, name: str, suspended: Annotated[bool, Form()] = False
) -> Response:
    """The versions, of which none answers, or one again."""
    head = owner_head(services, actor, owner, name)
    services.serving.change(actor, head.project, SettingsChange(suspended=suspended))
    return go(f"{head.address}/app?done={'suspended' if suspended else 'resumed'}")


def _acted(
    request: Request,
    services: Use,
    actor: Who,
    head: ProjectHead,
    language: Reads,
    *,
    done: str,
    act: Callable[[], str],
) -> Response:
    """Back to the versions, or the same page with what stood in the way."""
    try:
        version = act()
    except (Forbidden, NotSignedIn):
        raise
    except OpenMoError as error:
        refusal = translated(error.message, translations(language).gettext)
        page = _page(services, actor, head, error=refusal, log=str(error.fields.get("log", "")))
        return render(request, "project/app/versions.html", page, status=error.status)
    return go(f"{head.address}/app?done={done}&version={version}")


def _page(
    services: Use,
    actor: Who,
    head: ProjectHead,
    *,
    done: str = "",
    version: str = "",
    error: str = "",
    log: str = "",
    all_of_them: bool = False,
) -> VersionsPage:
    found = services.serving.versions(actor, head.project)
    settings = services.serving.settings(actor, head.project)
    shown = found if all_of_them else tuple(facts for facts in found[:_PAGE_SIZE])
    if not all_of_them:
        shown += tuple(facts for facts in found[_PAGE_SIZE:] if facts.answers)
    known = any(facts.release.version == version for facts in found)
    return VersionsPage(
        head=head,
        versions=shown,
        more=len(found) - len(shown),
        suspended=settings.suspended,
        run_path=settings.run_path(head.project.full_name),
        done=done if known or done in ("suspended", "resumed", "deleted") else "",
        version=version[:32],
        error=error,
        log=log,
    )
