"""Making, showing, changing and deleting projects."""

import pytest
from support.platform import Platform

from openmo.accounts.values import VISITOR
from openmo.core.errors import Conflict, Forbidden, InvalidInput, NotFound, NotSignedIn
from openmo.core.visibility import Visibility
from openmo.projects.values import ProjectKind


@pytest.mark.parametrize("template", ["blank", "iris-app", "train-digits"])
def test_a_project_is_filled_from_its_template(platform: Platform, template: str) -> None:
    platform.samples()
    chosen = next(one for one in platform.projects.templates() if one.name == template)
    project = platform.projects.create(platform.actor("ada"), title="My first", template=template)
    workspace = platform.workspace(project)
    assert (workspace / "coding_here.ipynb").is_file()
    assert not (workspace / "template.yml").exists()
    assert all((workspace / name).is_dir() for name in ("datasets", "modules", "results"))
    assert project.kind is chosen.kind
    for full_name in chosen.datasets:
        assert (workspace / "datasets" / full_name.replace("/", "-") / "data.csv").read_text() == "a,b\n1,2\n"
    for identifier in chosen.modules:
        assert (workspace / "modules" / identifier / "main.py").is_file()


def test_a_failing_template_leaves_nothing_behind(platform: Platform) -> None:
    actor = platform.actor("ada")
    with pytest.raises(NotFound, match="iris"):
        platform.projects.create(actor, title="No samples here", template="iris-app")
    assert platform.projects.list_own(actor) == ()
    assert list(platform.folder.projects.iterdir()) == []


@pytest.mark.both_databases
def test_a_taken_name_is_a_conflict_and_the_first_project_is_unharmed(platform: Platform) -> None:
    first = platform.project("ada", "digits", files={"a.py": "1"})
    with pytest.raises(Conflict, match="digits"):
        platform.projects.create(platform.actor("ada"), title="Again", name="digits")
    assert (platform.workspace(first) / "a.py").is_file()
    assert len(list(platform.folder.projects.iterdir())) == 1


@pytest.mark.both_databases
def test_two_people_may_use_the_same_name(platform: Platform) -> None:
    assert platform.project("ada", "digits").slug != platform.project("bob", "digits").slug


@pytest.mark.both_databases
def test_names_made_of_titles_never_collide(platform: Platform) -> None:
    actor = platform.actor("ada")
    names = [platform.projects.create(actor, title="My Digits!").name for _ in range(3)]
    assert names == ["my-digits", "my-digits-2", "my-digits-3"]


@pytest.mark.parametrize("title", ["手写数字识别", "Ünïcode ✓", "新", "new", "!!!", "a" * 200])
def test_any_title_gives_a_name_that_can_stand_in_a_url(platform: Platform, title: str) -> None:
    project = platform.projects.create(platform.actor("ada"), title=title)
    found = platform.projects.get(platform.actor("ada"), "ada", project.name)
    assert found.title == title
    assert project.name.isascii()


@pytest.mark.parametrize("title", ["", "   ", "a" * 201, "nul\0in it", "line\x1b[31mred"])
def test_titles_that_cannot_be_shown_are_refused(platform: Platform, title: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        platform.projects.create(platform.actor("ada"), title=title)
    assert refused.value.fields["field"] == "title"
    assert list(platform.folder.projects.iterdir()) == []


@pytest.mark.parametrize("name", ["A", "new", "a/b", "..", "a b", "-a", "a" * 64, "ä", "a\n"])
def test_names_that_cannot_stand_in_a_url_are_refused(platform: Platform, name: str) -> None:
    with pytest.raises(InvalidInput):
        platform.projects.create(platform.actor("ada"), title="x", name=name)


def test_a_description_may_have_lines_but_no_nul(platform: Platform) -> None:
    actor = platform.actor("ada")
    project = platform.projects.create(actor, title="x", description="one\ntwo\tthree 三")
    assert project.description == "one\ntwo\tthree 三"
    with pytest.raises(InvalidInput) as refused:
        platform.projects.update(actor, project, description="a\0b")
    assert refused.value.fields["field"] == "description"


@pytest.mark.both_databases
def test_a_field_left_out_of_a_change_stays(platform: Platform) -> None:
    actor, project = platform.actor("ada"), platform.project()
    changed = platform.projects.update(actor, project, visibility=Visibility.PUBLIC)
    assert (changed.title, changed.description, changed.visibility) == (project.title, "", Visibility.PUBLIC)
    assert changed.updated_at > project.updated_at
    assert changed.slug == project.slug


def test_what_is_changed_while_something_runs_in_the_project_stays(platform: Platform) -> None:
    actor, seen = platform.actor("ada"), platform.project(visibility=Visibility.PUBLIC)
    changed = platform.projects.update(actor, seen, title="Mine", description="all", visibility=Visibility.PRIVATE)
    platform.projects.update(actor, seen, title="Ours")
    platform.projects.touch(seen)
    found = platform.projects.by_id(seen.id)
    assert (found.title, found.description, found.visibility) == ("Ours", "all", Visibility.PRIVATE)
    assert changed.title == "Mine"


def test_unknown_and_private_projects_answer_alike(platform: Platform) -> None:
    project = platform.project("ada", "secret")
    for actor in (VISITOR, platform.actor("bob"), platform.actor("ada", only=platform.project("ada", "other"))):
        with pytest.raises(NotFound) as private:
            platform.projects.get(actor, "ada", "secret")
        with pytest.raises(NotFound) as unknown:
            platform.projects.get(actor, "ada", "nothing")
        assert private.value.message.replace("secret", "nothing") == unknown.value.message
        assert private.value.fields.keys() == unknown.value.fields.keys()
    assert platform.projects.get(platform.actor("ada", only=project), "ada", "secret") == project


def test_a_public_project_is_everybodys_to_see_and_its_owners_to_change(platform: Platform) -> None:
    project = platform.project("ada", "open", visibility=Visibility.PUBLIC)
    assert platform.projects.get(VISITOR, "ada", "open") == project
    assert platform.projects.list_public(VISITOR) == (project,)
    with pytest.raises(NotSignedIn):
        platform.projects.update(VISITOR, project, title="mine now")
    with pytest.raises(Forbidden):
        platform.projects.update(platform.actor("bob"), project, title="mine now")


def test_a_projects_own_token_makes_no_projects(platform: Platform) -> None:
    only = platform.actor("ada", only=platform.project())
    with pytest.raises(Forbidden):
        platform.projects.create(only, title="Another")
    with pytest.raises(NotSignedIn):
        platform.projects.create(VISITOR, title="Another")


@pytest.mark.both_databases
def test_a_deleted_project_is_gone_and_its_name_is_free(platform: Platform) -> None:
    project = platform.project()
    platform.projects.remove_row(project)
    with pytest.raises(NotFound):
        platform.projects.get(platform.actor("ada"), "ada", "digits")
    assert list(platform.folder.projects.iterdir()) == []
    assert platform.project().id != project.id


def test_scripts_are_the_python_files_and_notebooks_at_the_top(platform: Platform) -> None:
    project = platform.project(files={"train.py": "", "notes.txt": "", "inner/x.py": ""})
    assert platform.files.scripts(platform.actor("ada"), project) == ("coding_here.ipynb", "train.py")


def test_hidden_files_are_the_owners_alone(platform: Platform) -> None:
    project = platform.project(
        visibility=Visibility.PUBLIC, files={".env": "KEY=1", ".git/config": "token", "a.txt": "open"}
    )
    for path in (".env", ".git/config", "./.env", ".git//config"):
        assert platform.files.read(platform.actor("ada"), project, path, limit=10)[0]
        for actor in (VISITOR, platform.actor("bob")):
            with pytest.raises(NotFound):
                platform.files.read(actor, project, path, limit=10)
            with pytest.raises(NotFound):
                platform.files.view(actor, project, path)
    with pytest.raises(NotFound):
        platform.files.list(VISITOR, project, ".git")
    assert platform.files.read(VISITOR, project, "a.txt", limit=10)[0] == b"open"


def test_the_kind_may_differ_from_the_templates(platform: Platform) -> None:
    project = platform.projects.create(platform.actor("ada"), title="m", kind=ProjectKind.MODULE)
    assert platform.projects.by_id(project.id).kind is ProjectKind.MODULE


@pytest.mark.both_databases
def test_a_project_with_a_job_is_not_removed_and_stays_whole(platform: Platform) -> None:
    project = platform.project(files={"train.py": ""})
    platform.submit(project)
    with pytest.raises(Conflict, match="once more"):
        platform.projects.remove_row(project)
    assert platform.projects.by_id(project.id).full_name == project.full_name
    assert (platform.workspace(project) / "train.py").is_file()
