"""Whatever a caller sends, the gateway answers in its own words: never with a mistake of its own."""

import json
import string
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.doses import dose
from support.served_apps import ServedApps, served

from openmo.serving.directory import DeployedRelease

INPUTS: dict[str, Any] = {
    "i": {"value_type": "int", "value_range": "0-10", "optional": True},
    "f": {"value_type": "float", "optional": True},
    "s": {"value_type": "str", "optional": True},
    "b": {"value_type": "bool", "optional": True},
    "when": {"value_type": "datetime", "optional": True},
    "choice": {"value_type": "enum", "value_range": ["a", "b"], "optional": True},
    "photo": {"value_type": "img", "optional": True},
    "doc": {"value_type": "file", "optional": True},
    "ints": {"value_type": "[int]", "optional": True},
    "floats": {"value_type": "[float]", "optional": True},
    "words": {"value_type": "[str]", "optional": True},
    "table": {"value_type": "dataframe", "optional": True},
}
SOURCE = "def handle(conf):\n    return {'names': sorted(conf)}\n"
ANSWERS = {200, 202, 204, 302, 400, 404, 405, 410, 413, 415, 422, 431}
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_NAMES = st.sampled_from([*INPUTS, "other", ""]) | st.text(max_size=8)
_PRINTABLE = st.text(string.printable.strip(), max_size=60)
PROFILE = settings(
    max_examples=dose(25, 120), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApps]:
    with served(tmp_path_factory.mktemp("any")) as running:
        yield running


@pytest.fixture(scope="module")
def anything(apps: ServedApps) -> DeployedRelease:
    return apps.deploy(SOURCE, app="anything", inputs=INPUTS, outputs={"names": "[str]"})


@PROFILE
@given(st.dictionaries(_NAMES, _VALUES, max_size=5) | _VALUES)
def test_any_json(apps: ServedApps, anything: DeployedRelease, values: Any) -> None:
    headers = {"content-type": "application/json"}
    response = apps.call(anything, content=json.dumps(values).encode(), headers=headers)
    assert response.status_code in (200, 422), response.text
    if response.status_code == 200:
        assert set(response.json()["output"]["names"]) <= set(INPUTS)
    else:
        assert response.json()["code"] == "invalid_input"


@PROFILE
@given(st.lists(st.tuples(_NAMES.filter(bool), st.text(max_size=30)), max_size=5))
def test_any_form(apps: ServedApps, anything: DeployedRelease, fields: list[tuple[str, str]]) -> None:
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name.encode(errors="replace").decode(), []).append(value.encode(errors="replace").decode())
    response = apps.call(anything, data=data, headers={"content-type": "application/x-www-form-urlencoded"})
    assert response.status_code in (200, 422), response.text


@PROFILE
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    path=st.lists(
        st.sampled_from(["calls", "events", "files", "openapi.json", "x" * 40, ""])
        | st.text(string.ascii_letters + "~@%._-", max_size=12),
        max_size=7,
    ),
    headers=st.dictionaries(
        st.sampled_from(
            ["prefer", "idempotency-key", "origin", "authorization", "x-app-link", "last-event-id", "range",
             "content-type", "access-control-request-method", "accept"]
        ),
        _PRINTABLE,
        max_size=4,
    ),
)  # fmt: skip
def test_any_request_of_an_app(
    apps: ServedApps, anything: DeployedRelease, method: str, path: list[str], headers: dict[str, str]
) -> None:
    response = apps.client.request(method, "/" + "/".join(["run", "ada", "anything", *path]), headers=headers)
    assert response.status_code in ANSWERS, response.text
    if response.status_code >= 400 and method != "HEAD" and response.content:
        assert response.json()["status"] == response.status_code


@PROFILE
@given(prefer=_PRINTABLE, key=_PRINTABLE, values=st.dictionaries(_NAMES, _VALUES, max_size=3))
def test_any_preference(
    apps: ServedApps, anything: DeployedRelease, prefer: str, key: str, values: dict[str, Any]
) -> None:
    headers = {
        "prefer": f"respond-async, wait=5, x{prefer}",
        "idempotency-key": key,
        "content-type": "application/json",
    }
    response = apps.call(anything, content=json.dumps(values).encode(), headers=headers)
    assert response.status_code in (200, 202, 422), response.text
