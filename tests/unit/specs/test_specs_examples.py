from typing import Any

import pytest

from openmo.specs.examples import MAX_EXAMPLES, Example, example_problems, read_examples, replace_examples, sample_path
from openmo.specs.files import load_app_spec

SPEC = """\
# what this app takes
input:
  a: int      # a number
  photo: img
examples:   # to try
- name: one
  input: {a: 1, photo: examples/one.png}

# what it gives
output:
  b: int
"""


def test_examples_are_read_with_their_files_apart() -> None:
    assert read_examples(load_app_spec(SPEC)) == (
        Example(name="one", values={"a": 1}, files={"photo": "examples/one.png"}),
    )


@pytest.mark.parametrize("value", ["text", 3, {"a": 1}, [1, "x", {"input": 3}, {"name": "x"}]])
def test_malformed_examples_are_none(value: Any) -> None:
    assert read_examples(load_app_spec(f"input: {{a: int}}\nexamples: {value!r}\n")) == ()


def test_only_the_list_of_examples_changes_in_the_file() -> None:
    two = replace_examples(SPEC, "app_spec.yml", [{"name": "二", "input": {"a": 2}}])
    assert read_examples(load_app_spec(two)) == (Example(name="二", values={"a": 2}),)
    for line in ("# what this app takes", "  a: int      # a number", "# what it gives", "output:"):
        assert line in two.splitlines()
    none = replace_examples(two, "app_spec.yml", [])
    assert "examples" not in none
    assert load_app_spec(none).inputs == load_app_spec(SPEC).inputs
    assert load_app_spec(none).outputs == load_app_spec(SPEC).outputs
    again = replace_examples("input: {a: int}", "app_spec.yml", [{"input": {"a": 2}}])
    assert read_examples(load_app_spec(again)) == (Example(values={"a": 2}),)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../x",
        "examples/../x",
        "examples",
        "handler.py",
        "examples/.env",
        "examples/.git/x",
        "a\0b",
        "",
        3,
    ],
)
def test_samples_lie_below_the_folder_of_examples(path: Any) -> None:
    assert sample_path(path) is None
    assert sample_path("examples/七.png") == "examples/七.png"


def test_what_a_call_would_refuse_is_told() -> None:
    spec = load_app_spec("input: {a: int, photo: img}\nexamples:\n- input: {a: x, photo: y.png, z: 1}\n- 3\n")
    assert example_problems(spec, lambda _path: False) == (
        "example 1: 'photo' names no file of the folder examples/.",
        "example 2: it has no `input` with names and values.",
    )
    unknown, wrong = example_problems(
        load_app_spec("input: {a: int, b: int}\nexamples:\n- input: {b: 1, z: 1}\n- input: {a: x}\n- input: {b: 2}\n"),
        lambda _path: True,
    )
    assert unknown.startswith("example 1: 'z'")
    assert wrong.startswith("example 2: 'a'")
    assert example_problems(load_app_spec("input: {}\nexamples: {a: 1}\n"), lambda _path: True) == (
        "examples must be a list of entries with `name` and `input`.",
    )


def test_so_many_examples_are_looked_at_and_no_more() -> None:
    asked: list[str] = []
    spec = load_app_spec("input: {photo: img}\nexamples:\n" + "- input: {photo: examples/x.png, z: 1}\n" * 3000)

    def look(path: str) -> bool:
        asked.append(path)
        return True

    problems = example_problems(spec, look)
    assert len(asked) == MAX_EXAMPLES
    assert len(problems) == MAX_EXAMPLES + 1
    assert problems[-1] == "only the first 50 of 3000 examples are shown."
