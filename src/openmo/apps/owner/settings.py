"""What an owner decides about their app as a whole, whatever release answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openmo.apps.values import run_path
from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.core.visibility import Visibility
from openmo.projects.values import Project
from openmo.serving.directory import AppAccess

_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]{2,45}\]|[a-z0-9]([a-z0-9.-]{0,252}))(:[0-9]{1,5})?")
_ORIGINS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettings:
    """One app's; these defaults hold until its owner changes something."""

    access: AppAccess | None = None
    """None: as its project is, public or private."""
    link: str = field(default="", repr=False)
    """The secret of its link, once there was one."""
    active_version: str | None = None
    """The release that answers; None: the newest one."""
    limits: Mapping[str, float] = field(default_factory=dict)
    origins: tuple[str, ...] = ()
    keep_inputs: bool = False
    suspended: bool = False
    """No release answers, whoever calls."""

    def access_of(self, project: Project) -> AppAccess:
        """Who may call the project's releases."""
        if self.access is not None:
            return self.access
        return AppAccess.PUBLIC if project.visibility is Visibility.PUBLIC else AppAccess.PRIVATE

    def run_path(self, app: str) -> str:
        """Where the releases of `owner/name` are called: by their link while that is the way in."""
        return run_path(app, link=self.link if self.access is AppAccess.LINK else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChange:
    """What to change; None leaves a setting as it is."""

    access: AppAccess | str | None = None
    """`project` for: as the project is."""
    limits: Mapping[str, object] | None = None
    """By name; None: the default."""
    origins: Sequence[str] | None = None
    keep_inputs: bool | None = None
    suspended: bool | None = None


def check_origins(origins: Sequence[str]) -> tuple[str, ...]:
    """Web sites as browsers name them; raises InvalidInput."""
    if len(origins) > _ORIGINS:
        raise InvalidInput(message("At most %(number)s web sites can be listed.", number=_ORIGINS), field="origins")
    for origin in origins:
        if origin != "*" and not _ORIGIN.fullmatch(origin):
            raise InvalidInput(
                message(
                    "%(origin)s is not a web site's origin: write it as https://example.org, or * for all.",
                    origin=repr(origin[:80]),
                ),
                field="origins",
            )
    return tuple(dict.fromkeys(origins))
