"""Reading, releasing and finding apps."""

import asyncio
import shutil

import pytest
from support.platform import HANDLER, Platform

from openmo.accounts.values import VISITOR
from openmo.apps.directory import CachedAppDirectory
from openmo.apps.values import Channel
from openmo.core.errors import Conflict, Forbidden, InvalidInput, NotFound, OpenMoError, Unavailable
from openmo.core.visibility import Visibility
from openmo.environments.service import EnvironmentBuilding
from openmo.projects.values import Project


@pytest.fixture
def project(platform: Platform) -> Project:
    return platform.project(files={"handler.py": HANDLER, "helper.py": "x = 1"}, visibility=Visibility.PUBLIC)


def test_a_release_holds_the_code_and_the_spec(platform: Platform, project: Project) -> None:
    platform.write(project, {"results/model.txt": "weights", "venv/big.py": "", ".git/config": "secret"})
    release = platform.apps.deploy(platform.actor("ada"), project, notes="first\nsecond")
    found = platform.apps.find("ada", "digits", None)
    assert found is not None
    assert (found.version, found.channel, found.public) == ("1.0.0", "release", True)
    names = {path.relative_to(found.folder).as_posix() for path in found.folder.rglob("*") if path.is_file()}
    assert {"handler.py", "helper.py", "app_spec.yml", "results/model.txt"} <= names
    assert not any(name.startswith(("venv", ".git")) for name in names)
    assert release.spec.inputs[0].value_type == "int"
    assert release.notes == "first\nsecond"
    assert (platform.workspace(project) / "app_spec.yml").is_file()


def test_a_release_never_changes(platform: Platform, project: Project) -> None:
    actor = platform.actor("ada")
    platform.apps.deploy(actor, project)
    platform.write(project, {"helper.py": "x = 2"})
    platform.apps.deploy(actor, project)
    first, second = (platform.apps.find("ada", "digits", version) for version in ("1.0.0", "1.1.0"))
    assert first is not None
    assert second is not None
    assert (first.folder / "helper.py").read_text() == "x = 1"
    assert (second.folder / "helper.py").read_text() == "x = 2"
    assert (first.folder / "helper.py").stat().st_mode & 0o222 == 0
    assert platform.apps.find("ada", "digits", None) == second


@pytest.mark.both_databases
def test_versions_only_grow(platform: Platform, project: Project) -> None:
    actor = platform.actor("ada")
    assert platform.apps.deploy(actor, project, version="1.9.0").version == "1.9.0"
    assert platform.apps.deploy(actor, project, version="1.10.0").version == "1.10.0"
    for version in ("1.9.5", "1.10.0", "0.0.1"):
        with pytest.raises(InvalidInput, match=r"1\.11\.0"):
            platform.apps.deploy(actor, project, version=version)
    for version in ("1", "v2.0.0", "2.0.0-rc1", "", "٢.0.0", "2.0.0\n"):
        with pytest.raises(InvalidInput):
            platform.apps.deploy(actor, project, version=version)
    newest = platform.apps.find("ada", "digits", None)
    assert newest is not None
    assert newest.version == "1.10.0"
    assert len([path for path in platform.folder.releases.iterdir() if not path.name.startswith(".")]) == 2


@pytest.mark.both_databases
def test_the_development_version_is_the_owners_alone_and_moves(platform: Platform, project: Project) -> None:
    actor = platform.actor("ada")
    platform.apps.deploy(actor, project, channel=Channel.DEV)
    only_dev = platform.apps.find("ada", "digits", None)
    assert only_dev is not None
    assert (only_dev.version, only_dev.public) == ("dev", False)
    assert platform.apps.releases(VISITOR, project) == ()
    assert platform.apps.live() == frozenset()
    platform.apps.deploy(actor, project)
    platform.write(project, {"helper.py": "x = 3"})
    platform.apps.deploy(actor, project, channel=Channel.DEV)
    dev = platform.apps.find("ada", "digits", "dev")
    assert dev is not None
    assert (dev.folder / "helper.py").read_text() == "x = 3"
    assert [release.version for release in platform.apps.releases(VISITOR, project)] == ["1.0.0"]
    assert {release.version for release in platform.apps.releases(actor, project)} == {"dev", "1.0.0"}
    assert platform.apps.live() == {project.id}


@pytest.mark.both_databases
def test_apps_of_private_projects_are_not_public(platform: Platform) -> None:
    project = platform.project(files={"handler.py": HANDLER})
    platform.apps.deploy(platform.actor("ada"), project)
    found = platform.apps.find("ada", "digits", None)
    assert found is not None
    assert not found.public


def test_only_the_owner_reads_and_deploys(platform: Platform, project: Project) -> None:
    for act in (platform.preparing.check, platform.apps.deploy):
        with pytest.raises(Forbidden):
            act(platform.actor("bob"), project)


@pytest.mark.parametrize(
    "source",
    ["def handle(", "x = 1", "def handle(a, b, c): ...", "\0", "def handle(conf):\n return {'a': 1}\x00"],
)
def test_a_broken_handler_is_refused_and_nothing_is_released(platform: Platform, project: Project, source: str) -> None:
    platform.write(project, {"handler.py": source})
    with pytest.raises(OpenMoError):
        platform.apps.deploy(platform.actor("ada"), project)
    assert list(platform.folder.releases.iterdir()) == []


def test_a_handler_that_is_not_text_is_refused(platform: Platform, project: Project) -> None:
    (platform.workspace(project) / "handler.py").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="UTF-8"):
        platform.preparing.check(platform.actor("ada"), project)


def test_no_handler_says_what_to_write(platform: Platform) -> None:
    project = platform.project()
    with pytest.raises(NotFound, match=r"handler\.py.*handle\(conf\)"):
        platform.preparing.check(platform.actor("ada"), project)


def test_a_spec_by_hand_wins_and_differences_are_named(platform: Platform, project: Project) -> None:
    platform.write(project, {"app_spec.yml": "input:\n  c:\n    value_type: float\noutput: {}\n"})
    reading = platform.preparing.check(platform.actor("ada"), project)
    assert [each.name for each in reading.spec.inputs] == ["c"]
    assert any("'a'" in warning for warning in reading.warnings)
    assert any("'c'" in warning for warning in reading.warnings)


def test_a_handler_linked_out_of_the_code_is_refused(platform: Platform, project: Project) -> None:
    platform.dataset(files={"handler.py": HANDLER})
    actor = platform.actor("ada")
    platform.imports.import_dataset(actor, project, platform.datasets.get(actor, "openmo", "iris"))
    handler = platform.workspace(project) / "handler.py"
    handler.unlink()
    handler.symlink_to("datasets/openmo-iris/handler.py")
    with pytest.raises(Conflict, match="link"):
        platform.apps.deploy(actor, project)
    assert list(platform.folder.releases.iterdir()) == []


def test_a_handler_linked_within_the_code_works(platform: Platform, project: Project) -> None:
    handler = platform.workspace(project) / "handler.py"
    platform.write(project, {"src/real.py": HANDLER})
    handler.unlink()
    handler.symlink_to("src/real.py")
    platform.apps.deploy(platform.actor("ada"), project)
    found = platform.apps.find("ada", "digits", None)
    assert found is not None
    assert (found.folder / "handler.py").read_text() == HANDLER


def test_a_release_keeps_the_imports_it_was_made_with(platform: Platform, project: Project) -> None:
    actor = platform.actor("ada")
    dataset, module = platform.dataset(), platform.module()
    platform.imports.import_dataset(actor, project, dataset)
    platform.imports.import_module(actor, project, module)
    platform.apps.deploy(actor, project)
    before = platform.apps.find("ada", "digits", None)
    platform.imports.remove_dataset(actor, project, dataset)
    after = platform.apps.find("ada", "digits", None)
    assert before == after
    assert before is not None
    assert (before.folder / "datasets/openmo-iris/data.csv").is_file()
    assert (before.folder / "modules/openmo/iris_classifier/1.0.0/main.py").is_file()
    assert {platform.datasets.path(dataset), platform.modules.path(module, "1.0.0")} <= set(before.read_only)


def test_links_in_the_workspace_lead_no_deploy_astray(platform: Platform, project: Project) -> None:
    actor, module, outside = platform.actor("ada"), platform.module(), platform.folder.root / "outside"
    outside.mkdir()
    workspace = platform.workspace(project)
    platform.imports.import_module(actor, project, module)
    shutil.rmtree(workspace / "modules")
    (workspace / "results" / "evil").symlink_to(outside)
    (workspace / "modules").symlink_to("results/evil")
    (workspace / "app_spec.yml").symlink_to(outside / "taken.yml")
    platform.apps.deploy(actor, project)
    assert list(outside.iterdir()) == []


@pytest.mark.both_databases
def test_everything_of_a_deleted_project_goes(platform: Platform, project: Project) -> None:
    platform.apps.deploy(platform.actor("ada"), project)
    platform.apps.delete_all(platform.actor("ada"), project)
    assert platform.apps.find("ada", "digits", None) is None
    assert list(platform.folder.releases.iterdir()) == []


def test_the_directory_remembers_for_half_a_second(platform: Platform, project: Project) -> None:
    directory = CachedAppDirectory(platform.apps, platform.clock)
    assert asyncio.run(directory.find("ada", "digits", None)) is None
    platform.apps.deploy(platform.actor("ada"), project)
    assert asyncio.run(directory.find("ada", "digits", None)) is None
    platform.clock.advance(0.6)  # type: ignore[attr-defined]  # a ManualClock
    found = asyncio.run(directory.find("ada", "digits", None))
    platform.clock.advance(0.6)  # type: ignore[attr-defined]  # a ManualClock
    assert found is not None
    assert asyncio.run(directory.find("ada", "digits", None)) is found
    for owner, app, version in (("a" * 65, "digits", None), ("nobody", "digits", None), ("ada", "digits", "9.9.9")):
        assert asyncio.run(directory.find(owner, app, version)) is None


def test_nobody_hears_that_there_is_no_app_from_a_database_that_is_away(
    platform: Platform, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = CachedAppDirectory(platform.apps, platform.clock)
    assert asyncio.run(directory.find(project.owner, project.name, None)) is None

    def away(*_: object) -> None:
        raise Unavailable("The database cannot do this right now.")

    monkeypatch.setattr(platform.apps, "find", away)
    platform.clock.advance(0.6)  # type: ignore[attr-defined]  # a ManualClock
    with pytest.raises(Unavailable):  # it may have been deployed since
        asyncio.run(directory.find(project.owner, project.name, None))


def test_apps_go_on_for_a_while_when_the_database_is_away(
    platform: Platform, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = CachedAppDirectory(platform.apps, platform.clock)
    platform.apps.deploy(platform.actor("ada"), project)
    found = asyncio.run(directory.find("ada", "digits", None))
    error: OpenMoError = Unavailable("The database cannot do this right now.")

    def away(*_: object) -> None:
        raise error

    monkeypatch.setattr(platform.apps, "find", away)
    platform.clock.advance(59)  # type: ignore[attr-defined]  # a ManualClock
    assert asyncio.run(directory.find("ada", "digits", None)) is found
    with pytest.raises(Unavailable):
        asyncio.run(directory.find("ada", "never-asked-before", None))
    error = EnvironmentBuilding("It is being built.")
    with pytest.raises(EnvironmentBuilding):
        asyncio.run(directory.find("ada", "digits", None))
    error = Unavailable("The database cannot do this right now.")
    platform.clock.advance(2)  # type: ignore[attr-defined]  # a ManualClock
    with pytest.raises(Unavailable):
        asyncio.run(directory.find("ada", "digits", None))
