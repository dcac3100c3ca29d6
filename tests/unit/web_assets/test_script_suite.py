"""The tests of all TypeScript, so that one command runs everything."""

import os
import shutil
import subprocess

from support.checkout import ROOT as FOLDER


def test_the_tests_of_the_typescript_pass() -> None:
    runner = FOLDER / "node_modules" / "vitest" / "vitest.mjs"
    node = shutil.which("node")
    assert node is not None, "There is no node on PATH: the tests of the TypeScript cannot run."
    assert runner.is_file(), "vitest is not installed: run `make setup`."
    environment = {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"}
    done = subprocess.run(
        [node, str(runner), "run"], cwd=FOLDER, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
