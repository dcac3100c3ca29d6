"""In a notebook's kernel: output in the cell that runs, and interrupts from the notebook."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager
from support.module_calls import add_echo


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Any]:
    """A kernel in a project that has `ann/echo`, and its client."""
    add_echo(tmp_path)
    manager: Any = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run(client: Any, code: str, on_output: Any = None) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """What the cell printed, and the kernel's reply."""
    printed: list[tuple[str, str]] = []

    def hear(message: dict[str, Any]) -> None:
        if message["msg_type"] == "stream":
            printed.append((message["content"]["name"], message["content"]["text"]))
            if on_output is not None:
                on_output()

    reply = client.execute_interactive(code, output_hook=hear, timeout=60, allow_stdin=False)
    return printed, reply["content"]


def test_a_cell_shows_what_the_module_prints_and_can_be_interrupted(kernel: Any) -> None:
    manager, client = kernel
    start = f"from modules import Client; echo = Client().module('ann/echo', environment={sys.executable!r})"
    assert run(client, start)[1]["status"] == "ok"
    printed, _ = run(client, "echo.talk()")
    assert "".join(text for name, text in printed if name == "stdout") == "one\nthree\n"
    assert "".join(text for name, text in printed if name == "stderr") == "two\n\r10%\r20%"
    printed, reply = run(client, "before = echo.pid(); echo.sleep()", on_output=manager.interrupt_kernel)
    assert (printed, reply["ename"]) == ([("stdout", "asleep\n")], "KeyboardInterrupt")
    assert any("in sleep" in line for line in reply["traceback"])
    printed, _ = run(client, "print(echo.pid() == before)")
    assert printed == [("stdout", "True\n")]
