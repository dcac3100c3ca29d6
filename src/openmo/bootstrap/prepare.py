"""Bringing a data folder up to date: schema, environments, sample content."""

import sys

from openmo.bootstrap.platform import build_platform
from openmo.bootstrap.samples import ensure_samples
from openmo.config.settings import Settings
from openmo.db.migrate import migrate
from openmo.environments.installed import InstalledEnvironments


def prepare(settings: Settings) -> None:
    """Idempotent; says on standard error what takes time."""
    platform = build_platform(settings)
    if migrate(platform.database):
        _say("The database has the schema of this version.")
    environments = InstalledEnvironments(settings.environments_folder, report=_say)
    environments.base()
    environments.lab()
    for name in platform.environments.prune():
        _say(f"Removed the environment `{name}`: no job and no release refers to it.")
    if settings.samples:
        ensure_samples(platform, _say)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
