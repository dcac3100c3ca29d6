"""The installation's processes, in the reader's language."""

from datetime import datetime

from pydantic import BaseModel

from openmo.core.health import Warnings
from openmo.core.messages import message, translated
from openmo.languages.language import Language, translations
from openmo.signalling.reports import ReadReports, ServiceReport, ServiceState

_NAMES = {
    "up": message("Supervisor"),
    "proxy": message("Proxy"),
    "hub": message("Sign-in and notebooks (JupyterHub)"),
    "web": message("Pages and API"),
    "gateway": message("Apps"),
    "runner": message("Jobs (runner)"),
}
_STATES = {
    ServiceState.STARTING: message("Starting"),
    ServiceState.READY: message("Ready"),
    ServiceState.DEGRADED: message("Works in part"),
    ServiceState.UNRESPONSIVE: message("Does not answer"),
    ServiceState.BACKING_OFF: message("Starts anew"),
    ServiceState.STOPPING: message("Stopping"),
    ServiceState.STOPPED: message("Stopped"),
}


class ServiceEndView(BaseModel):
    """Why a service was started anew last."""

    at: datetime
    text: str
    """In the caller's language."""


class ServiceView(BaseModel):
    """One process of the installation; texts are in the caller's language (Accept-Language)."""

    name: str
    title: str
    state: ServiceState
    state_text: str
    since: datetime | None
    """When it entered the state."""
    restarts: int
    text: str
    """Why it is not ready; empty when it is."""
    last_end: ServiceEndView | None


class ServiceList(BaseModel):
    """What `openmo up` says of the processes that it runs."""

    supervised: bool
    """Whether an `openmo up` runs them; else something outside does, and nothing is known here."""
    items: list[ServiceView]
    warnings: list[str]
    """What does not hinder any of them yet, as a disk that is nearly full."""


def service_list(read: ReadReports, warnings: Warnings, language: Language) -> ServiceList:
    """All of them at this moment, their supervisor first."""
    reports = read()
    translate = translations(language).gettext
    return ServiceList(
        supervised=reports is not None,
        items=[_view(report, language) for report in reports or ()],
        warnings=[translated(text, translate) for text in warnings().values()],
    )


def _view(report: ServiceReport, language: Language) -> ServiceView:
    translate = translations(language).gettext
    end = report.last_end
    return ServiceView(
        name=report.name,
        title=translated(_NAMES.get(report.name, report.name), translate),
        state=report.state,
        state_text=translated(_STATES[report.state], translate),
        since=datetime.fromisoformat(report.since) if report.since else None,
        restarts=report.restarts,
        text=translated(report.describe(), translate),
        last_end=None
        if end is None
        else ServiceEndView(at=datetime.fromisoformat(end.at), text=translated(end.describe(), translate)),
    )
