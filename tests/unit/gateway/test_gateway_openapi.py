"""The OpenAPI documents of apps: held to the standard, and enough to call the app by."""

import base64
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from PIL import Image
from support.served_apps import ServedApps, served

from openmo.identity.caller import Caller
from openmo.serving.directory import AppAccess, DeployedRelease

EVERY_TYPE: dict[str, dict[str, Any]] = {
    "i": {"value_type": "int", "value_range": "0-10", "description": "an int"},
    "f": {"value_type": "float", "value_range": ">=0.5", "default_value": 1.5},
    "s": {"value_type": "str", "optional": True},
    "b": {"value_type": "bool", "default_value": False},
    "when": {"value_type": "datetime", "optional": True},
    "choice": {"value_type": "str", "value_range": ["a", "b"]},
    "照片": {"value_type": "img", "optional": True, "description": "一张照片"},
    "voice": {"value_type": "audio", "optional": True},
    "clip": {"value_type": "video", "optional": True},
    "doc": {"value_type": "file", "optional": True},
    "ints": {"value_type": "[int]", "optional": True},
    "floats": {"value_type": "[float]", "optional": True},
    "words": {"value_type": "[str]", "optional": True},
    "table": {"value_type": "dataframe", "optional": True},
    'it\'s "odd" {{x}}': {"value_type": "str", "optional": True},
}
OUTPUTS = {name: {"value_type": each["value_type"]} for name, each in EVERY_TYPE.items()}
EVERYTHING = "def handle(conf):\n    return {name: conf.get(name) for name in NAMES}\nNAMES = %r\n"


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApps]:
    callers = {"ada-token": Caller(name="ada")}
    with served(tmp_path_factory.mktemp("described"), callers=callers) as running:
        yield running


class DescribedApp:
    """A client that knows an app by its document alone, as a generated one does."""

    def __init__(self, apps: ServedApps, document: dict[str, Any]) -> None:
        self._apps = apps
        self._document = document
        ((self.path, operations),) = ((p, o) for p, o in document["paths"].items() if "post" in o)
        self.call = operations["post"]

    def schema(self, content: dict[str, Any]) -> dict[str, Any]:
        (media,) = content.values()
        return {**media["schema"], "components": self._document["components"]}

    def send(self, inputs: dict[str, Any], **headers: str) -> Any:
        body = self.call["requestBody"]["content"]["application/json"]["schema"]
        OAS31Validator(body).validate(inputs)
        response = self._apps.client.post(self.path, json=inputs, headers=headers)
        return self.checked(self.call, response)

    def poll(self, call: Any) -> Any:
        path = next(path for path in self._document["paths"] if path.endswith("/calls/{call_id}"))
        response = self._apps.client.get(path.replace("{call_id}", call["id"]), headers={"prefer": "wait=20"})
        return self.checked(self._document["paths"][path]["get"], response)

    def checked(self, operation: dict[str, Any], response: Any) -> Any:
        """The body, which is as the document says."""
        described = operation["responses"][str(response.status_code)]
        assert response.headers["content-type"].partition(";")[0] in described["content"]
        OAS31Validator(self.schema(described["content"])).validate(response.json())
        return response.json()


def document(apps: ServedApps, release: DeployedRelease, **headers: str) -> dict[str, Any]:
    path = f"/run/{quote(release.owner)}/{quote(release.app)}/openapi.json"
    response = apps.client.get(path, headers=headers)
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    OpenAPIV31SpecValidator(body).validate()
    return body


def test_a_document_of_every_type_is_valid_and_calls_the_app(apps: ServedApps) -> None:
    source = EVERYTHING % [name for name in EVERY_TYPE if name in ("i", "f", "b", "ints", "words", "choice")]
    outputs = {name: OUTPUTS[name] for name in ("i", "f", "b", "ints", "words", "choice")}
    release = apps.deploy(source, inputs=EVERY_TYPE, outputs=outputs, title="Every type", description="Of *all*.")
    described = document(apps, release)
    assert described["info"] == {"title": "Every type", "version": "1.0.0", "description": "Of *all*."}
    app = DescribedApp(apps, described)
    assert set(app.call["requestBody"]["content"]) == {"application/json", "multipart/form-data"}
    answer = app.send({"i": 3, "choice": "b", "ints": [1, 2], "words": ["你好"]})
    assert answer["output"] == {"i": 3, "f": 1.5, "b": False, "ints": [1, 2], "words": ["你好"], "choice": "b"}


def test_problems_are_as_described(apps: ServedApps) -> None:
    release = apps.deploy(
        "def handle(conf):\n    return {'r': 1 // conf['x']}\n", inputs={"x": "int"}, outputs={"r": "int"}
    )
    app = DescribedApp(apps, document(apps, release))
    assert app.send({"x": 0})["code"] == "handler_failed"
    refused = apps.client.post(app.path, json={"x": "one"})
    assert app.checked(app.call, refused)["errors"][0]["name"] == "x"
    assert app.checked(app.call, apps.client.post(app.path, content=b"x", headers={"content-type": "text/plain"}))


def test_long_calls_are_as_described(apps: ServedApps) -> None:
    release = apps.deploy("def handle(conf):\n    return {'r': conf['x']}\n", inputs={"x": "int"}, outputs={"r": "int"})
    app = DescribedApp(apps, document(apps, release))
    accepted = app.send({"x": 5}, prefer="respond-async")
    assert app.poll(accepted)["output"] == {"r": 5}
    failing = apps.deploy("def handle(conf):\n    raise ValueError('no')\n", outputs={"r": "int"})
    app = DescribedApp(apps, document(apps, failing))
    assert app.poll(app.send({}, prefer="respond-async"))["error"]["code"] == "handler_failed"


def test_images_go_in_and_out_as_described(apps: ServedApps) -> None:
    source = "from PIL import Image\ndef handle(conf):\n    return {'out': Image.open(conf['photo']).rotate(90)}\n"
    release = apps.deploy(source, inputs={"photo": {"value_type": "img", "description": "any"}}, outputs={"out": "img"})
    app = DescribedApp(apps, document(apps, release))
    photo = app.call["requestBody"]["content"]["application/json"]["schema"]["properties"]["photo"]
    assert photo["description"].startswith("any (")
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "PNG")
    answer = app.send({"photo": base64.b64encode(buffer.getvalue()).decode()})
    assert apps.client.get(answer["output"]["out"]).headers["content-type"] == "image/png"


def test_apps_that_want_a_token_say_so(apps: ServedApps) -> None:
    release = apps.deploy("def handle(conf):\n    return {'r': 1}\n", outputs={"r": "int"}, access=AppAccess.PRIVATE)
    described = document(apps, release, authorization="Bearer ada-token")
    assert described["security"] == [{"token": []}]
    app = DescribedApp(apps, described)
    assert app.send({}, authorization="Bearer ada-token")["output"] == {"r": 1}
    public = apps.deploy("def handle(conf):\n    return {'r': 1}\n", outputs={"r": "int"})
    assert "security" not in document(apps, public)


def test_a_parameter_is_called_by_its_name_and_an_output_given_under_its_key(apps: ServedApps) -> None:
    release = apps.deploy(
        "def handle(conf):\n    return {'toolkit_class': repr(dict(conf))}\n",
        app="named",
        inputs={"toolkit_param_1": {"name": "petal", "value_type": "float", "default_value": 4.9}},
        outputs={"toolkit_class": {"name": "class", "value_type": "str"}},
    )
    app = DescribedApp(apps, document(apps, release))
    (media,) = app.call["requestBody"]["content"].values()
    assert list(media["schema"]["properties"]) == ["petal"]
    assert app.send({"petal": 5})["output"] == {"class": "{'petal': 5.0}"}
    assert app.send({})["output"] == {"class": "{'petal': 4.9}"}
    assert apps.call(release, {"toolkit_param_1": 5}).status_code == 422
