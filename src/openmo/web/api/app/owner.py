"""/api/v1/projects/{owner}/{name}/app/...: settings, figures and logs of a served app, for its owner."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import PlainTextResponse

from openmo.accounts.rights import Kind, Verb
from openmo.apps.owner.calls import Period
from openmo.apps.owner.schemas import (
    AppSettingsDraft,
    AppSettingsView,
    CallStatsView,
    RecordedCallList,
    RecordedCallView,
)
from openmo.apps.owner.service import LOG_LIMIT
from openmo.apps.schemas import ReleaseView, VersionList, VersionView
from openmo.web.api.dependencies import ActorDep, ProjectDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs

router = APIRouter(prefix="/projects/{owner}/{name}", tags=["apps"])


@router.get("/app/settings", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def read_app_settings(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> AppSettingsView:
    """Who may call the app, its limits, and which release answers."""
    settings = services.serving.settings(actor, project)
    return AppSettingsView.of(settings, services.serving.bounds, project.full_name)


@router.patch("/app/settings", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def change_app_settings(
    services: ServicesDep, actor: ActorDep, project: ProjectDep, draft: AppSettingsDraft
) -> AppSettingsView:
    """Changes what is named; calls feel it within a second."""
    settings = services.serving.change(actor, project, draft.change())
    return AppSettingsView.of(settings, services.serving.bounds, project.full_name)


@router.post("/app/link", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def renew_app_link(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> AppSettingsView:
    """Another secret link; the one before opens nothing any more."""
    settings = services.serving.renew_link(actor, project)
    return AppSettingsView.of(settings, services.serving.bounds, project.full_name)


@router.post("/releases/{version}/activate", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def activate_release(services: ServicesDep, actor: ActorDep, project: ProjectDep, version: str) -> ReleaseView:
    """That release answers from now on: rolls back, or forward again."""
    return ReleaseView.of(services.serving.activate(actor, project, version))


@router.get("/app/versions", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def list_versions(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> VersionList:
    """Every release with its size, what it changed, and whether it answers."""
    return VersionList(items=[VersionView.of(facts) for facts in services.serving.versions(actor, project)])


@router.delete("/releases/{version}", status_code=204, dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def delete_release(services: ServicesDep, actor: ActorDep, project: ProjectDep, version: str) -> None:
    """That release is gone for good; its version is not used again."""
    services.serving.delete_release(actor, project, version)


@router.get("/app/stats", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def read_app_stats(
    services: ServicesDep,
    actor: ActorDep,
    project: ProjectDep,
    by: Period = Period.HOUR,
    days: Annotated[int, Query(ge=1, le=90)] = 7,
) -> CallStatsView:
    """Calls, errors and durations, by hour or day and by release."""
    return CallStatsView.of(services.serving.stats(actor, project, period=by, days=days))


@router.get("/app/calls", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def list_recent_calls(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> RecordedCallList:
    """Calls that failed lately, with their tracebacks; all calls with their inputs while those are kept."""
    calls = services.serving.recent_calls(actor, project)
    return RecordedCallList(items=[RecordedCallView.of(call) for call in calls])


@router.get("/app/log", dependencies=needs(Kind.RELEASE, Verb.MANAGE), response_class=PlainTextResponse)
def read_app_log(
    services: ServicesDep,
    actor: ActorDep,
    project: ProjectDep,
    limit: Annotated[int, Query(ge=4, le=LOG_LIMIT)] = 1 << 16,
    after: Annotated[str, Query(max_length=50)] = "",
) -> Response:
    """The newest bytes of what the app printed, tracebacks of failed calls among it.

    `X-Log-End` names the place behind them; as `after` it asks for what was printed since.
    """
    part = services.serving.log(actor, project, limit=limit, after=after)
    return Response(part.text, media_type="text/plain; charset=utf-8", headers={"X-Log-End": part.end})
