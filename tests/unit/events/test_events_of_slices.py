"""What projects, imports and apps put on record."""

import pytest
from support.platform import HANDLER, Platform

from openmo.apps.owner.settings import SettingsChange
from openmo.apps.values import Channel
from openmo.core.errors import OpenMoError
from openmo.core.ids import ProjectId
from openmo.core.references import Reference
from openmo.core.visibility import Visibility
from openmo.events.values import (
    AppResumed,
    AppSettingsChanged,
    AppSuspended,
    Cursor,
    DatasetImported,
    DatasetImportRemoved,
    EventFilter,
    ModuleImported,
    ModuleImportRemoved,
    ProjectChanged,
    ProjectCreated,
    ProjectDeleted,
    ProjectEvent,
    ReleaseActivated,
    ReleaseDeployed,
    ReleaseRemoved,
)


def happened(platform: Platform, project_id: ProjectId) -> list[type]:
    """Kinds of events of the project, in order; every one is Ada's, and by her."""
    found = platform.events.since(Cursor(0), EventFilter(project_id=project_id)).events
    ada = platform.account("ada").id
    assert {(one.owner_id, one.event.actor_id) for one in found} == {(ada, ada)}
    assert all(isinstance(one.event, ProjectEvent) for one in found)
    return [type(one.event) for one in found]


def test_the_life_of_a_project(platform: Platform) -> None:
    ada, dataset, module = platform.actor("ada"), platform.dataset(), platform.module()
    project = platform.project("ada", "digits")
    platform.projects.update(ada, project, title="Digits", visibility=Visibility.PUBLIC)
    platform.imports.import_dataset(ada, project, dataset)
    platform.imports.remove_dataset(ada, project, dataset)
    platform.imports.import_module(ada, project, module)
    platform.imports.remove_module(ada, project, Reference("openmo", module.name, "1.0.0"))
    platform.projects.remove_row(project, ada)
    platform.projects.remove_row(project, ada)  # is no second event
    kinds: list[type] = [ProjectCreated, ProjectChanged, DatasetImported, DatasetImportRemoved]
    kinds += [ModuleImported, ModuleImportRemoved, ProjectDeleted]
    assert happened(platform, project.id) == kinds
    (changed,) = platform.events.since(Cursor(0), EventFilter(kinds=(ProjectChanged,))).events
    assert isinstance(changed.event, ProjectChanged)
    assert changed.event.fields == ("title", "visibility")


def test_a_project_that_comes_to_nothing_is_created_and_deleted(platform: Platform) -> None:
    ada = platform.actor("ada")
    platform.project("ada", "digits")
    before = platform.events.last()
    for template, name in (("iris-app", "without-samples"), ("blank", "digits")):
        with pytest.raises(OpenMoError):
            platform.projects.create(ada, title=name, name=name, template=template)
    kinds = [type(one.event) for one in platform.events.since(before).events]
    assert kinds == [ProjectCreated, ProjectDeleted]


def test_the_life_of_an_app(platform: Platform) -> None:
    ada, project = platform.actor("ada"), platform.project("ada", "digits", files={"handler.py": HANDLER})
    before = len(happened(platform, project.id))
    first = platform.apps.deploy(ada, project)
    platform.apps.deploy(ada, project, channel=Channel.DEV)
    platform.serving.change(ada, project, SettingsChange(suspended=True, keep_inputs=True))
    platform.serving.change(ada, project, SettingsChange(keep_inputs=True))  # as it is
    second = platform.apps.deploy(ada, project)
    platform.serving.activate(ada, project, first.version)
    platform.serving.delete_release(ada, project, second.version)
    platform.serving.renew_link(ada, project)
    platform.apps.delete_all(ada, project)
    assert happened(platform, project.id)[before:] == [
        ReleaseDeployed,
        ReleaseDeployed,
        AppSuspended,
        AppSettingsChanged,
        ReleaseDeployed,
        AppResumed,
        ReleaseActivated,
        ReleaseRemoved,
        AppSettingsChanged,
        ReleaseRemoved,
        ReleaseRemoved,
    ]
