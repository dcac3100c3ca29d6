import pytest
from support.platform import HANDLER, Platform

from openmo.apps.examples import ExampleService, Move
from openmo.core.errors import Conflict, Forbidden, InvalidInput, NotFound, OpenMoError

SPEC = "# mine\ninput:\n  a: int\n  photo: {value_type: img, optional: true}\noutput: {b: int}\n"


def test_examples_are_saved_ordered_renamed_and_released(platform: Platform) -> None:
    project = platform.project(files={"handler.py": HANDLER, "app_spec.yml": SPEC})
    examples, ada = ExampleService(platform.projects), platform.actor("ada")
    examples.add(ada, project, name=" first  one ", values={"a": 1}, files={"photo": ("../../七 .PNG", b"seven")})
    examples.add(ada, project, name="second", values={"a": 2}, files={})
    first, second = examples.move(ada, project, 1, Move.UP)[::-1]
    assert (first.name, second.name) == ("first one", "second")
    (path,) = first.files.values()
    assert (platform.workspace(project) / path).read_bytes() == b"seven"
    assert path.startswith("examples/")
    examples.rename(ada, project, 0, "zwei")
    text = (platform.workspace(project) / "app_spec.yml").read_text()
    assert text.startswith(SPEC)
    platform.apps.deploy(ada, project)
    release = platform.apps.find("ada", "digits", None)
    assert release is not None
    assert [each["name"] for each in release.spec["examples"]] == ["zwei", "first one"]
    assert [each.name for each in examples.move(ada, project, 0, Move.DELETE)] == ["first one"]
    with pytest.raises(NotFound):
        examples.move(ada, project, 1, Move.DELETE)


def test_others_save_nothing(platform: Platform) -> None:
    project = platform.project(files={"handler.py": HANDLER})
    with pytest.raises((Forbidden, NotFound)):
        ExampleService(platform.projects).add(platform.actor("bob"), project, name="x", values={"a": 1}, files={})
    assert not (platform.workspace(project) / "app_spec.yml").exists()


def test_hostile_examples_are_refused_and_change_nothing(platform: Platform) -> None:
    project = platform.project(files={"handler.py": HANDLER, "app_spec.yml": SPEC})
    examples, ada = ExampleService(platform.projects), platform.actor("ada")
    deep: list[object] = []
    for _ in range(60):
        deep = [deep]
    for name, values in (
        ("\x00", {"a": 1}),
        ("x" * 81, {"a": 1}),
        ("x", {"nope": 1}),
        ("x", {"a": "\ud800"}),
        ("x", {"a": deep}),
    ):
        with pytest.raises((InvalidInput, Conflict, OpenMoError)):
            examples.add(ada, project, name=name, values=values, files={})
    assert (platform.workspace(project) / "app_spec.yml").read_text() == SPEC
    (platform.workspace(project) / "examples").symlink_to("/tmp")
    with pytest.raises(Conflict):
        examples.add(ada, project, name="x", values={}, files={"photo": ("a.png", b"x")})
