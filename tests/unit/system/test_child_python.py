"""A child sees our package by its folder, and nothing else of the server."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from openmo.system.child_python import child_argv

PROBE = "openmo.workers.probe_of_tests"


def probe(tmp_path: Path, source: str, *args: str, isolated: bool = True) -> subprocess.CompletedProcess[str]:
    package = tmp_path / "openmo"
    (package / "workers").mkdir(parents=True)
    (package / "__init__.py").write_text("here = True\n")
    (package / "workers" / "__init__.py").touch()
    (package / "workers" / "probe_of_tests.py").write_text(source)
    argv = child_argv(sys.executable, PROBE, *args, isolated=isolated)
    argv[argv.index(PROBE) - 1] = str(package)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "evil"), "PYTHONSTARTUP": "/nonexistent"}
    return subprocess.run(argv, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False, timeout=30)


def test_module_runs_as_main_with_its_arguments(tmp_path: Path) -> None:
    done = probe(tmp_path, "import sys, openmo\nprint(__name__, sys.argv[1:], openmo.here)", "a b", "--c")
    assert done.stdout == "__main__ ['a b', '--c'] True\n", done.stderr


def test_exit_code_is_the_modules(tmp_path: Path) -> None:
    assert probe(tmp_path, "raise SystemExit(7)").returncode == 7


def test_child_sees_neither_site_packages_nor_pythonpath_nor_the_current_folder(tmp_path: Path) -> None:
    done = probe(tmp_path, "import sys, json\nprint(json.dumps(sys.path))")
    seen = json.loads(done.stdout)
    assert sysconfig.get_path("purelib") not in seen
    assert not [place for place in seen if str(tmp_path) in place or place in {"", "."}]


def test_without_isolation_the_environments_own_packages_are_there(tmp_path: Path) -> None:
    done = probe(tmp_path, "import sys, json\nprint(json.dumps(sys.path))", isolated=False)
    seen = json.loads(done.stdout)
    assert sysconfig.get_path("purelib") in seen
    assert str(tmp_path / "evil") not in seen
