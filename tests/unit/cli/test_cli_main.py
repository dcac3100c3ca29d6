"""What every command shares: lazy loading, errors, exit codes, JSON."""

import json
import subprocess
import sys

import click
import pytest

from openmo.cli import main
from openmo.cli.client import Refused
from openmo.cli.output import report_error
from openmo.core.errors import Conflict, InvalidInput, NotFound, OpenMoError, Unavailable
from openmo.core.problems import problem


def _fails_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    @click.command()
    @click.option("--json", "as_json", is_flag=True)
    @click.argument("rest", nargs=-1)
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(main.cli, "get_command", lambda _context, _name: fail)


@pytest.mark.parametrize(
    ("error", "code"),
    [(OpenMoError("broken"), 1), (NotFound("no such thing"), 1), (InvalidInput("wrong use"), 2)],
)
def test_an_error_is_a_message_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: OpenMoError, code: int
) -> None:
    _fails_with(monkeypatch, error)
    assert main.run(["anything"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert error.message in said.err
    assert "Traceback" not in said.err


def test_with_json_an_error_is_a_problem(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _fails_with(monkeypatch, NotFound("no such thing", what="job"))
    assert main.run(["anything", "--json"]) == 1
    problem = json.loads(capsys.readouterr().out)
    assert {key: problem[key] for key in ("code", "status", "title", "detail", "what")} == {
        "code": "not_found",
        "status": 404,
        "title": "Not found",
        "detail": "no such thing",
        "what": "job",
    }


def test_json_after_two_dashes_belongs_to_the_script(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _fails_with(monkeypatch, NotFound("no such thing"))
    assert main.run(["anything", "--", "--json"]) == 1
    assert capsys.readouterr().out == ""


def test_something_unavailable_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _fails_with(monkeypatch, Unavailable("The Hub does not answer."))
    assert main.run(["anything"]) == 1
    assert "openmo status" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["no-such-command"], ["--no-such-option"], ["up", "--port", "x"]])
def test_wrong_use_is_exit_code_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main.run(arguments) == 2
    assert "Usage:" in capsys.readouterr().err


def test_every_entry_leads_to_something() -> None:
    context = click.Context(main.cli)
    for name, entry in main.COMMANDS.items():
        command = main.cli.get_command(context, name)
        assert command is not None
        assert command.hidden or entry.help


def test_help_imports_no_command() -> None:
    code = "import sys; from openmo.cli.main import run; run(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    text, modules = done.stdout.rsplit("\n", 2)[0], done.stdout.rsplit("\n", 2)[1].split()
    assert "up" in text
    heavy = {"asyncio", "httpx", "sqlalchemy", "jupyterhub", "fastapi", "numpy", "aiohttp", "openmo.cli.server"}
    assert not heavy & set(modules)


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("openmo ")


def test_a_wrong_input_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    one, two = {"name": "a", "message": "This must be a number."}, {"name": "b", "message": "This input is required."}
    report_error(
        InvalidInput("One input is wrong: a: This must be a number.", errors=[one], summary=True), as_json=False
    )
    assert capsys.readouterr().err == "Error: a: This must be a number.\n"
    report_error(InvalidInput.of_fields((each["name"], each["message"]) for each in (one, two)), as_json=False)
    said = capsys.readouterr().err.splitlines()
    assert said == ["Error: Invalid input:", "  - a: This must be a number.", "  - b: This input is required."]
    report_error(Refused(problem(InvalidInput("No such template.", field="template")), 422), as_json=False)
    assert capsys.readouterr().err == "Error: No such template.\n"


def test_an_error_with_a_sentence_of_its_own_says_that_and_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    errors = [{"name": "main.py:3", "message": "No."}, {"name": "", "message": "Nor that."}]
    report_error(Conflict("Nothing was published.", errors=errors), as_json=False)
    said = capsys.readouterr().err.splitlines()
    assert said == ["Error: Nothing was published.", "  - main.py:3: No.", "  - Nor that."]
