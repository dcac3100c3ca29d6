"""An app's author sees tracebacks that begin in their own code."""

import sys
from pathlib import Path

import pytest

from openmo.serving.inside.handler_file import HandlerShape, load_handler
from openmo.serving.inside.traces import users_traceback

RAISES = "import helper\ndef handle(conf):\n    return helper.divide(conf['x'])\n"
HELPER = "def divide(x):\n    return 1 / x\n"
ASYNC = "async def handle(conf):\n    raise KeyError('lost')\n"
CHAINED = """
def handle(conf):
    try:
        return conf["missing"]
    except KeyError as error:
        raise ValueError("no input") from error
"""


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.path", list(sys.path))
    for name in ("handler", "helper"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    (tmp_path / "helper.py").write_text(HELPER)
    return tmp_path


def trace_of(release: Path, source: str) -> str:
    (release / "handler.py").write_text(source)
    try:
        load_handler(release, ())({"x": 0})
    except Exception as error:  # noqa: BLE001 (whatever the handler raises)
        return users_traceback(error, release)
    raise AssertionError("It did not fail.")


@pytest.mark.parametrize(("source", "first"), [(RAISES, 3), (ASYNC, 2), (CHAINED, 4)])
def test_it_begins_in_the_handler(release: Path, source: str, first: int) -> None:
    lines = trace_of(release, source).splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1] == f'  File "handler.py", line {first}, in handle'


def test_nothing_of_the_platform_is_in_it(release: Path) -> None:
    for source in (RAISES, ASYNC, CHAINED, "import nothing_of_that_name\n", "def handle(conf:\n"):
        trace = trace_of(release, source)
        assert "openmo" not in trace
        assert str(release) not in trace
        assert "handler.py" in trace


def test_what_follows_in_other_files_is_kept(release: Path) -> None:
    assert 'File "helper.py", line 2, in divide' in trace_of(release, RAISES)


def test_errors_that_come_of_each_other_are_told_once(release: Path) -> None:
    source = "def handle(conf):\n    error = ValueError('loop')\n    error.__context__ = error\n    raise error\n"
    assert trace_of(release, source).count("ValueError: loop") == 1


def test_an_error_without_the_users_code_is_told_alone(release: Path) -> None:
    (release / "handler.py").write_text("x = 1\n")
    with pytest.raises(HandlerShape) as caught:
        load_handler(release, ())
    assert "Traceback" not in users_traceback(caught.value, release)
