"""The scripts' own tests, so that one command runs everything."""

import os
import shutil
import subprocess

import pytest
from support.checkout import ROOT

FOLDER = ROOT / "web-assets"


def test_the_tests_of_the_pages_scripts_pass() -> None:
    runner = FOLDER / "node_modules" / "vitest" / "vitest.mjs"
    node = shutil.which("node")
    if node is None or not runner.is_file():
        pytest.skip("vitest is not installed: run `npm install` in web-assets/.")
    environment = {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"}
    done = subprocess.run(
        [node, str(runner), "run"], cwd=FOLDER, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
