"""Interrupts, kills and forks: the caller goes on, the module's process does not stay behind."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from openmo_sdk import Client, Module, ModuleEnded
from support.doses import dose
from support.module_calls import add_echo, descriptors
from support.run import lives
from support.sdk_projects import run_python
from support.up_process import wait_for

BEGINNING = """
import os, signal, sys, threading
from openmo_sdk import Client, ModuleEnded
echo = Client().module("ann/echo", environment=sys.executable)

class Trigger:
    'Sends an interrupt whenever the module prints.'
    def write(self, text):
        if text.strip():
            os.kill(os.getpid(), signal.SIGINT)
        return len(text)
    def flush(self): ...

def interrupted(call):
    screen, sys.stdout = sys.stdout, Trigger()
    try:
        call()
    except KeyboardInterrupt as error:
        cause = str(error.__cause__)
        return "in " + cause.rpartition(", in ")[2].partition("\\n")[0] if error.__cause__ else "no traceback"
    finally:
        sys.stdout = screen
"""


def printed(project: Path, program: str) -> str:
    """What the program prints, which has `echo` and `interrupted`."""
    add_echo(project)
    done = run_python(project, BEGINNING + textwrap.dedent(program))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_an_interrupt_reaches_the_modules_code_and_leaves_it_usable(tmp_path: Path) -> None:
    program = """
        before = echo.pid()
        print(interrupted(echo.sleep), interrupted(echo.busy), echo.pid() == before)
    """
    assert printed(tmp_path, program) == "in sleep in busy True\n"


def test_a_module_that_takes_no_interrupt_is_ended_by_the_third(tmp_path: Path) -> None:
    program = """
        before = echo.pid()
        print(interrupted(echo.stubborn), echo.pid() == before)
    """
    assert printed(tmp_path, program) == "no traceback False\n"


def test_an_interrupt_at_any_moment_is_a_keyboard_interrupt_here(tmp_path: Path) -> None:
    program = f"""
        import random
        moments, before = random.Random(1), echo.pid()
        for _ in range({dose(40, 1000)}):
            timer = threading.Timer(moments.random() / 300, os.kill, (os.getpid(), signal.SIGINT))
            try:
                timer.start()
                while True:
                    assert echo.predict({{"x": "y"}}) == "y"
            except KeyboardInterrupt:
                timer.join()
        print(echo.predict({{"x": 1}}), echo.pid() == before)
    """
    assert printed(tmp_path, program) == "1 True\n"


def call_for_ever(echo: Module, array: Any) -> NoReturn:
    while True:
        assert len(echo.predict({"x": array})) == len(array)


def test_killed_at_any_moment_it_is_one_sentence_and_nothing_stays_open(echo: Module) -> None:
    array, moments = np.zeros(20_000), random.Random(1)
    echo.predict({"x": array})
    before = descriptors()
    for _ in range(dose(20, 200)):
        timer = threading.Timer(moments.random() / 100, os.kill, (echo.pid(), signal.SIGKILL))
        timer.start()
        with pytest.raises(ModuleEnded, match=r"^The process of the module .* a new one, without what .*$"):
            call_for_ever(echo, array)
        timer.join()
    assert echo.predict({"x": 1}) == 1
    assert descriptors() == before


EVERY_WAY = [(thread, method) for thread in ("main", "other") for method in ("pid", "sleep", "busy")]


@pytest.mark.parametrize(("thread", "method"), dose([("main", "busy"), ("other", "sleep")], EVERY_WAY))
def test_it_does_not_outlive_a_caller_that_is_killed(tmp_path: Path, thread: str, method: str) -> None:
    add_echo(tmp_path)
    program = f"""
def call():
    print("pid", echo.pid(), flush=True)
    echo.{method}()
    print("done", flush=True)
    threading.Event().wait()
{"call()" if thread == "main" else "threading.Thread(target=call).start()"}
"""
    with subprocess.Popen(
        [sys.executable, "-c", BEGINNING + program], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as caller:
        assert caller.stdout is not None
        child = int(caller.stdout.readline().split()[1])
        caller.stdout.readline()  # the method is under way, or done
        assert lives(child)
        caller.kill()
    wait_for(lambda: not lives(child), seconds=30, message="the module's process stayed")


def test_it_ends_with_the_program_that_called_it(tmp_path: Path) -> None:
    child = int(printed(tmp_path, "print(echo.pid())"))
    wait_for(lambda: not lives(child), seconds=30, message="the module's process stayed")


def test_a_forked_process_gets_one_of_its_own(tmp_path: Path) -> None:
    program = """
        before = echo.pid()
        if os.fork() == 0:
            own = echo.pid()
            print(own not in (before, os.getpid()), echo.count(), flush=True)
            os._exit(0)
        os.wait()
        print(echo.pid() == before, echo.count())
    """
    assert printed(tmp_path, program) == "True 1\nTrue 1\n"


def test_an_error_in_the_callers_own_output_costs_the_process_alone(
    echo: Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

    before = echo.pid()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", Full())
        with pytest.raises(OSError, match="No space left"):
            echo.talk()
    assert echo.pid() != before
    assert Client().predict("ann/echo", {"x": 2}, environment=sys.executable) == 2
