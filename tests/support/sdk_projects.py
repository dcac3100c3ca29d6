"""Project folders with imported modules, as the platform lays them out, for tests of the SDK."""

import os
import subprocess
import sys
from pathlib import Path

PREDICTS = "class {name}:\n    def predict(self, conf={{}}):\n        return {result}\n"


def add_module(project: Path, identifier: str, files: dict[str, str]) -> Path:
    """Writes modules/<identifier>/ with these files and returns the folder."""
    folder = project / "modules" / identifier
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run_python(project: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the code as a notebook's kernel would: in its own process, with the project as working directory."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
