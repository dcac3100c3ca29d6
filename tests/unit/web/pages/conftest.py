import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.platform import HANDLER, Platform
from support.web_site import Site

from openmo.db.engine import Database


@pytest.fixture
def site(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Site]:
    """A site on SQLite: what pages show does not depend on the database, whose own tests run on both."""
    path = shutil.copy(migrated_sqlite, tmp_path / "openmo.sqlite")
    database = Database(f"sqlite:///{path}")
    yield Site(Platform(database, tmp_path / "data"))
    database.close()


@pytest.fixture
def furnished(site: Site) -> Site:
    """With samples, a project of ada's that is deployed, and a job in it."""
    platform = site.platform
    platform.samples()
    project = platform.project(
        "ada",
        "digits",
        files={"handler.py": HANDLER, "train.py": "print(1)\n", "README.md": "# Hello\n\n<script>alert(1)</script>\n"},
    )
    platform.submit(project)
    platform.apps.deploy(platform.actor("ada"), project)
    return site
