from typing import Any

import pytest

from openmo.core.errors import InvalidInput
from openmo.specs.json_schema import from_json_schema, to_json_schema
from openmo.specs.values import Interval, Parameter, ValueType


def test_plain_words_of_json_schema() -> None:
    schema = to_json_schema(
        [
            Parameter(name="a", value_type=ValueType.FLOAT, value_range=Interval(minimum=0, maximum=10)),
            Parameter(name="b", value_type=ValueType.ENUM, value_range=("x", "y"), has_default=True, default_value="x"),
            Parameter(name="c", value_type=ValueType.IMG, description="photo", optional=True),
        ]
    )
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["required"] == ["a"]
    assert schema["additionalProperties"] is False
    assert schema["properties"] == {
        "a": {"type": "number", "minimum": 0, "maximum": 10},
        "b": {"enum": ["x", "y"], "default": "x"},
        "c": {"type": "string", "format": "binary", "contentMediaType": "image/*", "description": "photo"},
    }


def test_another_programs_schema() -> None:
    found = from_json_schema(
        {
            "type": "object",
            "properties": {
                "n": {"type": "integer", "exclusiveMinimum": 0},
                "t": {"type": "string", "format": "date-time"},
                "l": {"type": "array", "items": {"type": "number"}},
                "u": {"anyOf": []},
            },
            "required": ["n"],
        }
    )
    assert [(each.name, each.value_type, each.required) for each in found] == [
        ("n", ValueType.INT, True),
        ("t", ValueType.DATETIME, False),
        ("l", ValueType.FLOAT_LIST, False),
        ("u", ValueType.STR, False),
    ]
    assert found[0].value_range == Interval(minimum=0, minimum_excluded=True)


@pytest.mark.parametrize("schema", [{"properties": []}, {"properties": {"a": 1}}, {"required": 3}])
def test_no_object_schema(schema: Any) -> None:
    with pytest.raises(InvalidInput):
        from_json_schema(schema)
