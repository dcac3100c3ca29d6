"""A module in its own environment runs within its caller's sandbox: it works there, and reaches no further."""

from pathlib import Path

import pytest
from support.checkout import ROOT
from support.module_calls import add_echo
from support.sandboxed import Ground, lay_ground
from support.sdk_projects import add_module

from openmo.sandbox.detect import detect_sandbox

READS = """
from pathlib import Path
class reads:
    def run(self, conf):
        try:
            return Path(conf["path"]).read_text()
        except OSError as error:
            return type(error).__name__
"""
PROGRAM = """
import os, signal, subprocess, sys
import numpy as np
from openmo_sdk import Client, ModuleEnded, shared_array
echo = Client().module("ann/echo", environment=sys.executable)
array = shared_array(200_000)
array[:] = 1
print(echo.predict({"x": array}).sum(), echo.predict({"x": np.ones(200_000)}).sum())
class Trigger:
    def write(self, text):
        os.kill(os.getpid(), signal.SIGINT)
    def flush(self): ...
screen, sys.stdout = sys.stdout, Trigger()
try:
    echo.sleep()
except KeyboardInterrupt:
    sys.stdout = screen
    print("interrupted")
try:
    echo.die()
except ModuleEnded:
    print("ended")
subprocess.run([sys.executable, "-m", "venv", "--without-pip", "old"], check=True)
print(Client().predict("ann/echo", {"x": "of the project's own"}, environment="old/bin/python"))
reads = Client().module("ann/reads", environment=sys.executable)
for path in sys.argv[1:]:
    print(repr(reads.run({"path": path})))
"""


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    sandbox = detect_sandbox(())
    if not sandbox.isolates:
        pytest.skip("nothing confines here")
    return lay_ground(tmp_path, sandbox, read_only=[ROOT / "sdk" / "src"])


def test_it_works_in_the_sandbox_and_reads_no_more_than_its_caller(ground: Ground) -> None:
    add_echo(ground.project)
    add_module(ground.project, "ann/reads/1.0.0", {"main.py": READS})
    paths = [ground.root / name / "file.txt" for name in ("project", "dataset", "neighbour", "platform")]
    printed = ground.python(PROGRAM, *paths).splitlines()
    assert printed[:3] == ["200000.0 200000.0", "interrupted", "ended"]
    assert printed[3] == "of the project's own"
    assert printed[4:6] == ["'of project\\n'", "'of dataset\\n'"]
    assert {line.strip("'") for line in printed[6:]} <= {"PermissionError", "FileNotFoundError"}
    assert len(printed) == 8
