"""What a module project begins with is a whole module, in both languages."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.files import write_files
from support.platform import Platform

from openmo.config.shipped import shipped
from openmo.core.errors import Conflict, Forbidden, NotFound
from openmo.core.visibility import Visibility
from openmo.languages.language import CHINESE, ENGLISH, LANGUAGES, Language
from openmo.projects.publishing.skeleton import SkeletonChoice, Skeletons, class_name
from openmo.projects.values import Project, ProjectKind
from openmo.specs.files import load_module_spec
from openmo.specs.module import ModuleKind, read_module

SKELETONS = Skeletons(shipped("skeletons"))


def files_of(kind: ModuleKind, language: Language = ENGLISH, name: str = "my_module") -> dict[str, str]:
    choice = SkeletonChoice(kind=kind, owner="ada", name=name, title="My module", language=language)
    return SKELETONS.files(choice)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
@pytest.mark.parametrize("kind", ModuleKind)
def test_a_skeleton_is_read_without_a_doubt(kind: ModuleKind, language: Language) -> None:
    files = files_of(kind, language)
    read = read_module(files["main.py"])
    assert (read.class_name, read.kind, read.warnings) == ("my_module", kind, ())
    assert read.methods == (("train", "predict") if kind is ModuleKind.MODEL else ("run",))
    assert load_module_spec(files["module_spec.yml"]) == read.spec
    parameters = [each for part in (read.spec.inputs, read.spec.outputs) for one in part.values() for each in one]
    assert all(each.description for each in parameters)
    assert not any(each.required for one in read.spec.inputs.values() for each in one), "it can be tried as it is"
    assert files["README.md"].startswith("# My module\n")
    assert "'ada/my_module'" in files["README.md"]
    assert "straight_line" not in "".join(files.values())
    assert "word_count" not in "".join(files.values())


@pytest.mark.parametrize("kind", ModuleKind)
def test_the_languages_differ_in_words_alone(kind: ModuleKind) -> None:
    english, chinese = (read_module(files_of(kind, language)["main.py"]) for language in (ENGLISH, CHINESE))
    assert _names(english.spec.inputs) == _names(chinese.spec.inputs)
    assert _names(english.spec.outputs) == _names(chinese.spec.outputs)
    assert "模块" in files_of(kind, CHINESE)["README.md"]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
@pytest.mark.parametrize("kind", ModuleKind)
def test_its_notebook_runs_in_the_project(kind: ModuleKind, language: Language, tmp_path: Path) -> None:
    files = files_of(kind, language)
    write_files(tmp_path, files)
    cells = [cell for cell in json.loads(files["test.ipynb"])["cells"] if cell["cell_type"] == "code"]
    sources = ["".join(cell["source"]) for cell in cells]
    shown = [*sources[:-1], f"print({sources[-1]})"]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(shown)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    answer = ast.literal_eval(done.stdout.splitlines()[-1])
    assert answer == ({"y": 21.0} if kind is ModuleKind.MODEL else {"words": 6, "longest": "not"})


@pytest.mark.parametrize(
    ("module", "name"),
    [("iris", "iris"), ("2048_solver", "module_2048_solver"), ("class", "class_"), ("match", "match_")],
)
def test_a_class_has_a_name_that_python_takes(module: str, name: str) -> None:
    assert class_name(module) == name
    assert read_module(files_of(ModuleKind.MODEL, name=module)["main.py"]).class_name == name


def test_beginning_keeps_what_is_there(platform: Platform) -> None:
    project, actor = _module_project(platform), platform.actor("ada")
    platform.write(project, {"module_spec.yml": "mine", "README.md": "mine"})
    written = platform.publishing.begin(actor, project, ModuleKind.TOOLKIT, language=CHINESE)
    assert sorted(written) == ["main.py", "test.ipynb"]
    workspace = platform.workspace(project)
    assert (workspace / "module_spec.yml").read_text() == (workspace / "README.md").read_text() == "mine"
    assert "class my_module:" in (workspace / "main.py").read_text("utf-8")
    with pytest.raises(Conflict, match=r"main\.py already"):
        platform.publishing.begin(actor, project, ModuleKind.MODEL, language=ENGLISH)


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(platform: Platform, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine")
    project = _module_project(platform)
    (platform.workspace(project) / "main.py").symlink_to(outside)
    platform.publishing.begin(platform.actor("ada"), project, ModuleKind.MODEL, language=ENGLISH)
    assert outside.read_text() == "mine"
    assert not (platform.workspace(project) / "main.py").is_symlink()


def test_a_module_begins_in_a_project_of_its_kind_by_its_owner(platform: Platform) -> None:
    module, app = _module_project(platform), platform.project("ada", "app", visibility=Visibility.PUBLIC)
    with pytest.raises(Conflict, match="makes an app"):
        platform.publishing.begin(platform.actor("ada"), app, ModuleKind.MODEL, language=ENGLISH)
    with pytest.raises(Forbidden):
        platform.publishing.begin(platform.actor("bob"), app, ModuleKind.MODEL, language=ENGLISH)
    with pytest.raises(NotFound):
        platform.publishing.begin(platform.actor("bob"), module, ModuleKind.MODEL, language=ENGLISH)


def _module_project(platform: Platform) -> Project:
    return platform.projects.create(platform.actor("ada"), title="My module", name="my-module", kind=ProjectKind.MODULE)


def _names(methods: object) -> object:
    assert isinstance(methods, dict)
    return {method: [(each.name, each.value_type) for each in one] for method, one in methods.items()}
