"""hatchling's hook for the `openmo` wheel: builds what the wheel holds and git does not."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class OpenMoBuildHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling's signature
        if version == "editable":
            return  # a checkout builds its assets by tools/build_assets.py, when it needs them
        subprocess.run([sys.executable, Path(self.root) / "tools" / "build_assets.py"], cwd=self.root, check=True)
