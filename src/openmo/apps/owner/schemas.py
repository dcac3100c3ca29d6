"""Settings and figures of apps on the wire."""

from dataclasses import asdict
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from openmo.apps.owner.calls import CallFigures, CallStats
from openmo.apps.owner.limits import LimitBounds, effective_limits
from openmo.apps.owner.settings import AppSettings, SettingsChange
from openmo.serving.directory import AppAccess
from openmo.serving.records import RecordedCall


class LimitsView(BaseModel):
    """Bounds of calls; seconds and bytes."""

    timeout: float
    memory_bytes: int
    workers: int
    cpus: int
    queue: int
    idle_seconds: float
    body_bytes: int


class AppSettingsView(BaseModel):
    """An app's settings as its owner sees them."""

    access: str
    """`project`: as the project is."""
    link: str | None
    """The path that opens the app, while access is by link."""
    active_version: str | None
    """null: the newest release answers."""
    limits: LimitsView
    """What holds."""
    highest_limits: LimitsView
    """The administrator's."""
    origins: list[str]
    keep_inputs: bool
    suspended: bool
    """No release answers."""

    @classmethod
    def of(cls, settings: AppSettings, bounds: LimitBounds, app: str) -> "AppSettingsView":
        """`app`: owner and name."""
        return cls(
            access=settings.access or "project",
            link=settings.run_path(app) if settings.access is AppAccess.LINK else None,
            active_version=settings.active_version,
            limits=LimitsView(**asdict(effective_limits(settings.limits, bounds))),
            highest_limits=LimitsView(**asdict(bounds)),
            origins=list(settings.origins),
            keep_inputs=settings.keep_inputs,
            suspended=settings.suspended,
        )


class AppSettingsDraft(BaseModel):
    """Changes of an app's settings; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    access: str | None = None
    limits: dict[str, object] | None = Field(default=None, max_length=20)
    """By name; null: the default."""
    origins: list[str] | None = Field(default=None, max_length=100)
    keep_inputs: bool | None = None
    suspended: bool | None = None

    def change(self) -> SettingsChange:
        return SettingsChange(**self.model_dump())


class FiguresView(BaseModel):
    """Calls added up."""

    calls: int
    errors: int
    p50_ms: float | None
    p99_ms: float | None

    @classmethod
    def of(cls, figures: CallFigures) -> "FiguresView":
        return cls(**asdict(figures))


class PeriodView(FiguresView):
    start: datetime


class VersionFiguresView(FiguresView):
    version: str


class CallStatsView(BaseModel):
    """An app's calls, added up."""

    total: FiguresView
    periods: list[PeriodView]
    versions: list[VersionFiguresView]

    @classmethod
    def of(cls, stats: CallStats) -> "CallStatsView":
        return cls(
            total=FiguresView.of(stats.total),
            periods=[PeriodView(start=start, **asdict(figures)) for start, figures in stats.periods],
            versions=[VersionFiguresView(version=version, **asdict(figures)) for version, figures in stats.versions],
        )


class RecordedCallView(BaseModel):
    """One call."""

    version: str
    at: datetime
    duration_ms: float
    code: str | None
    """null: it succeeded."""
    message: str
    trace: str
    inputs: str | None

    @classmethod
    def of(cls, call: RecordedCall) -> "RecordedCallView":
        return cls(
            version=call.version,
            at=call.at,
            duration_ms=call.duration_ms,
            code=call.code or None,
            message=call.message,
            trace=call.trace,
            inputs=call.inputs,
        )


class RecordedCallList(BaseModel):
    items: list[RecordedCallView]
