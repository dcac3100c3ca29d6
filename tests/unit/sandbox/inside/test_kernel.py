"""A project's kernel listens on no port, and what its children print reaches its notebook all the same."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from support.notebook_server import ENVIRONMENTS

from openmo.environments.builder import Environments, base_spec
from openmo.hub.spawner import KERNEL_STARTER, kernel_spec

CODE = """
import glob, os
if os.fork() == 0:
    print("of a child", flush=True)
    os._exit(0)
os.wait()
sockets = {os.readlink(path) for path in glob.glob("/proc/self/fd/*") if os.path.lexists(path)}
rows = [line.split() for name in ("tcp", "tcp6") for line in open(f"/proc/self/net/{name}").readlines()[1:]]
print("listens", [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets])
"""
TALK = """
import json, queue, sys
from jupyter_client import KernelManager
manager = KernelManager(transport="ipc", connection_file="kernel.json")
manager.start_kernel()
client = manager.blocking_client()
client.start_channels()
printed = ""
try:
    client.wait_for_ready(timeout=120)
    client.execute(sys.stdin.read())
    while "listens" not in printed or "child" not in printed:
        message = client.get_iopub_msg(timeout=120)
        if message["msg_type"] in ("stream", "error"):
            printed += str(message["content"].get("text") or message["content"])
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
print(printed)
"""


def _printed(folder: Path, **changes: object) -> str:
    """What a kernel of that specification says of its child, and of the ports that it listens on."""
    found = Environments(ENVIRONMENTS).find(base_spec())
    if found is None:
        pytest.skip("the environment base is not built: run `make test`")
    kernel = folder / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(
        json.dumps({**kernel_spec(found.python, KERNEL_STARTER, folder / "packages"), **changes})
    )
    done = subprocess.run(
        [str(found.python), "-c", TALK],
        input=CODE,
        cwd=folder,
        env={"PATH": os.defpath, "HOME": str(folder), "JUPYTER_PATH": str(folder / "jupyter")},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_kernel_listens_on_no_port_and_its_children_print(tmp_path: Path) -> None:
    printed = _printed(tmp_path)
    assert "of a child" in printed
    assert "listens []" in printed


def test_without_its_launcher_it_would_listen(tmp_path: Path) -> None:
    found = Environments(ENVIRONMENTS).find(base_spec())
    python = "python" if found is None else str(found.python)
    printed = _printed(tmp_path, argv=[python, "-m", "ipykernel_launcher", "-f", "{connection_file}"])
    assert "of a child" in printed
    assert "listens []" not in printed
