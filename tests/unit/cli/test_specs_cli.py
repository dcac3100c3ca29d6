import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from openmo.cli.spec import command
from openmo.core.errors import NotFound
from openmo.specs.errors import SpecError
from openmo.specs.files import load_app_spec, load_module_spec

HANDLER = (
    "def handle(conf):\n"
    "    a = conf['照片']  # value_type: img\n"
    "    return {'y': conf.get('b', 3)}  # value_type: int\n"
)
MODULE = "class tool:\n    def run(self, conf={}):\n        return {'y': conf['x']}  # value_type: int\n"


def invoke(path: Path, *options: str) -> tuple[str, str]:
    result = CliRunner().invoke(command, [str(path), *options], catch_exceptions=False, standalone_mode=False)
    return result.stdout, result.stderr


def test_a_handlers_spec(tmp_path: Path) -> None:
    path = tmp_path / "handler.py"
    path.write_text(HANDLER, encoding="utf-8")
    printed, advice = invoke(path)
    assert [each.name for each in load_app_spec(printed).inputs] == ["照片", "b"]
    assert "Please check: input 'b'" in advice
    data = json.loads(invoke(path, "--json")[0])
    assert (data["kind"], data["mode"], data["check"]) == ("handler", "conf", ["b"])
    assert data["input"]["照片"]["value_type"] == "img"
    assert data["output"]["y"]["value_type"] == "int"
    assert data["warnings"]


def test_a_modules_spec(tmp_path: Path) -> None:
    path = tmp_path / "main.py"
    path.write_text(MODULE, encoding="utf-8")
    assert [each.name for each in load_module_spec(invoke(path)[0]).inputs["run"]] == ["x"]
    data = json.loads(invoke(path, "--json")[0])
    assert (data["kind"], data["class"]) == ("toolkit", "tool")
    assert list(data["input"]["run"]) == ["x"]


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="cannot be read"):
        invoke(tmp_path / "absent.py")
    path = tmp_path / "odd.py"
    path.write_bytes(b"x = '\xff'")
    with pytest.raises(SpecError, match="UTF-8"):
        invoke(path)
    path.write_text("x = 1")
    with pytest.raises(SpecError, match=r"odd\.py.*no function `handle`"):
        invoke(path)
