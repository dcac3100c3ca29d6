"""A version keeps the packages that it was checked in, and projects that import it find them beside it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from support.built_environments import Built
from support.platform import HANDLER, MODULE_FILES, Platform
from support.processes import wait_for

from openmo.core.hostile.folder import HostileFolder
from openmo.core.references import Reference
from openmo.core.visibility import Visibility
from openmo.db.engine import Database
from openmo.db.tables import module_versions
from openmo.environments.service import EnvironmentBuilding
from openmo.languages.language import ENGLISH
from openmo.modules.checking.values import Problem
from openmo.modules.values import DEV, Module, ModuleQuery, ModuleVersion
from openmo.projects.publishing.values import ModuleCheckFailed, PublishDraft
from openmo.projects.values import Project, ProjectKind
from openmo.specs.module import ModuleKind

PINNED = "numpy==1.26.4\n"


@pytest.fixture
def built(tmp_path: Path) -> Built:
    return Built(tmp_path / "environments")


@pytest.fixture
def platform(database_factory: Callable[[], Database], tmp_path: Path, built: Built) -> Platform:
    return Platform(database_factory(), tmp_path / "data", environments=built)


@pytest.fixture
def project(platform: Platform) -> Project:
    actor = platform.actor("ada")
    made = platform.projects.create(
        actor, title="Word count", name="word-count", kind=ProjectKind.MODULE, visibility=Visibility.PUBLIC
    )
    platform.publishing.begin(actor, made, ModuleKind.TOOLKIT, language=ENGLISH, replace_readme=True)
    return made


def publish(platform: Platform, project: Project, *, requirements: str, **draft: Any) -> Module:
    platform.write(project, {"requirements.txt": requirements})
    return platform.publishing.publish(platform.actor("ada"), project, PublishDraft(**draft))


def publish_built(platform: Platform, project: Project, built: Built, *, requirements: str, **draft: Any) -> Module:
    built.may_build.set()
    done: list[Module] = []

    def publishes() -> bool:
        try:
            done.append(publish(platform, project, requirements=requirements, **draft))
        except EnvironmentBuilding:
            return False
        return True

    wait_for(publishes)
    return done[0]


def version_of(platform: Platform, module: Module, version: str = "") -> ModuleVersion:
    return platform.modules.version(platform.actor("ada"), module, version)


def problems(platform: Platform, project: Project, requirements: str) -> tuple[Problem, ...]:
    with pytest.raises(ModuleCheckFailed) as refused:
        publish(platform, project, requirements=requirements)
    return refused.value.report.problems


def imported(platform: Platform, module: Module, version: str, *, owner: str = "bob") -> Path:
    """The place of the environment's link in a project that imports the version."""
    project = platform.project(owner, "reader")
    reference = Reference(module.owner, module.name, version)
    platform.imports.import_module_named(platform.actor(owner), project, reference)
    return platform.workspace(project) / f"modules/{module.owner}/{module.name}/{version}.environment"


@pytest.mark.both_databases
def test_what_the_base_has_is_recorded_as_it_is(platform: Platform, project: Project, built: Built) -> None:
    module = publish(platform, project, requirements="numpy>=2  # any\n")
    found = version_of(platform, module)
    assert (found.environment, found.python) == (built.environment.digest, "CPython")
    assert built.resolved == []
    plain = version_of(platform, publish(platform, project, requirements="# nothing\n"))
    assert (plain.environment, plain.requirements) == ("", ())


@pytest.mark.both_databases
def test_what_the_base_lacks_is_built_first_and_nothing_is_published_meanwhile(
    platform: Platform, project: Project, built: Built
) -> None:
    for _ in range(3):
        with pytest.raises(EnvironmentBuilding):
            publish(platform, project, requirements=PINNED)
        with pytest.raises(EnvironmentBuilding):
            platform.publishing.check(platform.actor("ada"), project)
    assert built.resolved == ["numpy==1.26.4"], "each asking would else ask the package index"
    assert [path for path in platform.folder.modules.rglob("*") if path.name != ".staged"] == []
    module = publish_built(platform, project, built, requirements=PINNED)
    found = version_of(platform, module)
    assert (found.environment, found.python) == (next(built.folder.iterdir()).name, "3.99.1")
    assert platform.publishing.check(platform.actor("ada"), project).environment == found.environment


def test_a_process_that_ends_while_it_is_built_leaves_no_version(
    platform: Platform, project: Project, built: Built, tmp_path: Path
) -> None:
    with pytest.raises(EnvironmentBuilding):
        publish(platform, project, requirements=PINNED)
    after = Platform(platform.database, tmp_path / "data", environments=built)
    after.publishing.sweep()
    assert list(after.folder.modules.rglob("main.py")) == []
    assert after.modules.search(after.actor("ada"), ModuleQuery()).items == ()
    assert version_of(after, publish_built(after, project, built, requirements=PINNED)).environment


def test_requirements_that_cannot_be_met_are_told_with_their_line(platform: Platform, project: Project) -> None:
    (unmet,) = problems(platform, project, "# pinned\nnumpy==9\n")
    assert (unmet.code, unmet.file, unmet.line) == ("requirements_not_resolved", "requirements.txt", 2)
    assert "no version of numpy==9" in unmet.message
    (address,) = problems(platform, project, "numpy\ntiny @ https://example.org/tiny.whl\n")
    assert (address.code, address.line) == ("requirements_not_resolved", 2)


def test_an_environment_that_cannot_be_built_is_told(platform: Platform, project: Project, built: Built) -> None:
    built.broken = "The disk is full."
    built.may_build.set()
    with pytest.raises(EnvironmentBuilding):
        publish(platform, project, requirements=PINNED)

    def is_refused() -> bool:
        try:
            publish(platform, project, requirements=PINNED)
        except EnvironmentBuilding:
            return False
        except ModuleCheckFailed as error:
            return "The disk is full." in error.report.problems[0].message
        return False

    wait_for(is_refused)


def test_what_cannot_be_read_resolves_nothing(platform: Platform, project: Project, built: Built) -> None:
    platform.write(project, {"main.py": "class broken(:\n"})
    assert [each.code for each in problems(platform, project, PINNED)] == ["code_unreadable"]
    assert built.resolved == []


def test_projects_that_import_it_find_its_environment(platform: Platform, project: Project, built: Built) -> None:
    module = publish_built(platform, project, built, requirements=PINNED)
    link = imported(platform, module, "0.1.0")
    assert link.readlink() == built.folder / version_of(platform, module).environment
    reader = platform.projects.get(platform.actor("bob"), "bob", "reader")
    copy = platform.folder.root / "copy"
    copy.mkdir()
    platform.imports.link_into(HostileFolder(copy), reader)
    assert (copy / "modules/ada/word_count/0.1.0.environment").readlink() == link.readlink()
    assert link.readlink() in platform.imports.readable_paths(reader)
    platform.imports.remove_module(platform.actor("bob"), reader, Reference("ada", "word_count", "0.1.0"))
    assert not os.path.lexists(link)


def test_an_environment_that_is_gone_is_built_again_by_an_import(
    platform: Platform, project: Project, built: Built
) -> None:
    module = publish_built(platform, project, built, requirements=PINNED)
    place = built.folder / version_of(platform, module).environment
    place.rmdir()
    link = imported(platform, module, "0.1.0")
    assert link.readlink() == place, "it leads where the environment will be"
    wait_for(place.is_dir)


def test_an_app_is_deployed_once_the_environments_of_its_modules_are_there(
    platform: Platform, project: Project, built: Built
) -> None:
    module = publish_built(platform, project, built, requirements=PINNED)
    place = built.folder / version_of(platform, module).environment
    place.rmdir()
    built.may_build.clear()
    imported(platform, module, "0.1.0")
    bob = platform.actor("bob")
    reader = platform.projects.get(bob, "bob", "reader")
    platform.write(reader, {"handler.py": HANDLER})
    with pytest.raises(EnvironmentBuilding, match="of a module that the project imports"):
        platform.apps.deploy(bob, reader)
    assert platform.apps.releases(bob, reader) == ()
    built.may_build.set()
    wait_for(place.is_dir)
    wait_for(lambda: not is_building(platform, reader))
    assert platform.apps.deploy(bob, reader).version == "1.0.0"


def is_building(platform: Platform, project: Project) -> bool:
    try:
        platform.imported_environments.wait(project.id)
    except EnvironmentBuilding:
        return True
    return False


def test_something_of_the_users_in_the_links_place_stays(platform: Platform, project: Project, built: Built) -> None:
    publish_built(platform, project, built, requirements=PINNED)
    reader = platform.project("bob", "reader", files={"modules/ada/word_count/0.1.0.environment/own": "mine"})
    platform.imports.import_module_named(platform.actor("bob"), reader, Reference("ada", "word_count", "0.1.0"))
    platform.imported_environments.relink(reader.id)
    assert (platform.workspace(reader) / "modules/ada/word_count/0.1.0.environment/own").read_text() == "mine"
    assert (platform.workspace(reader) / "modules/ada/word_count/0.1.0/main.py").is_file()


def test_the_development_version_takes_its_environment_along(
    platform: Platform, project: Project, built: Built
) -> None:
    module = publish_built(platform, project, built, requirements=PINNED, dev=True)
    link = imported(platform, module, DEV, owner="ada")
    first = link.readlink()
    publish_built(platform, project, built, requirements="numpy==1.25\n", dev=True)
    assert link.readlink() == built.folder / version_of(platform, module, DEV).environment != first
    publish(platform, project, requirements="", dev=True)
    assert not os.path.lexists(link)


def test_a_version_of_before_gets_its_environment_when_it_is_imported(
    platform: Platform, project: Project, built: Built
) -> None:
    module = publish_built(platform, project, built, requirements=PINNED)
    recorded = version_of(platform, module).environment
    with platform.database.begin() as connection:
        connection.execute(update(module_versions).values(environment="", python=""))
    link = imported(platform, module, "0.1.0")
    assert version_of(platform, module).environment == recorded == link.readlink().name


def test_a_start_of_jupyterlab_makes_links_that_are_missing(platform: Platform, project: Project, built: Built) -> None:
    module = publish_built(platform, project, built, requirements=PINNED)
    link = imported(platform, module, "0.1.0")
    link.unlink()
    reader = platform.projects.get(platform.actor("bob"), "bob", "reader")
    platform.imported_environments.relink(reader.id)
    assert link.readlink() == built.folder / version_of(platform, module).environment


def test_sample_modules_ask_no_package_index(platform: Platform, built: Built) -> None:
    environments = {}
    for name, requirements in (("met", "numpy>=2"), ("pinned", PINNED), ("none", "")):
        source = platform.folder.root / name
        source.mkdir()
        for path, text in {**MODULE_FILES, "requirements.txt": requirements}.items():
            (source / path).write_text(text)
        module = platform.modules.create(
            platform.account("openmo"),
            name=name,
            version="1.0.0",
            title=name,
            description="",
            visibility=Visibility.PUBLIC,
            source=source,
        )
        environments[name] = version_of(platform, module).environment
    assert environments == {"met": built.environment.digest, "pinned": "", "none": ""}
    assert built.resolved == []
