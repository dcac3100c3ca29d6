"""The REST API never answers with a mistake of its own, and says what it cannot do as its description says it."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks
from support.described import for_examples, operations_of
from support.identity import MemoryIdentity
from support.platform import HANDLER, Platform
from support.served_pages import served_pages

from openmo.db.engine import Database

pytestmark = pytest.mark.timeout(300)

EXAMPLES = 4
"""Of each operation."""
GARBAGE = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'"\\ud800"',
    b'{"title": {"a": 1}, "script": [], "files": 3}',
    b"[" * 1000,
    b"\xff",
)
REAL = {"owner": "ada", "name": "digits", "number": "1", "version": "1.0.0"}
"""So that requests come further than to what is not there."""
VALID: dict[str, object] = {
    "project": "ada/digits",
    "script": "train.py",
    "title": "Title",
    "name": "title",
    "handler": HANDLER,
    "app_spec": "",
    "notebook": {"cells": []},
}
"""What comes further than to what is amiss, by the name of the property."""
AS_DESCRIBED = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
"""Not among them: whether all that fits the description is accepted. Names may be taken, scripts may not be there."""
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
ENDLESS = ("/events", "/log/stream")
DELETION = ("delete", "/api/v1/projects/{owner}/{name}")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[tuple[str, str]]:
    """The address of a platform with a project that has a job and an app, and its owner's token."""
    folder = tmp_path_factory.mktemp("rest")
    database = Database(f"sqlite:///{shutil.copy(migrated_sqlite, folder / 'openmo.sqlite')}")
    platform = Platform(database, folder / "data")
    project = platform.project(files={"handler.py": HANDLER, "train.py": "print(1)\n"})
    platform.submit(project)
    platform.apps.deploy(platform.actor("ada"), project)
    identity = MemoryIdentity()
    with served_pages(platform.app(identity, hosts=("127.0.0.1",))) as url:
        yield url, identity.token("ada")
    database.close()


@pytest.fixture(scope="module")
def operations(api: tuple[str, str]) -> list[Any]:
    """Those that end by themselves, but for the one that would end the others."""
    schema = schemathesis.openapi.from_url(f"{api[0]}/api/openapi.json")
    return [
        each
        for each in operations_of(schema)
        if not each.path.endswith(ENDLESS) and (each.method, each.path) != DELETION
    ]


def test_whatever_fits_the_description_is_answered_as_described(api: tuple[str, str], operations: list[Any]) -> None:
    url, token = api
    statuses: set[int] = set()

    def check(case: Any) -> None:
        case.path_parameters.update({name: REAL[name] for name in case.path_parameters if name in REAL})
        answer = case.call(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=AS_DESCRIBED)

    for operation in operations:
        for_examples(operation, GenerationMode.POSITIVE, check, examples=EXAMPLES)
    assert len(operations) > 50
    assert {200, 404, 422} <= statuses
    assert max(statuses) < 500


def test_half_a_character_is_refused_or_kept_but_breaks_nothing(api: tuple[str, str], operations: list[Any]) -> None:
    url, token = api
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        described = client.get("/api/openapi.json").json()
        for operation in (each for each in operations if each.body):
            schema = described["paths"][operation.path][operation.method]["requestBody"]["content"]
            reference = schema.get("application/json", {}).get("schema", {}).get("$ref", "")
            properties = described["components"]["schemas"].get(reference.rpartition("/")[2], {}).get("properties", {})
            path = re.sub(r"\{(\w+)\}", lambda found: REAL.get(found[1], "x"), operation.path)
            for name, kind in properties.items():
                kinds = {kind.get("type"), *(each.get("type") for each in kind.get("anyOf", []))}
                forms = {"array": '["\\ud83d"]', "object": '{"k\\udc00": "\\ud83d"}'}
                text = next((forms[each] for each in forms if each in kinds), '"\\ud83d"')
                rest = {each: VALID[each] for each in properties if each in VALID and each != name}
                body = json.dumps(rest)[:-1] + (", " if rest else "") + f'"{name}": {text}}}'
                answer = client.request(operation.method, path, content=body)
                assert answer.status_code < 500, f"{operation.method} {path} {body}: {answer.text}"


def test_what_is_no_such_body_is_refused_in_words(api: tuple[str, str], operations: list[Any]) -> None:
    url, token = api
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        for operation in operations:
            path = re.sub(r"\{(\w+)\}", lambda found: REAL.get(found[1], "x"), operation.path)
            for body in GARBAGE if operation.body else ():
                answer = client.request(operation.method, path, content=body)
                assert answer.status_code < 500, f"{operation.method} {path} {body[:40]!r}: {answer.text}"
                if answer.status_code >= 400:
                    assert answer.json()["detail"], answer.text
