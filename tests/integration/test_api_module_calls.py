"""Calls of modules over REST: who may, what comes back, and where the files are."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openmo_sdk
import pytest
from support.asgi import Answer, Client, bearer
from support.files import write_files
from support.identity import MemoryIdentity
from support.platform import Platform, ThisEnvironment

from openmo.core.visibility import Visibility
from openmo.execution.local import LocalExecutor
from openmo.modules.repository import ModuleRepository
from openmo.modules.values import Module
from openmo.projects.values import ProjectKind
from openmo.sandbox.detect import detect_sandbox

CODE = """\
class tool:
    def run(self, conf={}):
        print("at work")
        if conf["n"] > 8:
            raise ValueError("too many")
        return {"n": conf["n"] + 1, "copy": open(conf["file"], "rb").read() if conf.get("file") else None}
"""
SPEC = """\
input:
  run:
    n: {value_type: int, default_value: 1, value_range: 0-9}
    file: {value_type: file, optional: true}
output:
  run:
    n: int
    copy: {value_type: file, optional: true}
"""
FILES = {"main.py": CODE, "module_spec.yml": SPEC}
CALL = "/api/v1/modules/ada/tool/versions/1.0.0/call"
Call = Callable[..., Answer]


@pytest.fixture
def platform(platform: Platform) -> Platform:
    assert isinstance(platform.provider, ThisEnvironment)
    found = platform.provider.environment
    sdk = Path(openmo_sdk.__file__).parents[1]
    platform.provider.environment = replace(found, read_only=(*found.read_only, sdk))
    platform.use(LocalExecutor(detect_sandbox()))
    return platform


@pytest.fixture
def call(platform: Platform) -> Iterator[Call]:
    """A request of somebody; `who` None: of a guest."""
    identity = MemoryIdentity()
    client = Client(platform.app(identity))
    headers = {who: bearer(identity.token(who)) for who in ("ada", "bob")}

    def ask(who: str | None, method: str, path: str, body: Any = None, *, expect: int = 200) -> Answer:
        answer = client.ask(method, path, headers=headers[who] if who else {}, json_body=body)
        assert answer.status == expect, answer.text
        return answer

    yield ask
    client.close()


@pytest.fixture
def module(platform: Platform) -> Module:
    source = platform.folder.root / "source"
    write_files(source, FILES)
    return platform.modules.create(
        platform.account("ada"),
        name="tool",
        version="1.0.0",
        title="Tool",
        description="",
        visibility=Visibility.PUBLIC,
        source=source,
    )


def test_a_method_is_called_and_its_files_are_its_callers_alone(call: Call, module: Module) -> None:
    sent = f"data:text/plain;base64,{b64encode(b'hello').decode()}"
    answer = call("ada", "POST", CALL, {"method": "run", "values": {"n": "4", "file": sent}}).json
    (file,) = answer["files"]
    assert answer["identifier"] == f"{module.full_name}/1.0.0"
    assert answer["output"] == {"n": 5, "copy": file["url"]}
    assert (answer["types"], answer["log"]) == ({"n": "int", "copy": "file"}, "at work\n")
    assert answer["duration_ms"] > 0
    assert call("ada", "GET", file["url"]).body == b"hello"
    assert call("ada", "GET", file["url"]).headers["x-content-type-options"] == "nosniff"
    call("bob", "GET", file["url"], expect=404)
    call(None, "GET", file["url"], expect=401)
    inline = call("ada", "POST", CALL, {"method": "run", "values": {"file": sent}, "inline_files": True}).json
    assert inline["output"]["copy"] == f"data:application/octet-stream;base64,{b64encode(b'hello').decode()}"


def test_others_may_call_what_its_owner_lets_them_try(call: Call, platform: Platform, module: Module) -> None:
    draft = {"method": "run"}
    assert "not offered for trying" in call("bob", "POST", CALL, draft, expect=403).json["detail"]
    with platform.database.begin() as connection:
        ModuleRepository(connection).save(replace(module, callable=True))
    assert call("bob", "POST", CALL, draft).json["output"] == {"n": 2, "copy": None}
    call(None, "POST", CALL, draft, expect=401)
    call("bob", "POST", CALL.replace("1.0.0", "dev"), draft, expect=404)


def test_what_goes_wrong_is_told_in_problem_documents(call: Call, module: Module) -> None:
    failed = call("ada", "POST", CALL, {"method": "run", "values": {"n": 9}}, expect=422).json
    assert (failed["code"], failed["detail"]) == ("module_failed", "run failed: ValueError: too many")
    assert (failed["file"], failed["line"], failed["log"]) == ("main.py", 5, "at work\n")
    wrong = call("ada", "POST", CALL, {"method": "run", "values": {"n": 90}}, expect=422).json
    assert [each["name"] for each in wrong["errors"]] == ["n"]
    assert "no method" in call("ada", "POST", CALL, {"method": "train"}, expect=422).json["detail"]
    assert module.callable is False


def test_an_author_calls_the_files_of_the_project_as_they_are(call: Call, platform: Platform) -> None:
    actor = platform.actor("ada")
    project = platform.projects.create(actor, title="tool", name="tool", kind=ProjectKind.MODULE)
    platform.write(project, FILES)
    path, draft = f"/api/v1/projects/ada/{project.name}/module/try", {"method": "run", "values": {"n": 3}}
    answer = call("ada", "POST", path, draft).json
    assert (answer["identifier"], answer["output"]["n"]) == ("ada/tool/dev", 4)
    platform.write(project, {"main.py": CODE.replace("+ 1", "+ 2")})
    assert call("ada", "POST", path, draft).json["output"]["n"] == 5
    platform.write(project, {"module_spec.yml": "input: ["})
    assert call("ada", "POST", path, draft, expect=422).json["file"] == "module_spec.yml"
    call("bob", "POST", path, draft, expect=404)
    app = platform.project("ada", "app")
    call("ada", "POST", f"/api/v1/projects/ada/{app.name}/module/try", draft, expect=409)


def test_an_author_sends_a_file_of_the_project_by_its_path(call: Call, platform: Platform) -> None:
    project = platform.projects.create(platform.actor("ada"), title="tool", name="tool", kind=ProjectKind.MODULE)
    platform.write(project, {**FILES, "data/x.txt": "hello", "abcd": "by name"})
    path = f"/api/v1/projects/ada/{project.name}/module/try"

    def sent(value: str, **expect: int) -> Any:
        draft = {"method": "run", "values": {"file": value}, "inline_files": True}
        return call("ada", "POST", path, draft, **expect).json

    as_url = "data:application/octet-stream;base64,"
    assert sent("data/x.txt")["output"]["copy"] == as_url + b64encode(b"hello").decode()
    assert sent("abcd")["output"]["copy"] == as_url + b64encode(b"by name").decode()  # also valid base64
    assert sent(b64encode(b"typed").decode())["output"]["copy"] == as_url + b64encode(b"typed").decode()
    for outside in ("data/none.txt", "../x.txt", "/etc/passwd"):
        (error,) = sent(outside, expect=422)["errors"]
        assert error["name"] == "file"
        assert repr(outside) in error["message"]
