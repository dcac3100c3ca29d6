"""People's everyday tools work in the sandbox."""

import subprocess
import sys

import pytest
from support.doses import dose
from support.sandboxed import Ground

FOREST = """
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
x, y = load_iris(return_X_y=True)
print(int(RandomForestClassifier(10, n_jobs=2).fit(x, y).score(x, y) > 0.9))
"""
TOOLS = {
    "bash": ["bash", "-c", "for f in *.txt; do cat $f | grep -c of; done > out; cat out; rm out"],
    "numpy": [
        sys.executable,
        "-c",
        "import numpy as n; print(int((n.ones((200, 200)) @ n.ones((200, 200))).sum() // 8e6))",
    ],
    "scikit-learn": [
        sys.executable,
        "-c",
        FOREST,
    ],
    "ssl": [sys.executable, "-c", "import ssl; ssl.create_default_context(); print(1)"],
    "subprocess shell": [sys.executable, "-c", "import os; os.system('echo 1')"],
    "names": [sys.executable, "-c", "import socket; socket.getaddrinfo('localhost', 80); print(1)"],
    "time zones": [sys.executable, "-c", "import time; time.localtime(); print(1)"],
    "temporary files": [sys.executable, "-c", "import tempfile; tempfile.mkdtemp(); print(1)"],
    "discarded output": ["sh", "-c", "echo x > /dev/null 2>&1 < /dev/zero; echo 1"],
    "semaphores": [sys.executable, "-c", "import multiprocessing as m; m.Lock(); m.Queue().put(1); print(1)"],
    "terminals": [sys.executable, "-c", "import pty; a, b = pty.openpty(); print(1)"],
    "threads": [sys.executable, "-c", "import os; print(int(os.cpu_count() > 0))"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_tool(ground: Ground, tool: str) -> None:
    done = ground.run(*TOOLS[tool])
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr


def test_git(ground: Ground) -> None:
    script = """
        git init -q . && git config user.email a@b && git config user.name n &&
        git add file.txt && git commit -qm first && git log --oneline | wc -l
    """
    done = ground.run("bash", "-c", script)
    assert (done.returncode, done.stdout.strip()) == (0, "1"), done.stderr


@pytest.mark.parametrize("ground", dose(["own view"], ["landlock", "own view"]), indirect=True)
def test_pip_installs_into_an_environment_of_the_project(ground: Ground) -> None:
    wheel = ground.project / "tiny-1.0-py3-none-any.whl"
    build = """
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("tiny.py", "value = 42")
    z.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
    lines = ["Wheel-Version: 1.0", "Generator: t", "Root-Is-Purelib: true", "Tag: py3-none-any"]
    z.writestr("tiny-1.0.dist-info/WHEEL", "".join(line + chr(10) for line in lines))
    z.writestr("tiny-1.0.dist-info/RECORD", "")
"""
    subprocess.run([sys.executable, "-c", build, wheel], check=True)
    for command in (
        [sys.executable, "-m", "venv", "env"],
        ["env/bin/python", "-m", "pip", "install", "-q", "--no-index", wheel],
    ):
        done = ground.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    assert ground.run("env/bin/python", "-c", "import tiny; print(tiny.value)").stdout == "42\n"


def test_programs_that_ignore_tmpdir_find_a_tmp_of_their_own(own_view: Ground) -> None:
    """Only where no allowed path lies in /tmp; there the view leaves it alone."""
    inside_tmp = str(own_view.root).startswith("/tmp/")
    assert own_view.refused("open('/tmp/x', 'w')") is inside_tmp
