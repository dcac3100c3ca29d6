"""An app's calls, for its owner: how many, how fast, and which failed."""

import json
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.apps.owner.calls import CallStats, Period
from openmo.apps.owner.settings import AppSettings
from openmo.apps.releases.trial import trial_call
from openmo.apps.values import Channel
from openmo.serving.directory import AppAccess
from openmo.serving.records import RecordedCall
from openmo.web.pages.app.owner import PREFIX, owner_head
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.project.head import ProjectHead
from openmo.web.pages.rendering import render
from openmo.web.policy import needs
from openmo.web.presentation.call_chart import CallChart, call_chart

router = APIRouter(prefix=PREFIX)
SPANS = (1, 7, 30, 90)
"""Days that can be looked back."""
_BY_HOUR = 7
"""Up to so many days are charted by the hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsPage:
    head: ProjectHead
    days: int
    stats: CallStats
    chart: CallChart
    recent: tuple[RecordedCall, ...]
    settings: AppSettings
    sample: str
    """A body for the first call, as JSON; empty when nothing is deployed."""

    part = "calls"
    spans = SPANS

    @property
    def run_path(self) -> str:
        """Where the app is called."""
        return self.settings.run_path(self.head.project.full_name)

    @property
    def secured(self) -> bool:
        """Whether a call bears a token."""
        return self.settings.access_of(self.head.project) not in (AppAccess.PUBLIC, AppAccess.LINK)


@router.get("/calls", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def show_calls(
    *, request: Request, services: Use, actor: Who, language: Reads, owner: str, name: str, days: int = 7
) -> Response:
    """Figures and charts of the last `days`, and the newest calls that failed."""
    head = owner_head(services, actor, owner, name)
    span = days if days in SPANS else _BY_HOUR
    period = Period.HOUR if span <= _BY_HOUR else Period.DAY
    stats = services.serving.stats(actor, head.project, period=period, days=span)
    now = services.serving.now()
    page = CallsPage(
        head=head,
        days=span,
        stats=stats,
        chart=call_chart(stats.periods, period=period, since=now - timedelta(days=span), now=now, language=language),
        recent=services.serving.recent_calls(actor, head.project),
        settings=services.serving.settings(actor, head.project),
        sample=_sample(head),
    )
    return render(request, "project/app/calls.html", page)


def _sample(head: ProjectHead) -> str:
    """Inputs that the app can be called with; files are left out, since no text stands for them."""
    if head.release is None or head.release.channel is not Channel.RELEASE:
        return ""
    return json.dumps(dict(trial_call(head.release.spec).inputs), ensure_ascii=False, default=str)
