"""A deployed app's own page: its form, its results, and how to call it from code and from elsewhere."""

import re
from dataclasses import dataclass
from typing import TypedDict

from fastapi import APIRouter, Request
from fastapi.responses import Response

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Actor
from openmo.apps.schemas import CallToken
from openmo.apps.values import app_thing
from openmo.core.errors import Forbidden
from openmo.serving.directory import AppAccess, DeployedRelease
from openmo.specs.examples import Example, read_examples, sample_name
from openmo.web.documents.values import Formatted
from openmo.web.headers import CONTENT_SECURITY_POLICY
from openmo.web.pages.app.door import AppDoor, LinkDoor, PageDoor, is_framed_elsewhere
from openmo.web.pages.app.fields import AppField, app_fields
from openmo.web.pages.app.releases import release_readme, release_streams
from openmo.web.pages.app.samples import sample_address
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.forms import go
from openmo.web.pages.project.head import ProjectHead, project_head
from openmo.web.pages.rendering import render
from openmo.web.parts import PartsDep
from openmo.web.policy import needs
from openmo.web.services import Services

router = APIRouter()
_PAGE = "/projects/{owner}/{name}/use"
_BY_LINK = "/use/~{link}/{owner}/{name}"
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+|\*")


class SampleFile(TypedDict):
    """A file that an example brings."""

    address: str
    name: str


class ShownExample(TypedDict):
    """An example as the page's script takes it."""

    name: str
    values: dict[str, object]
    files: dict[str, SampleFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsePage:
    door: AppDoor
    head: ProjectHead | None
    """The project's tabs; None for readers who see the app alone."""
    embedded: bool = False
    inputs: tuple[AppField, ...] = ()
    outputs: tuple[AppField, ...] = ()
    examples: tuple[ShownExample, ...] = ()
    """Those of the release, as the script takes them."""
    own_examples: tuple[Example, ...] = ()
    """Those that the next release will have, for the owner."""
    streams: bool = False
    readme: Formatted = Formatted()  # noqa: RUF009 (never changes)
    """As safe HTML."""

    @property
    def layout(self) -> str:
        """The template around the app."""
        if self.embedded:
            return "app/embedded.html"
        return "project/base.html" if self.head else "app/base.html"

    @property
    def open_to_all(self) -> bool:
        """Whether a call needs no token: everybody may, or the address is the right."""
        return self.door.release is not None and (self.door.release.public or bool(self.door.link))

    @property
    def share_path(self) -> str:
        """The page's path for others: of an app that is open by its link, that link."""
        release, door = self.door.release, self.door
        if door.may_change and release is not None and release.access is AppAccess.LINK and release.link:
            return f"/use/~{release.link}/{door.project.owner}/{door.project.name}"
        return door.address

    @property
    def origins(self) -> tuple[str, ...]:
        """Sites that may show the page in a frame."""
        return self.door.release.origins if self.door.release is not None else ()

    @property
    def unreleased_examples(self) -> bool:
        """Whether the owner's list differs from what others see."""
        shown = [(one["name"], sorted(one["values"]), sorted(one["files"])) for one in self.examples]
        own = [(one.name, sorted(one.values), sorted(one.files)) for one in self.own_examples]
        return shown != own

    @property
    def script_data(self) -> dict[str, object]:
        """What the page's script must know."""
        return {
            "run": self.door.run_path,
            "token": "" if self.open_to_all else f"{self.door.address}/token",
            "secured": not self.open_to_all,
            "streams": self.streams,
            "inputs": [one.script_data for one in self.inputs],
            "outputs": [
                {"name": one.name, "type": one.value_type, "description": one.description} for one in self.outputs
            ],
            "defaults": {
                one.name: one.default_value
                for one in self.inputs
                if one.control == "table" and one.default_value is not None
            },
            "examples": list(self.examples),
            "saving": f"{self.door.address}/examples" if self.door.may_change else "",
        }


@router.get(_PAGE, dependencies=needs(Kind.APP, Verb.OPEN_PAGE))
def use_app(request: Request, services: Use, actor: Who, door: PageDoor, embed: str = "") -> Response:
    """The form of the release that answers; an explanation when there is none. `embed`: for frames."""
    return _page(request, services, actor, door, embed)


@router.get(_BY_LINK, dependencies=needs(Kind.APP, Verb.OPEN_PAGE))
def use_app_by_link(request: Request, services: Use, actor: Who, door: LinkDoor, embed: str = "") -> Response:
    """The same for an app that is open to whoever has its link."""
    return _page(request, services, actor, door, embed)


@router.post(f"{_PAGE}/token", dependencies=needs(Kind.APP, Verb.TAKE_CALL_TOKEN))
def issue_page_token(parts: PartsDep, actor: Who, door: PageDoor) -> CallToken:
    """A token of ten minutes, for the page's calls of an app that is not open to everybody."""
    if door.release is None or not door.may_call:
        raise Forbidden("You cannot call this app.")
    thing = app_thing(door.release)
    check(actor, Verb.TAKE_CALL_TOKEN, thing)
    only = thing.app if actor.only_project is not None else ""
    return CallToken(token=parts.call_tokens.issue(str(actor.name), app=only))


def _page(request: Request, services: Services, actor: Actor, door: AppDoor, embed: str) -> Response:
    elsewhere = is_framed_elsewhere(embed)
    alone = elsewhere or embed == "app"
    head = None
    if door.sees_project and not alone:
        head = project_head(services, actor, door.project.owner, door.project.name, tab="use")
    release = door.release
    if head and door.is_suspended:
        return go(f"{head.address}/app")
    if release is None:
        return render(request, "project/use.html", UsePage(door=door, head=head))
    page = UsePage(
        door=door,
        head=head,
        embedded=alone,
        inputs=app_fields(release.spec.inputs),
        outputs=app_fields(release.spec.outputs, prefix="out"),
        examples=_examples(door, release),
        own_examples=services.examples.of(actor, door.project) if door.may_change and not alone else (),
        streams=release_streams(release),
        readme=services.documents.markdown(release_readme(release)) if head else Formatted(),
    )
    response = render(request, "project/use.html", page)
    if elsewhere:
        response.headers["Content-Security-Policy"] = _framed_policy(page.origins if page.open_to_all else ())
    return response


def _examples(door: AppDoor, release: DeployedRelease) -> tuple[ShownExample, ...]:
    spec = release.spec
    places = {each.name: place for place, each in enumerate(spec.inputs)}
    return tuple(
        ShownExample(
            name=example.name,
            values=dict(example.values),
            files={
                name: SampleFile(
                    address=sample_address(door, release.version, number, places[name]), name=sample_name(path)
                )
                for name, path in example.files.items()
            },
        )
        for number, example in enumerate(read_examples(spec))
    )


def _framed_policy(origins: tuple[str, ...]) -> str:
    """Our policy, with these sites as those that may frame the page."""
    allowed = " ".join(origin for origin in origins if _ORIGIN.fullmatch(origin))
    return CONTENT_SECURITY_POLICY.replace("frame-ancestors 'self'", f"frame-ancestors 'self' {allowed}".strip())
