"""Public apps as tools: the official SDK's client lists and calls them."""

import asyncio
import base64
import io
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest
from mcp.client.client import Client
from mcp.shared.exceptions import MCPError
from mcp.types import AudioContent, CallToolResult, ImageContent, TextContent
from PIL import Image
from support.served_apps import QUICK, ServedApps, served

from openmo.core.clock import SystemClock
from openmo.gateway.mcp.names import ToolNames, tool_name
from openmo.identity.caller import Caller
from openmo.serving.directory import AppAccess

Result = TypeVar("Result")
ADDER = "def handle(conf):\n    return {'ret': conf['x'] + 1}\n"
NAMED = "def handle(conf):\n    return {'toolkit_class': repr(dict(conf)), 'by name': 1}\n"
NAMES: dict[str, Any] = {
    "inputs": {"toolkit_param_1": {"name": "petal", "value_type": "float"}},
    "outputs": {
        "toolkit_class": {"name": "class", "value_type": "str"},
        "toolkit_second": {"name": "by name", "value_type": "int"},
    },
}
"""A spec of Mo's: what is shown, sent and held by `conf` is the name; an output comes under its key or its name."""
INVERTER = """
from PIL import Image, ImageOps
def handle(conf):
    with Image.open(conf["photo"]) as photo:
        ImageOps.invert(photo.convert("RGB")).save("inverted.png")
    return {"inverted": "inverted.png", "note": "done"}
"""


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApps]:
    callers = {"ada-token": Caller(name="ada")}
    with served(tmp_path_factory.mktemp("tools"), callers=callers) as running:
        numbers = {"inputs": {"x": {"value_type": "int", "description": "a number"}}, "outputs": {"ret": "int"}}
        running.deploy(ADDER, app="adder", title="Adds one", description="Adds one to a number.", **numbers)
        for access in (AppAccess.PRIVATE, AppAccess.LINK, AppAccess.SIGNED_IN):
            running.deploy(ADDER, app=f"hidden-{access}", access=access, link="s" * 43, **numbers)
        running.deploy(ADDER, app="only-dev", channel="dev", **numbers)
        photo = {"inputs": {"photo": "img"}, "outputs": {"inverted": "img", "note": "str"}}
        running.deploy(INVERTER, app="inverter", **photo)
        failing = "def handle(conf):\n    raise ValueError('the petal is too long')\n"
        running.deploy(failing, app="failing", outputs={"ret": "int"})
        running.deploy(NAMED, app="named", **NAMES)
        running.deploy(
            "def handle(conf):\n    yield {'t': 'a'}\n    yield {'t': 'b'}\n", app="words", outputs={"t": "str"}
        )
        yield running


@pytest.fixture(params=["auto", "legacy"])
def mode(request: pytest.FixtureRequest) -> str:
    """Of the protocol: the newest version, and those that begin with a handshake."""
    return str(request.param)


def ask(apps: ServedApps, mode: str, work: Callable[[Client], Awaitable[Result]]) -> Result:
    async def connected() -> Result:
        async with Client(f"{apps.url}/mcp", mode=mode) as client:
            return await work(client)

    return asyncio.run(connected())


def call(apps: ServedApps, mode: str, name: str, arguments: dict[str, Any] | None = None) -> CallToolResult:
    return ask(apps, mode, lambda client: client.call_tool(name, arguments or {}))


def test_public_apps_are_tools_and_others_are_not(apps: ServedApps, mode: str) -> None:
    listed = ask(apps, mode, lambda client: client.list_tools())
    tools = {tool.name: tool for tool in listed.tools}
    assert set(tools) == {"ada__adder", "ada__inverter", "ada__failing", "ada__words", "ada__named"}
    adder = tools["ada__adder"]
    assert adder.title == "Adds one"
    assert adder.description is not None
    assert "Adds one to a number." in adder.description
    assert adder.input_schema["type"] == "object"
    assert adder.input_schema["properties"]["x"]["type"] == "integer"
    assert adder.input_schema["properties"]["x"]["description"] == "a number"
    assert adder.input_schema["required"] == ["x"]


def test_a_tool_takes_and_gives_names_where_the_spec_has_some(apps: ServedApps, mode: str) -> None:
    listed = ask(apps, mode, lambda client: client.list_tools())
    (schema,) = (tool.input_schema for tool in listed.tools if tool.name == "ada__named")
    assert (list(schema["properties"]), schema["required"]) == (["petal"], ["petal"])
    result = call(apps, mode, "ada__named", {"petal": 5})
    assert result.structured_content == {"class": "{'petal': 5.0}", "by name": 1}
    assert call(apps, mode, "ada__named", {"toolkit_param_1": 5}).is_error


def test_a_tool_is_called(apps: ServedApps, mode: str) -> None:
    result = call(apps, mode, "ada__adder", {"x": 41})
    assert not result.is_error
    assert result.structured_content == {"ret": 42}
    (text,) = result.content
    assert isinstance(text, TextContent)
    assert json.loads(text.text) == {"ret": 42}


def test_images_come_as_images(apps: ServedApps, mode: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(buffer, "PNG")
    sent = base64.b64encode(buffer.getvalue()).decode()
    result = call(apps, mode, "ada__inverter", {"photo": sent})
    assert not result.is_error, result.content
    image = next(each for each in result.content if isinstance(each, ImageContent))
    assert image.mime_type == "image/png"
    with Image.open(io.BytesIO(base64.b64decode(image.data))) as shown:
        assert shown.getpixel((0, 0)) == (0, 0, 0)
    url = result.structured_content["inverted"]
    assert url.startswith(f"{apps.url}/run/ada/inverter/files/")
    assert apps.client.get(url).content == base64.b64decode(image.data)
    assert result.structured_content["note"] == "done"
    assert not any(isinstance(each, AudioContent) for each in result.content)


def test_the_last_output_of_a_generator_is_its_answer(apps: ServedApps, mode: str) -> None:
    assert call(apps, mode, "ada__words").structured_content == {"t": "b"}


@pytest.mark.parametrize(
    ("name", "arguments", "code", "message"),
    [
        ("ada__adder", {"x": "one"}, "invalid_input", "must be a"),
        ("ada__adder", {}, "invalid_input", "x"),
        ("ada__failing", {}, "handler_failed", "the petal is too long"),
        ("ada__inverter", {"photo": "/etc/passwd"}, "invalid_input", "photo"),
        ("ada__inverter", {"photo": "http://169.254.169.254/"}, "invalid_input", "photo"),
    ],
)
def test_what_went_wrong_is_told_to_the_model(
    apps: ServedApps, name: str, arguments: dict[str, Any], code: str, message: str
) -> None:
    result = call(apps, "auto", name, arguments)
    assert result.is_error
    (text,) = result.content
    assert isinstance(text, TextContent)
    assert json.loads(text.text)["code"] == code
    assert message in text.text
    assert "Traceback" not in text.text


@pytest.mark.parametrize(
    "name",
    ["ada__hidden-private", "ada__hidden-link", "ada__hidden-signed_in", "ada__only-dev", "ada__none", "x", "", "../x"],
)
def test_tools_that_are_not_there(apps: ServedApps, mode: str, name: str) -> None:
    async def refusal(client: Client) -> str:
        with pytest.raises(MCPError) as refused:  # here, since task groups wrap what leaves the client
            await client.call_tool(name, {})
        return refused.value.message

    assert "no tool" in ask(apps, mode, refusal)


def test_pages_of_other_sites_are_refused_and_no_session_is_kept(apps: ServedApps) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"accept": "application/json, text/event-stream"}
    refused = apps.client.post("/mcp", json=body, headers={**accept, "origin": apps.url})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    answered = apps.client.post("/mcp", json=body, headers=accept)
    assert answered.status_code == 200
    assert "mcp-session-id" not in answered.headers
    for method in ("GET", "DELETE", "PUT"):
        assert apps.client.request(method, "/mcp", headers=accept).status_code == 405
    options = apps.client.options(
        "/mcp", headers={"origin": "https://evil.org", "access-control-request-method": "POST"}
    )
    assert "access-control-allow-origin" not in options.headers


def test_hostile_messages_are_refused(apps: ServedApps) -> None:
    accept = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
    for body in (
        b"",
        b"{",
        b"[" * 100_000,
        b"null",
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":3}}',
    ):
        answer = apps.client.post("/mcp", content=body, headers=accept)
        assert answer.status_code == 400 or "error" in answer.json(), answer.text
        assert "Traceback" not in answer.text
    for cursor in ("%", "é", "AA==", "x" * 10_000, base64.b64encode(b"a\0/b").decode()):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"cursor": cursor}}).encode()
        assert apps.client.post("/mcp", content=body, headers=accept).status_code < 500
    assert call(apps, "auto", "ada__adder", {"x": 1}).structured_content == {"ret": 2}


def test_tool_calls_count_like_other_calls(tmp_path_factory: pytest.TempPathFactory) -> None:
    with served(tmp_path_factory.mktemp("counted"), settings={"calls_per_minute": 2}) as apps:
        release = apps.deploy(ADDER, app="adder", inputs={"x": "int"}, outputs={"ret": "int"})
        results = [call(apps, "auto", "ada__adder", {"x": 1}) for _ in range(3)]
        assert [result.is_error for result in results] == [False, False, True]
        (text,) = results[-1].content
        assert isinstance(text, TextContent)
        assert json.loads(text.text)["code"] == "too_many_requests"
        assert apps.call(release, {"x": 1}).status_code == 429


def test_tools_come_in_pages(tmp_path_factory: pytest.TempPathFactory) -> None:
    with served(tmp_path_factory.mktemp("pages")) as apps:
        names = {apps.deploy(ADDER, app=f"app-{number:03}", inputs={"x": "int"}).app for number in range(120)}

        async def everything(client: Client) -> list[str]:
            found: list[str] = []
            cursor: str | None = None
            while True:
                page = await client.list_tools(cursor=cursor)
                found += [tool.name for tool in page.tools]
                if (cursor := page.next_cursor) is None:
                    return found

        found = ask(apps, "auto", everything)
        assert len(found) == 120
        assert {name.removeprefix("ada__") for name in found} == names


ODD = [
    ("ada", "a__b"),
    ("ada__a", "b"),
    ("ada", "_a"),
    ("ada_", "a"),
    ("ada@example.org", "digits"),
    ("ada.example", "digits"),
    ("ada", "x" * 63),
    ("ada", "app_01234567"),
    ("ada_", "_a"),
]


def test_names_of_tools_are_plain_and_lead_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    from support.served_apps import MemoryDirectory, make_release

    directory = MemoryDirectory()
    root = tmp_path_factory.mktemp("names")
    for owner, app in [*ODD, ("ada", "iris_classifier"), ("ada", "iris")]:
        directory.add(make_release(root, ADDER, owner=owner, app=app, limits=QUICK))
    releases = asyncio.run(directory.public_releases())
    names = [tool_name(release.owner, release.app) for release in releases]
    assert len(set(names)) == len(ODD) + 2
    assert all(len(name) <= 64 and name.replace("_", "").replace("-", "").isalnum() for name in names)
    assert "ada__iris_classifier" in names
    tools = ToolNames(directory, SystemClock())
    for release in releases:
        assert asyncio.run(tools.find(tool_name(release.owner, release.app))) is release
    assert asyncio.run(tools.find("ada__a__b")) is None
    assert asyncio.run(tools.find("nothing_01234567")) is None
