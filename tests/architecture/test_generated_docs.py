"""Pages that are made from the code say what the code says."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "build_docs.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"Run `make docs`.\n{done.stdout}{done.stderr}"
