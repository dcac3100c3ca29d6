"""Bringing a data folder up to date: schema, environments, sample content."""

from openmo.bootstrap.platform import build_platform, installed_environments
from openmo.config.settings import Settings
from openmo.config.shipped import shipped
from openmo.installation.preparation import Preparation
from openmo.installation.samples import SampleContent
from openmo.installation.telling import tell


def prepare(settings: Settings) -> None:
    """Idempotent; says on standard error what takes time."""
    platform = build_platform(settings)
    samples = SampleContent(
        accounts=platform.accounts,
        datasets=platform.datasets,
        modules=platform.modules,
        describing=platform.describing,
        environments=platform.environments,
        examples=shipped("examples"),
        temporary=settings.folder.run,
        tell=tell,
    )
    Preparation(
        database=platform.database,
        installed=installed_environments(settings, report=tell),
        environments=platform.environments,
        samples=samples,
        projects=settings.folder.projects,
        tell=tell,
    ).run(with_samples=settings.samples)
