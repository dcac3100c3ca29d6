"""Fixtures that several suites share."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from support.database import (
    database,
    database_factory,
    empty_database_url,
    migrated_postgres,
    migrated_sqlite,
    postgres_server,
)

from openmo.db.engine import Database

if TYPE_CHECKING:
    from support.platform import Platform

__all__ = [
    "database",
    "database_factory",
    "empty_database_url",
    "migrated_postgres",
    "migrated_sqlite",
    "platform",
    "platform_factory",
    "postgres_server",
]

# Timings are never asserted: a loaded machine is no bug. Examples are drawn afresh each run and printed on failure.
settings.register_profile("openmo", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("openmo")


@pytest.fixture
def platform_factory(database_factory: Callable[[], Database], tmp_path: Path) -> Callable[[], "Platform"]:
    """Makes platforms, each its own: for tests that need one for each example."""
    from support.platform import Platform  # the whole server, so only for tests that use it

    numbers = itertools.count()
    return lambda: Platform(database_factory(), tmp_path / f"data-{next(numbers)}")


@pytest.fixture
def platform(platform_factory: Callable[[], "Platform"]) -> "Platform":
    """The real services over a temporary folder, on SQLite and on PostgreSQL."""
    return platform_factory()
