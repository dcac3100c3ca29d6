"""A release brings the packages that its user installed."""

import subprocess
import sys
from pathlib import Path

from support.checkout import ROOT

SOURCE = ROOT / "src"
LOAD = """
import sys, pathlib
sys.path.insert(0, sys.argv[1])
from openmo.serving.inside.handler_file import load_handler
print(load_handler(pathlib.Path(sys.argv[2]), ())({}))
"""


def test_a_handler_imports_what_the_project_installed_and_its_own_files_first(tmp_path: Path) -> None:
    packages = tmp_path / ".packages"
    packages.mkdir()
    (packages / "greeting.py").write_text("TEXT = 'installed'")
    (packages / "shared.py").write_text("TEXT = 'installed'")
    (tmp_path / "shared.py").write_text("TEXT = 'own'")
    (tmp_path / "handler.py").write_text(
        "import greeting, shared\ndef handle(conf):\n    return {'a': greeting.TEXT, 'b': shared.TEXT}\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", LOAD, str(SOURCE), str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "{'a': 'installed', 'b': 'own'}"
