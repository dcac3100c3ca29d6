"""Who may open an app's page: whoever may call the app, and whoever may see its project."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends

from openmo.accounts.access import check, may
from openmo.accounts.rights import Audience, Kind, Verb
from openmo.accounts.values import VISITOR, Actor
from openmo.apps.values import DEV_VERSION, Channel, app_thing, run_path
from openmo.core.errors import NotFound
from openmo.projects.values import Project
from openmo.serving.directory import AppSuspended, DeployedRelease
from openmo.web.pages.dependencies import Use, Who
from openmo.web.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class AppDoor:
    """An app's page, as far as this reader may open it."""

    project: Project
    release: DeployedRelease | None
    """The one that the page runs; None when nothing is deployed."""
    sees_project: bool
    may_change: bool
    may_call: bool
    is_suspended: bool = False
    """By its owner, who reads this page."""
    link: str = ""
    """The secret by which the reader came."""

    @property
    def address(self) -> str:
        """The page's own path, as the reader came to it."""
        name = f"{self.project.owner}/{self.project.name}"
        return f"/use/~{self.link}/{name}" if self.link else f"/projects/{name}/use"

    @property
    def run_path(self) -> str:
        """Where the app is called."""
        dev = self.release is not None and self.release.channel != Channel.RELEASE
        return run_path(self.project.full_name, link=self.link, version=DEV_VERSION if dev else "")


def open_door(services: Services, actor: Actor, owner: str, name: str, link: str = "", *, version: str = "") -> AppDoor:
    """The page for that reader; `version` `dev` shows the owner the development release.

    Raises AppSuspended to those who could call the app or see its project, NotFound where the reader may do neither,
    NotSignedIn where an account helps.
    """
    project = services.projects.by_name(owner, name)
    release = _release(services, actor, project, version)
    try:
        services.projects.get(actor, owner, name)
    except NotFound:
        sees = False
    else:
        sees = True
    mine = may(actor, Verb.TRY, project.thing(Kind.RELEASE))
    by_link = release is not None and _by_link(link, release)
    may_call = release is not None and may(replace(actor, link=link), Verb.OPEN_PAGE, app_thing(release))
    if release is not None and release.channel != Channel.RELEASE and not mine:
        release, may_call = None, False
    if link and not by_link:  # a link that was renewed leads nowhere, also for those who need none
        raise NotFound("This link does not open an app any more: ask its owner for a new one.")
    is_suspended = release is not None and release.suspended and (may_call or sees)
    if is_suspended and not mine:
        raise AppSuspended("Its owner has suspended this app.")
    if not (sees or may_call):
        if release is not None and may(actor, Verb.SEE, app_thing(release)):
            check(actor, Verb.OPEN_PAGE, app_thing(release))
        services.projects.get(actor, owner, name)  # raises what a project that is not there does
    return AppDoor(
        project=project,
        release=release,
        sees_project=sees and not link,
        may_change=may(actor, Verb.PREPARE, project.thing(Kind.RELEASE)) and not link,
        may_call=may_call,
        is_suspended=is_suspended,
        link=link,
    )


def _release(services: Services, actor: Actor, project: Project, version: str) -> DeployedRelease | None:
    """The release that the page runs: of a suspended app its owner still has the development release."""
    answers = services.apps.find(project.owner, project.name, None)
    mine = may(actor, Verb.TRY, project.thing(Kind.RELEASE))
    if mine and (version == DEV_VERSION or (answers is not None and answers.suspended)):
        return services.apps.find(project.owner, project.name, DEV_VERSION) or answers
    return answers


def is_framed_elsewhere(embed: str) -> bool:
    """Whether the page is for a frame on another site, where it is what visitors see; `app` is JupyterLab's frame."""
    return embed.lower() in ("1", "true", "yes", "on")


def _page_door(services: Use, actor: Who, owner: str, name: str, *, embed: str = "", version: str = "") -> AppDoor:
    # In another site's frame nobody is somebody: a click there may not be meant.
    elsewhere = is_framed_elsewhere(embed)
    return open_door(services, VISITOR if elsewhere else actor, owner, name, version="" if elsewhere else version)


def _link_door(services: Use, link: str, owner: str, name: str) -> AppDoor:
    return open_door(services, VISITOR, owner, name, link)


PageDoor = Annotated[AppDoor, Depends(_page_door)]
"""Of `/projects/{owner}/{name}/use...`."""
LinkDoor = Annotated[AppDoor, Depends(_link_door)]
"""Of `/use/~{link}/{owner}/{name}...`, where the link is the right."""


def _by_link(link: str, release: DeployedRelease) -> bool:
    """Whether that is the link by which the app is open."""
    thing = app_thing(release)
    return thing.audience is Audience.LINK and may(Actor(link=link), Verb.OPEN_PAGE, thing)
