"""Publishing a project's module: whole or not at all, each number once, `dev` for its owner alone."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.platform import Platform

from openmo.accounts.values import VISITOR
from openmo.core.catalogue import Category
from openmo.core.errors import Conflict, Forbidden, InvalidInput, NotFound, OpenMoError
from openmo.core.references import Reference
from openmo.core.visibility import Visibility
from openmo.events.values import Cursor, EventFilter, ModulePublished, ModuleYanked, ModuleYankUndone
from openmo.languages.language import ENGLISH
from openmo.modules.values import DEV, ModuleQuery
from openmo.projects.publishing.values import ModuleCheckFailed, PublishDraft
from openmo.projects.values import Project, ProjectKind
from openmo.specs.module import ModuleKind


@pytest.fixture
def project(platform: Platform) -> Project:
    return module_project(platform)


def module_project(platform: Platform, name: str = "word-count") -> Project:
    actor = platform.actor("ada")
    made = platform.projects.create(
        actor, title="Word count", name=name, kind=ProjectKind.MODULE, visibility=Visibility.PUBLIC
    )
    platform.publishing.begin(actor, made, ModuleKind.TOOLKIT, language=ENGLISH, replace_readme=True)
    return made


def publish(platform: Platform, project: Project, person: str = "ada", **draft: Any) -> str:
    """The identifier of what is published."""
    module = platform.publishing.publish(platform.actor(person), project, PublishDraft(**{"again": True, **draft}))
    return f"{module.full_name}/{DEV if draft.get('dev') else module.version}"


def use(platform: Platform, identifier: str, person: str = "bob", name: str = "reader") -> Path:
    """The module's folder in a project of that person which imports it."""
    try:
        project = platform.projects.get(platform.actor(person), person, name)
    except NotFound:
        project = platform.project(person, name)
    reference = Reference.parse(identifier, versioned=True)
    done = platform.imports.import_module_named(platform.actor(person), project, reference)
    return platform.workspace(project) / done.folder


def seen(platform: Platform, person: str) -> list[str]:
    found = platform.modules.search(platform.actor(person), ModuleQuery()).items
    return [module.identifier for module in found]


@pytest.mark.both_databases
def test_a_version_is_published_as_it_is_and_imported_by_others(platform: Platform, project: Project) -> None:
    identifier = publish(platform, project, notes="First.", category=Category.TEXT, tags=["words", "文本"])
    assert identifier == "ada/word_count/0.1.0"
    module = platform.modules.get(platform.actor("bob"), "ada", "word_count")
    assert (module.kind, module.category, module.tags) == (ModuleKind.TOOLKIT, Category.TEXT, ("words", "文本"))
    assert (module.title, module.visibility, module.project_id) == ("Word count", Visibility.PUBLIC, project.id)
    version = platform.modules.version(platform.actor("bob"), module)
    assert (version.notes, version.files, version.yanked_at) == ("First.", 3, None)
    folder = use(platform, identifier)
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "main.py", "module_spec.yml"]
    platform.write(project, {"main.py": "raise SystemExit"})
    assert "class word_count:" in (folder / "main.py").read_text(), "later edits change nothing"
    assert (folder / "main.py").stat().st_mode & 0o222 == 0


@pytest.mark.both_databases
def test_a_development_version_is_there_for_its_owner_alone(platform: Platform, project: Project) -> None:
    publish(platform, project, dev=True)
    assert seen(platform, "ada") == ["ada/word_count/dev"]
    for person in ("bob", None):
        actor = platform.actor(person) if person else VISITOR
        with pytest.raises(NotFound):
            platform.modules.get(actor, "ada", "word_count")
    assert seen(platform, "bob") == []
    publish(platform, project)
    module = platform.modules.get(platform.actor("bob"), "ada", "word_count")
    assert [one.version for one in platform.modules.versions(platform.actor("bob"), module)] == ["0.1.0"]
    assert [one.version for one in platform.modules.versions(platform.actor("ada"), module)] == [DEV, "0.1.0"]
    with pytest.raises(NotFound):
        use(platform, "ada/word_count/dev")
    assert (use(platform, "ada/word_count/dev", person="ada") / "main.py").is_file()


def test_each_development_version_replaces_the_last_where_it_is_imported(platform: Platform, project: Project) -> None:
    publish(platform, project, dev=True)
    folder = use(platform, "ada/word_count/dev", person="ada")
    opened = os.open(folder, os.O_RDONLY)
    for number in range(3):
        platform.write(project, {"helper.py": f"N = {number}\n"})
        publish(platform, project, dev=True, files=["helper.py"])
        assert (folder / "helper.py").read_text() == f"N = {number}\n"
    os.close(opened)
    module = platform.modules.get(platform.actor("ada"), "ada", "word_count")
    trees = [path.name for path in platform.modules.path(module, DEV).parent.glob(".dev-*")]
    assert len(trees) == 2, "the present one, and the last for those who are reading it"
    publish(platform, project, dev=True, files=["helper.py"])
    assert (folder / "helper.py").read_text() == "N = 2\n"


@pytest.mark.both_databases
def test_versions_only_grow_and_each_number_is_given_once(platform: Platform, project: Project) -> None:
    assert publish(platform, project, version="1.0.0") == "ada/word_count/1.0.0"
    before = _files(platform)
    for wrong in ("1.0.0", "0.9.0", "1.0", "latest", DEV):
        with pytest.raises(InvalidInput) as refused:
            publish(platform, project, version=wrong)
        assert refused.value.fields["field"] == "version"
    assert _files(platform) == before
    assert publish(platform, project) == "ada/word_count/1.0.1"


def test_a_change_that_breaks_callers_demands_a_new_major(platform: Platform, project: Project) -> None:
    publish(platform, project, version="1.0.0")
    main = (platform.workspace(project) / "main.py").read_text()
    (platform.workspace(project) / "module_spec.yml").unlink()
    platform.write(project, {"main.py": main.replace("conf.get('text', 'one two three')", "conf['words']")})
    with pytest.raises(ModuleCheckFailed):
        publish(platform, project, version="1.1.0")
    assert publish(platform, project) == "ada/word_count/2.0.0"


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": "class broken(:\n"},
        {"main.py": "x = 1\n"},
        {"module_spec.yml": "input: [\n"},
        {"module_spec.yml": "input: {train: {a: int}}\n"},
    ],
)
def test_what_fails_its_check_is_not_published(platform: Platform, project: Project, files: dict[str, str]) -> None:
    platform.write(project, files)
    before = _files(platform)
    for dev in (True, False):
        with pytest.raises(ModuleCheckFailed) as refused:
            publish(platform, project, dev=dev)
        assert refused.value.fields["errors"]
    assert _files(platform) == before
    assert seen(platform, "ada") == []
    assert platform.publishing.plan(platform.actor("ada"), project).problems


@pytest.mark.both_databases
@pytest.mark.parametrize("dev", [True, False])
@pytest.mark.parametrize("step", ["append", "place", "commit"])
def test_what_breaks_off_leaves_the_versions_of_before(
    platform: Platform, project: Project, monkeypatch: pytest.MonkeyPatch, dev: bool, step: str
) -> None:
    publish(platform, project, version="0.1.0")
    publish(platform, project, dev=True)
    folder = use(platform, "ada/word_count/dev", person="ada")
    platform.write(project, {"helper.py": "new\n"})
    before = _files(platform)
    _break(platform, monkeypatch, step)
    with pytest.raises(RuntimeError):
        publish(platform, project, dev=dev, files=["helper.py"])
    monkeypatch.undo()
    assert not (folder / "helper.py").exists()
    platform.publishing.sweep()
    if not dev:
        assert _files(platform) == before
    assert publish(platform, project, version="0.2.0", files=["helper.py"]) == "ada/word_count/0.2.0"
    assert (use(platform, "ada/word_count") / "helper.py").is_file()


def _break(platform: Platform, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    placement: Any = platform.publishing._placement  # breaks between its steps

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken off")

    if step == "append":
        monkeypatch.setattr(placement._events, "append", fail)
    elif step == "place":
        monkeypatch.setattr(placement._trees, "place", fail)
        monkeypatch.setattr(placement._trees, "place_dev", fail)
    else:
        begin: Callable[[], Any] = placement._events.begin

        class Failing:
            def __enter__(self) -> Any:
                self._real = begin()
                return self._real.__enter__()

            def __exit__(self, *_: object) -> None:
                self._real.__exit__(RuntimeError, RuntimeError("broken off"), None)
                raise RuntimeError("broken off")

        monkeypatch.setattr(placement._events, "begin", Failing)


def test_a_start_clears_what_a_stopped_process_left(platform: Platform, project: Project) -> None:
    publish(platform, project)
    publish(platform, project, dev=True)
    module = platform.modules.get(platform.actor("ada"), "ada", "word_count")
    link, release = platform.modules.path(module, DEV), platform.modules.path(module, "0.1.0")
    half = release.with_name("0.2.0")
    half.mkdir()
    (half / "main.py").write_text("half")
    (platform.folder.modules / ".staged" / "x").mkdir(parents=True, exist_ok=True)
    right = link.readlink()
    link.unlink()
    link.symlink_to(".dev-of-no-row")
    platform.publishing.sweep()
    assert not half.exists()
    assert not (platform.folder.modules / ".staged").exists()
    assert link.readlink() == right
    assert (link / "main.py").is_file()
    assert (release / "main.py").is_file()


@pytest.mark.both_databases
def test_a_private_module_becomes_public_with_all_its_versions(platform: Platform, project: Project) -> None:
    publish(platform, project, visibility=Visibility.PRIVATE)
    folder = use(platform, "ada/word_count/0.1.0", person="ada")
    with pytest.raises(NotFound):
        platform.modules.get(platform.actor("bob"), "ada", "word_count")
    publish(platform, project, visibility=Visibility.PUBLIC)
    assert (folder / "main.py").is_file(), "the owner's own import goes on"
    assert (use(platform, "ada/word_count/0.1.0") / "main.py").is_file()
    with pytest.raises(InvalidInput) as refused:
        publish(platform, project, visibility=Visibility.PRIVATE)
    assert refused.value.fields["field"] == "visibility"


@pytest.mark.both_databases
def test_yanking_warns_and_breaks_nobody(platform: Platform, project: Project) -> None:
    publish(platform, project)
    publish(platform, project)
    folder = use(platform, "ada/word_count/0.1.1")
    ada, bob = platform.actor("ada"), platform.actor("bob")
    module = platform.modules.get(ada, "ada", "word_count")
    assert platform.yanking.yank(ada, module, "0.1.1", "Counts  wrongly.").version == "0.1.0"
    found = platform.modules.version(bob, module, "0.1.1")
    assert (found.yanked_reason, found.yanked_at is None) == ("Counts wrongly.", False)
    assert (folder / "main.py").is_file()
    assert publish(platform, project) == "ada/word_count/0.1.2", "its number is not given again"
    platform.yanking.yank(ada, module, "0.1.2", "Neither.")
    assert platform.yanking.unyank(ada, module, "0.1.1").version == "0.1.1"
    assert platform.modules.version(bob, module, "0.1.1").yanked_at is None
    for version in (DEV, "9.9.9"):
        with pytest.raises(NotFound):
            platform.yanking.yank(ada, module, version, "why")
    with pytest.raises(InvalidInput):
        platform.yanking.yank(ada, module, "0.1.0", "  ")
    with pytest.raises(Forbidden):
        platform.yanking.yank(bob, module, "0.1.0", "mine now")


def test_what_happened_is_on_record(platform: Platform, project: Project) -> None:
    ada = platform.actor("ada")
    publish(platform, project, dev=True)
    publish(platform, project)
    module = platform.modules.get(ada, "ada", "word_count")
    platform.yanking.yank(ada, module, "0.1.0", "why")
    platform.yanking.unyank(ada, module, "0.1.0")
    wanted = EventFilter(kinds=(ModulePublished, ModuleYanked, ModuleYankUndone))
    found = platform.events.since(Cursor(0), wanted).events
    assert [(type(one.event), getattr(one.event, "version", "")) for one in found] == [
        (ModulePublished, DEV),
        (ModulePublished, "0.1.0"),
        (ModuleYanked, "0.1.0"),
        (ModuleYankUndone, "0.1.0"),
    ]
    assert {(one.owner_id, one.event.subject_id, one.event.project) for one in found} == {
        (ada.account_id, module.id, project.id)
    }


def test_only_the_owner_publishes_and_only_from_a_module_project(platform: Platform, project: Project) -> None:
    app = platform.project("ada", "app", visibility=Visibility.PUBLIC)
    with pytest.raises(Conflict, match="makes an app"):
        publish(platform, app)
    with pytest.raises(Forbidden):
        publish(platform, project, person="bob")
    publish(platform, project)
    with pytest.raises(Conflict, match="from another project"):
        publish(platform, module_project(platform, "word_count"))


@pytest.mark.both_databases
def test_a_module_outlives_its_project(platform: Platform, project: Project) -> None:
    identifier = publish(platform, project)
    folder = use(platform, identifier)
    platform.projects.remove_row(project, platform.actor("ada"))
    assert (folder / "main.py").is_file()
    assert publish(platform, module_project(platform)) == "ada/word_count/0.1.1", "its owner goes on with it"


def test_wrong_words_are_refused_before_the_check(platform: Platform, project: Project) -> None:
    platform.write(project, {"main.py": "class broken(:\n"})
    for draft, field in (
        ({"tags": ["a b c!"]}, "tags"),
        ({"title": "x" * 201}, "title"),
        ({"notes": "\x00"}, "notes"),
        ({"files": ["results"]}, "files"),
        ({"files": ["../main.py"]}, "files"),
    ):
        with pytest.raises(OpenMoError) as refused:
            publish(platform, project, **draft)
        assert refused.value.fields["field"] == field


def _files(platform: Platform) -> list[str]:
    root = platform.folder.modules
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.name != ".staged")
