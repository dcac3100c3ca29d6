"""What starting a project's JupyterLab needs."""

import sys
from pathlib import Path

import pytest
from support.platform import Platform

from openmo.core.errors import NotFound
from openmo.projects.launch import LaunchService


@pytest.fixture
def launches(platform: Platform) -> LaunchService:
    return LaunchService(
        projects=platform.projects,
        imports=platform.imports,
        imported=platform.imported_environments,
        environments=platform.provider,
        python_lab=lambda: Path("/lab/bin/python"),
        api_url="http://127.0.0.1:1",
    )


def test_the_owner_gets_the_project_with_what_it_may_read(platform: Platform, launches: LaunchService) -> None:
    project = platform.project("ada", "digits")
    launch = launches.launch("ada", project.slug)
    assert (launch.project, Path(launch.workspace.whereabouts)) == ("ada/digits", platform.workspace(project))
    assert (launch.python_lab, launch.kernel_python) == (Path("/lab/bin/python"), Path(sys.executable))
    assert {*platform.imports.readable_zones(project), *platform.provider.base().read_only} == set(launch.read_only)


def test_a_project_of_somebody_else_is_one_that_does_not_exist(platform: Platform, launches: LaunchService) -> None:
    project = platform.project("ada", "digits")
    for user, slug in (("eve", project.slug), ("ada", "no-such-project"), ("ada", "")):
        with pytest.raises(NotFound):
            launches.launch(user, slug)
