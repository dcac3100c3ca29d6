"""Modules: published versions, imported as links."""

from pathlib import Path

import pytest
from support.platform import Platform

from openmo.accounts.values import VISITOR
from openmo.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from openmo.core.references import Reference
from openmo.core.visibility import Visibility
from openmo.modules.values import ModuleQuery
from openmo.projects.values import Project


@pytest.fixture
def project(platform: Platform) -> Project:
    return platform.project(visibility=Visibility.PUBLIC)


@pytest.mark.parametrize("identifier", ["openmo/iris_classifier", "openmo/iris_classifier/1.0.0"])
def test_a_module_is_imported_by_its_identifier(platform: Platform, project: Project, identifier: str) -> None:
    actor, module = platform.actor("ada"), platform.module()
    done = platform.imports.import_module_named(actor, project, Reference.parse(identifier, versioned=True))
    platform.imports.import_module_named(actor, project, Reference.parse(identifier, versioned=True))
    assert done.folder == "modules/openmo/iris_classifier/1.0.0"
    main = platform.workspace(project) / done.folder / "main.py"
    assert main.is_file()
    assert main.stat().st_mode & 0o222 == 0
    assert len(platform.imports.modules(actor, project)) == 1
    assert platform.imports.readable_paths(project) == (platform.modules.path(module, "1.0.0"),)
    (version,) = platform.modules.versions(actor, module)
    assert (version.version, version.files) == ("1.0.0", 2)
    assert [method.name for method in version.methods()] == ["run"]


@pytest.mark.parametrize("identifier", ["openmo/absent", "openmo/iris_classifier/9.9.9", "openmo/iris_classifier/.."])
def test_what_does_not_exist_is_not_found(platform: Platform, project: Project, identifier: str) -> None:
    platform.module()
    with pytest.raises(NotFound):
        platform.imports.import_module_named(
            platform.actor("ada"), project, Reference.parse(identifier, versioned=True)
        )


@pytest.mark.both_databases
def test_a_private_module_is_its_owners(platform: Platform, project: Project) -> None:
    mine = platform.module("ada", "mine", visibility=Visibility.PRIVATE)
    platform.imports.import_module(platform.actor("ada"), project, mine)
    (version,) = platform.modules.versions(platform.actor("ada"), mine)
    for other in (platform.actor("bob"), VISITOR):
        assert platform.modules.search(other, ModuleQuery()).items == ()
        assert platform.imports.modules(other, project) == ()
        with pytest.raises(NotFound):
            platform.modules.versions(other, mine)
        for look in (platform.modules.readme, platform.modules.list_files):
            with pytest.raises(NotFound):
                look(other, mine, version)
    assert len(platform.imports.modules(platform.actor("ada"), project)) == 1


def test_only_the_owner_imports(platform: Platform, project: Project) -> None:
    with pytest.raises(Forbidden):
        platform.imports.import_module(platform.actor("bob"), project, platform.module())


@pytest.mark.both_databases
def test_a_taken_name_leaves_nothing_behind(platform: Platform) -> None:
    first = platform.module()
    with pytest.raises(Conflict, match="iris_classifier"):
        platform.module()
    assert [path.name for path in (platform.folder.modules / "public").iterdir()] == [first.id]


def test_a_module_needs_its_code_and_its_spec(platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("")
    with pytest.raises(InvalidInput, match=r"module_spec\.yml"):
        platform.modules.create(
            platform.account("ada"),
            name="half",
            version="1.0.0",
            title="",
            description="",
            visibility=Visibility.PUBLIC,
            source=tmp_path,
        )
