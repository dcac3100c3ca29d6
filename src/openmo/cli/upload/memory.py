"""Which upload a command that is repeated goes on with, beside the client's other settings."""

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from openmo.core.hostile.paths import write_atomic


class RememberedUpload:
    """The upload of one command line: the same server, dataset and paths are the same upload."""

    def __init__(self, server: str, dataset: str, paths: Sequence[str]) -> None:
        said = [server, dataset, sorted(os.path.abspath(path) for path in paths)]  # noqa: PTH100 (PATH:TARGET is no path)
        name = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]
        self._path = _folder() / f"{name}.json"

    def read(self) -> str:
        """Its id; empty: there is none."""
        with suppress(OSError, ValueError):
            found = json.loads(self._path.read_bytes())
            if isinstance(found, dict) and isinstance(found.get("upload"), str):
                return str(found["upload"])
        return ""

    def write(self, upload: str) -> None:
        """It is found after whatever ends this command."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(self._path, json.dumps({"upload": upload}).encode())

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def _folder() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or Path("~/.config").expanduser()
    return Path(base) / "openmo" / "uploads"
