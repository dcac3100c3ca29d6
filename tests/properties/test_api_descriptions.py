"""A deployed app does what its OpenAPI document says, for whatever schemathesis makes of it."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis.generation import GenerationMode
from support.described import for_examples, operations_of
from support.served_apps import ServedApps, served

INPUTS: dict[str, Any] = {
    "i": {"value_type": "int", "value_range": "0-10"},
    "f": {"value_type": "float", "value_range": ">=0.5", "default_value": 1.5},
    "s": {"value_type": "str", "optional": True, "description": "any text"},
    "b": {"value_type": "bool", "default_value": False},
    "when": {"value_type": "datetime", "optional": True},
    "choice": {"value_type": "str", "value_range": ["a", "b"]},
    "ints": {"value_type": "[int]", "optional": True},
    "名字": {"value_type": "[str]", "optional": True},
}
OUTPUTS = {name: each["value_type"] for name, each in INPUTS.items()}
ECHO = f"def handle(conf):\n    return {{name: conf.get(name) for name in {list(INPUTS)!r}}}\n"

EXAMPLES = 12


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApps]:
    with served(tmp_path_factory.mktemp("described")) as running:
        yield running


def test_a_deployed_app_answers_as_described(apps: ServedApps) -> None:
    release = apps.deploy(ECHO, inputs=INPUTS, outputs=OUTPUTS)
    document = apps.client.get(f"/run/{release.owner}/{release.app}/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    statuses: set[int] = set()

    numbers = itertools.count()

    def check(case: Any) -> None:
        if key := (case.headers or {}).get("Idempotency-Key"):  # the same with other inputs is refused, and rightly
            case.headers["Idempotency-Key"] = f"{next(numbers)} {key}"[:255]
        answer = case.call(base_url=apps.url, timeout=60)
        statuses.add(answer.status_code)
        case.validate_response(answer)

    operations = operations_of(schema)
    assert len(operations) == 4
    for operation in operations:
        for_examples(operation, GenerationMode.POSITIVE, check, examples=EXAMPLES)
    assert {200, 404} <= statuses, "the app and addresses of calls that are none"
    assert max(statuses) < 500

    statuses.clear()
    (call,) = (operation for operation in operations if operation.method == "post")
    for_examples(call, GenerationMode.NEGATIVE, check, examples=EXAMPLES)
    assert 422 in statuses
    assert max(statuses) < 500
