"""A module in a process of its own: same call, same results, same errors, live output."""

import contextlib
import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from openmo_sdk import (
    CannotPass,
    Client,
    EnvironmentMissing,
    MissingParameter,
    Module,
    ModuleBroken,
    ModuleEnded,
    RaisedInModule,
    shared_array,
)
from openmo_sdk.errors import ModuleTraceback
from support.doses import dose
from support.module_calls import add_echo, descriptors
from support.sdk_projects import add_module, run_python


class Recorder(io.StringIO):
    """One of the two streams, which writes down what comes in the order of both."""

    def __init__(self, name: str, heard: list[tuple[str, str]]) -> None:
        super().__init__()
        self._name, self._heard = name, heard

    def write(self, text: str) -> int:
        self._heard.append((self._name, text))
        return len(text)


def heard(call: Callable[[], object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    with contextlib.redirect_stdout(Recorder("out", found)), contextlib.redirect_stderr(Recorder("err", found)):
        call()
    return found


def test_a_call_runs_elsewhere_and_returns_the_same(echo: Module) -> None:
    assert echo.predict({"x": {"a": (1, b"2", None)}}) == {"a": (1, b"2", None)}
    assert echo.pid() != os.getpid()
    assert echo.pid() == Client().module("ann/echo", environment=sys.executable).pid()
    assert echo.identifier == "ann/echo/1.0.0"


def test_the_client_calls_it_as_any_other(echo: Module) -> None:
    del echo
    client = Client()
    assert client.predict("ann/echo/1.0.0", {"x": 1}, environment=sys.executable) == 1
    assert client.run("ann/echo/1.0.0", '{"x": 2}', environment=sys.executable) == 2
    with pytest.raises(ModuleBroken, match=r"has no train; use one of: .*predict"):
        client.train("ann/echo/1.0.0", environment=sys.executable)


def test_the_instance_is_shared_unless_it_was_made_with_a_conf(echo: Module) -> None:
    assert [echo.count(), echo.count()] == [1, 2]
    own = Client().module("ann/echo", {"by": 3}, environment=sys.executable)
    assert (own.count(), own.made(), own.pid()) == (1, {"by": 3}, echo.pid())
    with pytest.raises(ModuleEnded):
        own.die()
    assert own.made() == {"by": 3}  # made again in the new process


def test_an_instance_that_nobody_can_call_is_let_go(tmp_path: Path, echo: Module) -> None:
    source = "class kept:\n    alive = 0\n    def __init__(self, conf={}):\n        kept.alive += 1\n"
    source += (
        "    def __del__(self):\n        kept.alive -= 1\n    def run(self, conf={}):\n        return kept.alive\n"
    )
    add_module(tmp_path, "ann/kept/1.0.0", {"main.py": source})
    client = Client()
    for _ in range(3):
        assert client.module("ann/kept", {}, environment=sys.executable).run() <= 2
    assert client.run("ann/kept", environment=sys.executable) <= 2


def test_it_works_where_the_caller_works(tmp_path: Path, echo: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    assert echo.where() == str(tmp_path)
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "modules").symlink_to(tmp_path / "modules")
    monkeypatch.chdir(tmp_path / "inner")
    assert echo.where() == str(tmp_path / "inner")


def test_arrays_pass_both_ways_and_stay_the_callers_own(echo: Module) -> None:
    array = shared_array((300, 300))
    assert echo.change({"x": array}) == 7 * 90_000
    assert not array.any()
    big = np.arange(100_000.0)
    assert np.array_equal(echo.predict({"x": big[::-2]}), big[::-2])
    assert echo.shared({"x": 50_000}).sum() == 150_000


def test_what_cannot_pass_is_refused_on_either_side(echo: Module) -> None:
    with pytest.raises(CannotPass, match=r"The parameter 'x' of ann/echo/1\.0\.0, at \[0\], is of the class object"):
        echo.predict({"x": [object()]})
    with pytest.raises(
        CannotPass, match=r"What returns_itself of ann/echo/1\.0\.0 returned, at \['me'\], is of the class"
    ):
        echo.returns_itself()


@pytest.mark.parametrize(
    ("raised", "kind", "text"),
    [
        ("KeyError('x')", KeyError, "'x'"),
        ("FileNotFoundError(2, 'No such file', 'a.csv')", FileNotFoundError, "[Errno 2] No such file: 'a.csv'"),
        ("UnicodeDecodeError('utf-8', b'x', 0, 1, 'bad')", UnicodeDecodeError, "can't decode byte 0x78"),
        ("ValueError(object)", ValueError, "<class 'object'>"),
        ("ZeroDivisionError()", ZeroDivisionError, ""),
        ("SystemExit(3)", SystemExit, "3"),
        ("Odd('so odd')", ValueError, "so odd"),
        ("Odd('so odd')", RaisedInModule, "so odd"),
    ],
)
def test_exceptions_come_as_what_they_are(echo: Module, raised: str, kind: type[BaseException], text: str) -> None:
    with pytest.raises(kind) as caught:
        echo.raises({"x": raised})
    assert text in str(caught.value)
    cause = str(caught.value.__cause__)
    assert isinstance(caught.value.__cause__, ModuleTraceback)
    assert 'main.py", line' in cause
    assert "in raises" in cause
    assert "openmo_sdk" not in cause  # how the method was reached is nobody's concern
    if isinstance(caught.value, Exception):
        assert "Raised inside the module ann/echo/1.0.0, in its method raises." in caught.value.__notes__


def test_a_class_of_the_modules_own_keeps_its_name(echo: Module) -> None:
    with pytest.raises(RaisedInModule) as caught:
        echo.raises({"x": "Odd('so odd')"})
    assert type(caught.value).__name__ == "Odd"


def test_the_sdks_own_errors_are_themselves(tmp_path: Path, echo: Module) -> None:
    source = "class strict:\n    def run(self, conf):\n        return conf['size']\n"
    add_module(tmp_path, "ann/strict/1.0.0", {"main.py": source})
    with pytest.raises(MissingParameter, match="needs the parameter 'size'"):
        Client().run("ann/strict", environment=sys.executable)
    add_module(tmp_path, "ann/broken/1.0.0", {"main.py": "import nothing_of_that_name"})
    with pytest.raises(ModuleBroken, match="pip install nothing_of_that_name"):
        Client().run("ann/broken", environment=sys.executable)


def test_output_is_live_and_in_order(echo: Module) -> None:
    lines = [("out", "one\n"), ("err", "two\n"), ("out", "three\n"), ("err", "\r10%"), ("err", "\r20%")]
    assert heard(echo.talk) == lines


def test_programs_and_forks_of_the_module_are_heard(echo: Module) -> None:
    texts = [text for _, text in heard(echo.programs)]
    assert sorted("".join(texts).splitlines()) == ["from a fork", "from a program"]
    assert echo.predict({"x": 1}) == 1


def test_a_process_that_ends_is_one_sentence_and_the_next_call_starts_anew(echo: Module) -> None:
    before = echo.pid()
    with pytest.raises(ModuleEnded, match=r"is gone during leave \(it ended with exit code 3\); the next call starts"):
        echo.leave()
    with pytest.raises(ModuleEnded, match=r"is gone during die \(it was killed by SIGKILL"):
        echo.die()
    assert echo.pid() != before


def test_a_process_that_ended_between_calls_is_not_replaced_in_silence(echo: Module) -> None:
    """What it had learned is gone with it: answers of a fresh one could be wrong."""
    os.kill(echo.pid(), 9)
    with pytest.raises(ModuleEnded, match="is gone"):
        echo.predict({"x": 1})
    assert echo.predict({"x": 1}) == 1


def test_calls_of_several_threads_stand_in_line(echo: Module) -> None:
    found: dict[int, list[object]] = {}

    def call(number: int) -> None:
        found[number] = [echo.predict({"x": [number, "y" * number * 1000]}) for _ in range(20)]

    threads = [threading.Thread(target=call, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [[number, "y" * number * 1000]] * 20 for number in range(6)}


def test_many_calls_leave_no_descriptor(echo: Module) -> None:
    echo.predict({"x": np.zeros(100_000)})
    before = descriptors()
    for number in range(dose(300, 10_000)):
        assert echo.predict({"x": {"n": number, "array": np.zeros(10_000)}})["n"] == number
    assert descriptors() == before


def test_its_own_environment_is_a_link_beside_the_module(tmp_path: Path, echo: Module) -> None:
    with pytest.raises(EnvironmentMissing, match=r"there is no 1\.0\.0\.environment beside it"):
        Client().module("ann/echo", environment="own")
    environment = tmp_path / "somewhere" / "module-1"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    (tmp_path / "modules" / "ann" / "echo" / "1.0.0.environment").symlink_to(environment)
    assert Client().predict("ann/echo", {"x": 1}, environment="own") == 1
    add_module(
        tmp_path,
        "ann/path/1.0.0",
        {"main.py": "import sys\nclass path:\n    def run(self):\n        return sys.prefix\n"},
    )
    (tmp_path / "modules" / "ann" / "path" / "1.0.0.environment").symlink_to(environment)
    assert Client().run("ann/path", environment="own") == str(environment)


def test_an_environment_that_is_half_built_is_not_run(tmp_path: Path, echo: Module) -> None:
    environment = tmp_path / "modules-of-all" / "module-0123456789abcdef"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    (tmp_path / "modules" / "ann" / "echo" / "1.0.0.environment").symlink_to(environment)
    with pytest.raises(EnvironmentMissing, match="is still being built"):
        Client().predict("ann/echo", {"x": 1}, environment="own")
    environment.with_name(f"{environment.name}.complete").write_text("{}")
    assert Client().predict("ann/echo", {"x": 1}, environment="own") == 1


def test_another_environment_takes_the_place_of_the_one_before(tmp_path: Path, echo: Module) -> None:
    before = echo.pid()
    other = tmp_path / "other"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", other], check=True)
    assert Client().module("ann/echo", environment=other / "bin" / "python").pid() != before


@pytest.mark.parametrize("program", ["/nowhere/bin/python", "/bin/false", __file__])
def test_what_is_no_python_is_one_sentence(echo: Module, program: str) -> None:
    with pytest.raises(EnvironmentMissing, match=r"There is no Python at|did not start"):
        Client().predict("ann/echo", {"x": 1}, environment=program)


def test_modules_call_the_client_there_as_here(tmp_path: Path, echo: Module) -> None:
    source = "from modules import Client\nclass outer:\n    def run(self, conf={}):\n"
    source += "        return Client().predict('ann/echo', {'x': conf['y'] + 1})\n"
    add_module(tmp_path, "ann/outer/1.0.0", {"main.py": source})
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)  # has no SDK
    assert Client().run("ann/outer", {"y": 1}, environment=bare / "bin" / "python") == 2


def test_a_call_loads_no_library_that_its_values_do_not_need(tmp_path: Path) -> None:
    add_echo(tmp_path)
    program = "import sys\nfrom openmo_sdk import Client\n"
    program += "print(Client().predict('ann/echo', {'x': [1]}, environment=sys.executable))\n"
    program += "print({'numpy', 'pandas', 'PIL'} & set(sys.modules))\n"
    assert run_python(tmp_path, program).stdout == "[1]\nset()\n"
