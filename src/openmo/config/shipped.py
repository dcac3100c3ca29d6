"""Content that ships with OpenMo beside its code."""

import importlib.resources
from pathlib import Path


def shipped(name: str) -> Path:
    """A folder of such content: inside the package when installed, at the top of a checkout."""
    package = Path(str(importlib.resources.files("openmo")))
    installed = package / name
    return installed if installed.is_dir() else package.parents[1] / name
