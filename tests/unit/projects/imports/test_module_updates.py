"""Imports of module versions: exactly those, taken out again, and moved from one version to another."""

import os
from dataclasses import replace

import pytest
from support.platform import Platform

from openmo.accounts.values import VISITOR
from openmo.core.errors import Conflict, Damaged, Forbidden, NotFound
from openmo.core.references import Reference
from openmo.core.visibility import Visibility
from openmo.modules.repository import ModuleRepository
from openmo.modules.values import DEV, Module
from openmo.projects.values import Project

ONE, TWO = (Reference("openmo", "iris_classifier", version) for version in ("1.0.0", "2.0.0"))
SCRIPT = "from modules import Client\nrun = Client().run\nrun('openmo/iris_classifier/1.0.0', {})\n"


@pytest.fixture
def module(platform: Platform) -> Module:
    """With the versions 1.0.0 and 2.0.0."""
    made = platform.module()
    publish(platform, made, "2.0.0")
    with platform.database.begin() as connection:
        ModuleRepository(connection).set_version(made.id, "2.0.0")
    return platform.modules.get(VISITOR, made.owner, made.name)


def publish(platform: Platform, module: Module, version: str, **facts: object) -> None:
    with platform.database.begin() as connection:
        modules = ModuleRepository(connection)
        found = modules.version(module.id, "1.0.0")
        assert found is not None
        modules.add_version(module.id, replace(found, version=version, **facts))  # type: ignore[arg-type]  # any field
    target = platform.modules.path(module, version)
    target.parent.mkdir(parents=True, exist_ok=True)
    platform.store.link_tree(found.tree, target)


def entries(platform: Platform, project: Project) -> list[str]:
    folder = platform.workspace(project) / "modules" / "openmo" / "iris_classifier"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_an_import_knows_the_newer_release(platform: Platform, module: Module) -> None:
    ada, project = platform.actor("ada"), platform.project()
    old = platform.imports.import_module(ada, project, module, "1.0.0")
    new = platform.imports.import_module(ada, project, module)
    assert (old.newer, new.version, new.newer) == ("2.0.0", "2.0.0", "")
    assert entries(platform, project) == ["1.0.0", "2.0.0"]


def test_what_is_taken_out_is_gone_from_the_project_alone(platform: Platform, module: Module) -> None:
    ada, project = platform.actor("ada"), platform.project()
    for version in ("1.0.0", "2.0.0"):
        platform.imports.import_module(ada, project, module, version)
    with pytest.raises(Forbidden):
        platform.imports.remove_module(
            platform.actor("bob"), platform.project(name="p", visibility=Visibility.PUBLIC), ONE
        )
    for gone, left in ((ONE, 1), (TWO, 0)):
        platform.imports.remove_module(ada, project, gone)
        assert platform.modules.get(ada, "openmo", module.name).imports == left
        with pytest.raises(NotFound):
            platform.imports.remove_module(ada, project, gone)
    assert entries(platform, project) == []
    assert (platform.modules.path(module, "1.0.0") / "main.py").is_file()


def test_a_users_own_folder_in_the_place_of_an_import_stays(platform: Platform, module: Module) -> None:
    ada, project = platform.actor("ada"), platform.project()
    platform.imports.import_module(ada, project, module, "1.0.0")
    place = platform.workspace(project) / "modules" / "openmo" / "iris_classifier" / "1.0.0"
    place.unlink()
    place.mkdir()
    platform.imports.remove_module(ada, project, ONE)
    assert place.is_dir()


def test_files_that_are_not_those_of_the_version_are_not_imported(platform: Platform, module: Module) -> None:
    ada, project = platform.actor("ada"), platform.project()
    main = platform.modules.path(module, "1.0.0") / "main.py"
    text = main.read_bytes()
    main.unlink()
    main.write_bytes(text.replace(b"echo", b"evil"))
    with pytest.raises(Damaged, match=r"main\.py"):
        platform.imports.import_module(ada, project, module, "1.0.0")
    assert platform.imports.modules(ada, project) == ()
    assert entries(platform, project) == []


def test_an_update_is_listed_then_done_and_undone_by_updating_back(platform: Platform, module: Module) -> None:
    ada = platform.actor("ada")
    project = platform.project(files={"train.py": SCRIPT, "inner/call.py": SCRIPT, "other.py": "x = '1.0.0'\n"})
    platform.imports.import_module(ada, project, module, "1.0.0")
    root = platform.workspace(project)
    before = {path: path.read_bytes() for path in root.rglob("*.py") if "modules" not in path.parts}
    seen = platform.module_updates.preview(ada, project, ONE)
    assert [(path, change.line) for path, change in seen.calls] == [("inner/call.py", 3), ("train.py", 3)]
    assert {path: path.read_bytes() for path in before} == before
    done = platform.module_updates.update(ada, project, ONE, "", digest=seen.digest)
    assert done.calls == seen.calls
    assert "iris_classifier/2.0.0'" in (root / "train.py").read_text()
    assert entries(platform, project) == ["2.0.0"]
    assert [item.version for item in platform.imports.modules(ada, project)] == ["2.0.0"]
    back = platform.module_updates.preview(ada, project, TWO, "1.0.0")
    platform.module_updates.update(ada, project, TWO, "1.0.0", digest=back.digest)
    assert {path: path.read_bytes() for path in before} == before
    assert entries(platform, project) == ["1.0.0"]


def test_who_agreed_to_other_changes_changes_nothing(platform: Platform, module: Module) -> None:
    ada, project = platform.actor("ada"), platform.project(files={"train.py": SCRIPT})
    platform.imports.import_module(ada, project, module, "1.0.0")
    seen = platform.module_updates.preview(ada, project, ONE)
    platform.write(project, {"train.py": f"{SCRIPT}# more\n"})
    with pytest.raises(Conflict, match="look at the list"):
        platform.module_updates.update(ada, project, ONE, "", digest=seen.digest)
    assert (platform.workspace(project) / "train.py").read_text() == f"{SCRIPT}# more\n"
    assert entries(platform, project) == ["1.0.0"]


def test_no_link_is_followed_and_folders_of_others_are_left_alone(platform: Platform, module: Module) -> None:
    ada = platform.actor("ada")
    files = {"results/r.py": SCRIPT, ".hidden/h.py": SCRIPT, "broken.ipynb": SCRIPT, "train.py": SCRIPT}
    project = platform.project(files=files)
    root = platform.workspace(project)
    outside = platform.folder.root / "outside.py"
    outside.write_text(SCRIPT)
    (root / "link.py").symlink_to(outside)
    (root / "folder").symlink_to(platform.folder.root)
    os.mkfifo(root / "pipe.py")
    (root / "latin.py").write_bytes(b"# \xff 1.0.0")
    platform.imports.import_module(ada, project, module, "1.0.0")
    seen = platform.module_updates.preview(ada, project, ONE)
    assert [file.path for file in seen.files] == ["train.py"]
    assert [file.path for file in seen.skipped] == ["broken.ipynb", "latin.py"]
    platform.module_updates.update(ada, project, ONE, "2.0.0", digest=seen.digest)
    assert outside.read_text() == SCRIPT
    assert (root / "results" / "r.py").read_text() == SCRIPT


def test_nothing_newer_changes_nothing(platform: Platform, module: Module) -> None:
    ada, project = platform.actor("ada"), platform.project(files={"train.py": SCRIPT})
    platform.imports.import_module(ada, project, module, "2.0.0")
    seen = platform.module_updates.preview(ada, project, TWO)
    assert (seen.after, seen.calls) == (TWO, ())
    platform.module_updates.update(ada, project, TWO, "", digest=seen.digest)
    assert entries(platform, project) == ["2.0.0"]
    with pytest.raises(NotFound):
        platform.module_updates.preview(ada, project, TWO, "9.0.0")
    with pytest.raises(NotFound):
        platform.module_updates.preview(ada, project, ONE)


def test_dev_is_nobody_elses_in_any_list(platform: Platform) -> None:
    mine = platform.module("ada", "mine")
    publish(platform, mine, DEV)
    ada, project = platform.actor("ada"), platform.project(visibility=Visibility.PUBLIC)
    platform.imports.import_module(ada, project, mine, DEV)
    assert [item.version for item in platform.imports.modules(ada, project)] == [DEV]
    for other in (platform.actor("bob"), VISITOR):
        assert platform.imports.modules(other, project) == ()
        with pytest.raises(NotFound):
            platform.files.list(other, project, "modules/ada/mine/dev")
    bob, bobs = platform.actor("bob"), platform.project("bob", "bobs")
    with pytest.raises(NotFound):
        platform.imports.import_module(bob, bobs, mine, DEV)
    platform.imports.import_module(bob, bobs, mine)
    with pytest.raises(NotFound):
        platform.module_updates.preview(bob, bobs, Reference("ada", "mine", "1.0.0"), DEV)


def test_what_was_yanked_is_imported_by_its_name_and_warned_of(platform: Platform, module: Module) -> None:
    ada, project = platform.actor("ada"), platform.project()
    publish(platform, module, "3.0.0", yanked_at=platform.clock.now(), yanked_reason="Wrong weights")
    assert platform.imports.import_module(ada, project, module).version == "2.0.0"
    named = platform.imports.import_module(ada, project, module, "3.0.0")
    assert (named.yanked_reason, named.newer) == ("Wrong weights", "")
