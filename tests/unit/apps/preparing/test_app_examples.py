from collections.abc import Callable

import pytest
from support.platform import HANDLER, Platform

from openmo.apps.preparing.examples import ExampleService, Move
from openmo.core.errors import Conflict, Forbidden, InvalidInput, NotFound, OpenMoError
from openmo.specs.errors import SpecError
from openmo.specs.files import load_app_spec

SPEC = "# mine\ninput:\n  a: int\n  photo: {value_type: img, optional: true}\noutput: {b: int}\n"


def test_examples_are_saved_ordered_renamed_and_released(platform: Platform) -> None:
    project = platform.project(files={"handler.py": HANDLER, "app_spec.yml": SPEC})
    examples, ada = ExampleService(platform.projects, platform.files), platform.actor("ada")
    examples.add(ada, project, name=" first  one ", values={"a": 1}, files={"photo": ("../../七 .PNG", b"seven")})
    _, second = examples.add(ada, project, name="second", values={"a": 2}, files={})
    first, second = examples.move(ada, project, second.key, Move.UP)[::-1]
    assert (first.name, second.name) == ("first one", "second")
    (path,) = first.files.values()
    assert (platform.workspace(project) / path).read_bytes() == b"seven"
    assert path.startswith("examples/")
    renamed, _ = examples.rename(ada, project, second.key, "zwei")
    text = (platform.workspace(project) / "app_spec.yml").read_text()
    assert text.startswith(SPEC)
    platform.apps.deploy(ada, project)
    release = platform.apps.find("ada", "digits", None)
    assert release is not None
    assert [each["name"] for each in release.spec.extra["examples"]] == ["zwei", "first one"]
    assert [each.name for each in examples.move(ada, project, renamed.key, Move.DELETE)] == ["first one"]


def test_another_tab_never_changes_the_wrong_example(platform: Platform) -> None:
    project = platform.project(files={"handler.py": HANDLER, "app_spec.yml": SPEC})
    examples, ada = ExampleService(platform.projects, platform.files), platform.actor("ada")
    for name in ("one", "two"):
        examples.add(ada, project, name=name, values={"a": 1}, files={})
    one, two = examples.of(ada, project)
    examples.move(ada, project, one.key, Move.DELETE)
    changes: tuple[Callable[[], object], ...] = (
        lambda: examples.move(ada, project, one.key, Move.DELETE),
        lambda: examples.move(ada, project, one.key, Move.UP),
        lambda: examples.rename(ada, project, one.key, "1"),
    )
    for change in changes:
        with pytest.raises(Conflict, match="changed or deleted"):
            change()
    assert examples.of(ada, project) == (two,)


def test_what_somebody_wrote_between_examples_stays(platform: Platform) -> None:
    listed = """\
examples:
- name: one
  weight: 3
  input: {a: 1, later: x, photo: ../secret.png}
- just words
- {name: no input}
- name: two
  input: {a: 2}
"""
    project = platform.project(files={"handler.py": HANDLER, "app_spec.yml": SPEC + listed})
    examples, ada = ExampleService(platform.projects, platform.files), platform.actor("ada")
    one, two = examples.of(ada, project)
    examples.move(ada, project, two.key, Move.UP)
    examples.rename(ada, project, one.key, "eins")
    examples.add(ada, project, name="three", values={"a": 3}, files={})
    text = (platform.workspace(project) / "app_spec.yml").read_text()
    assert text.startswith(SPEC)
    assert load_app_spec(text).extra["examples"] == [
        {"name": "two", "input": {"a": 2}},
        "just words",
        {"name": "no input"},
        {"name": "eins", "weight": 3, "input": {"a": 1, "later": "x", "photo": "../secret.png"}},
        {"name": "three", "input": {"a": 3}},
    ]
    platform.write(project, {"app_spec.yml": f"{SPEC}examples: {{a: 1}}\n"})
    with pytest.raises(Conflict, match="must be a list"):
        examples.add(ada, project, name="four", values={"a": 4}, files={})


def test_others_save_nothing(platform: Platform) -> None:
    project = platform.project(files={"handler.py": HANDLER})
    with pytest.raises((Forbidden, NotFound)):
        ExampleService(platform.projects, platform.files).add(
            platform.actor("bob"), project, name="x", values={"a": 1}, files={}
        )
    assert not (platform.workspace(project) / "app_spec.yml").exists()


def test_hostile_examples_are_refused_and_change_nothing(platform: Platform) -> None:
    project = platform.project(files={"handler.py": HANDLER, "app_spec.yml": SPEC})
    examples, ada = ExampleService(platform.projects, platform.files), platform.actor("ada")
    deep: list[object] = []
    for _ in range(60):
        deep = [deep]
    hostile: tuple[tuple[str, dict[str, object], type[OpenMoError]], ...] = (
        ("\x00", {"a": 1}, InvalidInput),
        ("x" * 81, {"a": 1}, InvalidInput),
        ("x", {"nope": 1}, Conflict),
        ("x", {"a": "\ud800"}, SpecError),
        ("x", {"a": deep}, SpecError),
    )
    for name, values, refusal in hostile:
        with pytest.raises(refusal):
            examples.add(ada, project, name=name, values=values, files={})
    assert (platform.workspace(project) / "app_spec.yml").read_text() == SPEC
    (platform.workspace(project) / "examples").symlink_to("/tmp")
    with pytest.raises(Conflict):
        examples.add(ada, project, name="x", values={}, files={"photo": ("a.png", b"x")})
