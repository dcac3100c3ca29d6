"""Spec files as people have them: what each means, or the line that it is refused with.

A file of tests/corpora/specs holds what is expected and, behind a line `---`, the spec.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from openmo.specs.errors import SpecFileError
from openmo.specs.files import app_spec_data, dump_app_spec, load_app_spec, read_app_spec
from openmo.specs.json_schema import from_json_schema, to_json_schema
from openmo.specs.ranges import write_value_range
from openmo.specs.validate import compile_validator
from openmo.specs.values import Parameter

FILES = sorted((Path(__file__).parents[2] / "corpora" / "specs").glob("*.yml"))


def described(parameter: Parameter) -> dict[str, Any]:
    value_range = None if parameter.value_range is None else write_value_range(parameter.value_range)
    said = {
        "key": parameter.key,
        "description": parameter.description,
        "range": value_range,
        "optional": parameter.optional,
        "extra": dict(parameter.extra),
    }
    found: dict[str, Any] = {"type": str(parameter.value_type)} | {name: each for name, each in said.items() if each}
    return found | ({"default": parameter.default_value} if parameter.has_default else {})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_spec_file_means_what_its_author_meant(path: Path) -> None:
    head, _, text = path.read_text().partition("\n---\n")
    expected = yaml.safe_load(head)
    if "error" in expected:
        with pytest.raises(SpecFileError) as raised:
            load_app_spec(text)
        assert expected["error"]["says"] in str(raised.value)
        assert expected["error"].get("line") in (None, raised.value.line)
        return
    spec = load_app_spec(text)
    for section, parameters in (("input", spec.inputs), ("output", spec.outputs)):
        found = {each.name: described(each) for each in parameters}
        assert found == expected.get(section, {})
        assert json.dumps(found) == json.dumps(expected.get(section, {}) and found)  # no true for 1, no 2 for 2.0
        assert from_json_schema(to_json_schema(parameters)) == parameters
    assert load_app_spec(dump_app_spec(spec)) == spec
    assert read_app_spec(json.loads(json.dumps(app_spec_data(spec)))) == spec


def test_there_are_many_spec_files() -> None:
    assert len(FILES) >= 40


def test_a_call_uses_the_name_and_gets_the_default_as_its_type() -> None:
    spec = load_app_spec(
        "input:\n  p1: {name: petal, value_type: float, default_value: '4.9'}\n"
        "  xs: {value_type: '[float]', default_value: '[1.0,2.0]'}\n"
    )
    validate = compile_validator(spec.inputs)
    assert validate({}) == {"petal": 4.9, "xs": [1.0, 2.0]}
    assert validate({"petal": 1}) == {"petal": 1.0, "xs": [1.0, 2.0]}
