"""A client that a well-known generator writes from an app's OpenAPI document calls the app."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.served_apps import ServedApps, served

SOURCE = """
from PIL import Image
def handle(conf):
    photo = Image.open(conf["photo"])
    return {"label": f"{conf['name']} {conf['size']} {conf['kind']}", "shape": list(photo.size), "when": conf["when"]}
"""
INPUTS: dict[str, Any] = {
    "name": "str",
    "size": {"value_type": "int", "value_range": "0-10"},
    "kind": {"value_type": "enum", "value_range": ["a", "b"]},
    "photo": "img",
    "when": {"value_type": "datetime", "optional": True, "default_value": "2026-01-31 12:00:00"},
}
CALLS = """
import base64, io, json, sys, time
from reader import Client
from reader.api.default import call, poll
from reader.models import CallFilesBody, CallFilesBodyKind, CallJsonBody, CallJsonBodyKind
from reader.types import File

url, picture = sys.argv[1], open(sys.argv[2], "rb").read()
client = Client(base_url=url)
as_json = CallJsonBody(name="猫", size=3, kind=CallJsonBodyKind.B, photo=base64.b64encode(picture).decode())
photo = File(payload=io.BytesIO(picture), file_name="a.png", mime_type="image/png")
as_files = CallFilesBody(name="cat", size=3, kind=CallFilesBodyKind.A, photo=photo)
answers = [call.sync(client=client, body=body) for body in (as_json, as_files)]
assert all(hasattr(answer, "output") for answer in answers), answers
found = [answer.output.to_dict() for answer in answers]

accepted = call.sync(client=client, body=as_json, prefer="respond-async")
while (now := poll.sync(call_id=accepted.id, client=client)).status.value in ("queued", "running"):
    time.sleep(0.02)
found.append(now.output.to_dict())

as_json.size = 11
refused = call.sync_detailed(client=client, body=as_json)
found.append([refused.status_code.value, refused.parsed.code, refused.parsed.errors[0].to_dict()["name"]])
print(json.dumps(found))
"""


@pytest.fixture
def apps(tmp_path: Path) -> Iterator[ServedApps]:
    with served(tmp_path / "apps") as running:
        yield running


def test_a_generated_client_calls_the_app(apps: ServedApps, tmp_path: Path) -> None:
    outputs = {"label": "str", "shape": "[int]", "when": "datetime"}
    apps.deploy(SOURCE, app="reader", inputs=INPUTS, outputs=outputs)
    document = tmp_path / "openapi.json"
    document.write_bytes(apps.client.get("/run/ada/reader/openapi.json").raise_for_status().content)
    settings = tmp_path / "settings.yml"
    settings.write_text("post_hooks: []\n")
    _run(
        *("-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"),
        *("--path", str(document), "--config", str(settings), "--output-path", str(tmp_path / "reader")),
    )
    Image.new("RGB", (3, 2)).save(tmp_path / "picture.png")
    printed = _run("-c", CALLS, apps.url, str(tmp_path / "picture.png"), env={"PYTHONPATH": str(tmp_path)})
    when = "2026-01-31T12:00:00"
    chinese = {"label": "猫 3 b", "shape": [3, 2], "when": when}
    assert json.loads(printed) == [
        chinese,
        {"label": "cat 3 a", "shape": [3, 2], "when": when},
        chinese,
        [422, "invalid_input", "size"],
    ]


def _run(*arguments: str, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=os.environ | (env or {}), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
