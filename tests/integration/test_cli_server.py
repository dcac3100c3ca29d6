"""`openmo app` and `openmo job logs` against the real REST API."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.identity import MemoryIdentity
from support.platform import HANDLER, Platform
from support.served_pages import served_pages

from openmo.apps.owner.limits import LimitBounds
from openmo.cli import main
from openmo.projects.values import Project
from openmo.serving.directory import AppAccess

NOTEBOOK = json.dumps(
    {
        "cells": [{"cell_type": "code", "source": HANDLER, "metadata": {}, "outputs": [], "execution_count": None}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)
Command = Callable[..., Any]


@pytest.fixture
def project(platform: Platform) -> Project:
    return platform.project("ada", "digits", files={"handler.py": HANDLER, "in project #1.ipynb": NOTEBOOK})


@pytest.fixture
def openmo(
    platform: Platform, project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """A command's JSON, after it ended with that exit code."""
    del project
    identity = MemoryIdentity()

    def command(*arguments: str, code: int = 0) -> Any:
        assert main.run([*arguments, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    with served_pages(platform.app(identity, hosts=("127.0.0.1",))) as url:
        monkeypatch.setenv("OPENMO_URL", url)
        monkeypatch.setenv("OPENMO_TOKEN", identity.token("ada"))
        yield command


def test_every_access_can_be_chosen(openmo: Command) -> None:
    for access in ("project", *(each.value for each in AppAccess)):
        assert openmo("app", "settings", "digits", "--access", access)["access"] == access


def test_limits_that_are_not_named_stay_as_they_are(openmo: Command, platform: Platform, project: Project) -> None:
    platform.serving.bounds = LimitBounds(memory_bytes=1 << 30)  # less than the default
    openmo("app", "settings", "digits", "--limit", "workers=3")
    openmo("app", "settings", "digits", "--limit", "timeout=2m", "--limit", "cpus=2")
    openmo("app", "settings", "digits", "--limit", "cpus=")
    assert platform.serving.settings(platform.actor("ada"), project).limits == {"workers": 3, "timeout": 120.0}
    refused = openmo("app", "settings", "digits", "--limit", "memory_bytes=2G", code=1)
    assert refused["code"] == "invalid_input"


def test_a_log_is_printed_from_where_the_last_part_ended(
    openmo: Command,
    platform: Platform,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    platform.app_logs.mkdir(parents=True, exist_ok=True)
    log = platform.app_logs / f"{project.id}.log"
    log.write_text("same\nsame\n")
    assert openmo("app", "logs", "digits")["log"] == "same\nsame\n"

    def pause(_seconds: float) -> None:
        monkeypatch.setattr("openmo.cli.app.figures.time.sleep", stop)
        with log.open("a") as file:
            file.write("same\n")

    def stop(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("openmo.cli.app.figures.time.sleep", pause)
    main.run(["app", "logs", "digits", "--follow"])
    assert capsys.readouterr().out == "same\nsame\nsame\n"


def test_a_notebook_is_the_projects_unless_it_is_called_local(
    openmo: Command, project: Project, platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "in project #1.ipynb"
    (tmp_path / name).write_text("no notebook")
    monkeypatch.chdir(tmp_path)
    assert openmo("app", "prepare", "digits", name, "--force")["written"] is True
    assert "no JSON" not in (platform.workspace(project) / "handler.py").read_text()
    assert "is not a notebook" in openmo("app", "prepare", "digits", f"@{name}", code=2)["detail"]
    assert "cannot be read" in openmo("app", "prepare", "digits", "@absent.ipynb", code=2)["detail"]
    assert "no cells" in openmo("app", "prepare", "digits", name, "--cells", "3-1", code=2)["detail"]


def test_what_stands_in_an_address_is_quoted(openmo: Command) -> None:
    for arguments in (("app", "versions", "digits?x=1"), ("app", "delete", "digits", "1.0.0/../dev#", "--yes")):
        assert openmo(*arguments, code=1)["code"] == "not_found"


def test_a_time_before_all_times_is_refused(openmo: Command, platform: Platform, project: Project) -> None:
    platform.write(project, {"train.py": "print(1)"})
    job = platform.submit(project)
    for since in ("9" * 30, "0001-01-01T00:00:00+14:00"):
        refused = openmo("job", "logs", "digits", str(job.number), "--since", since, code=2)
        assert "before all times" in refused["detail"]


def test_a_progress_bar_is_folded_in_every_form_of_a_log(
    openmo: Command, platform: Platform, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.write(project, {"train.py": "print(1)"})
    job = platform.submit(project)
    folder = platform.folder.jobs / job.id
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "log").write_text("10%\r20%\r30%\n1\b2\n")
    assert openmo("job", "logs", "digits", str(job.number))["log"] == "30%\n2\n"
    assert main.run(["job", "logs", "digits", str(job.number)]) == 0
    assert capsys.readouterr().out == "30%\n2\n"
    assert main.run(["job", "show", "digits", str(job.number)]) == 0
    assert not {"None", "[]", "{}", "False"}.intersection(capsys.readouterr().out.split())


def test_an_app_without_output_says_so(openmo: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert openmo("app", "logs", "digits")["log"] == ""
    assert main.run(["app", "logs", "digits"]) == 0
    assert "printed nothing" in capsys.readouterr().err


@pytest.mark.parametrize(("ending", "code"), [("", 1), ('event: done\ndata: {"release": "1.0.0"}\n\n', 0)])
def test_a_stream_that_breaks_off_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ending: str, code: int
) -> None:
    async def gateway(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        await send({"type": "http.response.body", "body": f'event: output\ndata: {{"y": 1}}\n\n{ending}'.encode()})

    with served_pages(gateway) as url:
        monkeypatch.setenv("OPENMO_URL", url)
        assert main.run(["app", "call", "ada/digits"]) == code
    said = capsys.readouterr()
    assert said.out.split() == ["y", "1"]
    assert ("broke off" in said.err) is (code == 1)


def test_a_project_may_be_given_a_title_for_a_name(openmo: Command) -> None:
    assert openmo("project", "create", "测试 项目")["title"] == "测试 项目"
    made = openmo("project", "create", "My Digits!")
    assert (made["name"], made["title"]) == ("my-digits", "My Digits!")
    assert openmo("project", "create", "Bad Name", "--title", "Something else", code=1)["code"] == "invalid_input"
