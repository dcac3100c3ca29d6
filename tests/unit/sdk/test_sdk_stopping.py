"""on_terminate: real programs that are asked to stop."""

import signal
import subprocess
import sys
import textwrap
import threading

import pytest
from openmo_sdk import on_terminate


def stopped(source: str) -> tuple[str, int]:
    """What the program printed after it was asked to stop, and its exit code; it says `up` when it is ready."""
    program = [sys.executable, "-u", "-c", "from openmo_sdk import on_terminate\n" + textwrap.dedent(source)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "up\n"
        child.send_signal(signal.SIGTERM)
        try:
            printed, _ = child.communicate(timeout=60)
        finally:
            child.kill()
    return printed, child.returncode


def test_it_saves_and_ends() -> None:
    source = """
        import time
        on_terminate(lambda: print("saved"))
        try:
            print("up")
            while True: time.sleep(1)
        finally:
            print("cleaned up")
    """
    assert stopped(source) == ("saved\ncleaned up\n", 143)


def test_all_are_called_though_one_fails() -> None:
    source = """
        import time
        @on_terminate
        def first(): raise OSError("disk full")
        on_terminate(lambda: print("second"))
        print("up")
        while True: time.sleep(1)
    """
    printed, code = stopped(source)
    assert "OSError: disk full" in printed
    assert printed.endswith("second\n")
    assert code == 143


def test_a_forked_worker_saves_nothing() -> None:
    source = """
        import os, signal, time
        on_terminate(lambda: print("saved by", os.getpid() == main))
        main = os.getpid()
        ready, say = os.pipe()
        child = os.fork()
        if not child:
            os.write(say, b"!")  # Python forgets signals that arrive while it forks
            while True: time.sleep(1)
        os.read(ready, 1)
        os.kill(child, signal.SIGTERM)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGTERM
        print("up")
        while True: time.sleep(1)
    """
    assert stopped(source) == ("saved by True\n", 143)


def test_only_the_main_thread_can_ask_for_it() -> None:
    refused: list[Exception] = []

    def ask() -> None:
        try:
            on_terminate(lambda: None)
        except RuntimeError as error:
            refused.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    with pytest.raises(RuntimeError, match="main thread"):
        raise refused[0]
