"""The interpreter that a module runs in, and what it finds in its variables."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openmo_sdk.errors import EnvironmentMissing
from openmo_sdk.identifiers import Located

OWN = "own"
_OF_THE_PLATFORM = re.compile(r"(?:base|module)-[0-9a-f]{16}")
_NOT_INHERITED = frozenset({"PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"})


def interpreter_of(located: Located, environment: Any) -> Path:
    """`own`: the Python of the link `<version>.environment` beside the module; else the path of one.

    Raises EnvironmentMissing.
    """
    if environment == OWN:
        link = located.folder.with_name(f"{located.folder.name}.environment")
        if not _is_whole(link):
            if link.is_symlink():
                raise EnvironmentMissing(
                    f"The environment of {located.identifier} is still being built, which takes a minute or two: try "
                    "again then. If it stays so, import the module again, or call it without environment='own'."
                )
            raise EnvironmentMissing(
                f"The module {located.identifier} has no environment of its own here: there is no {link.name} beside "
                "it. Import the module again, or call it without environment='own'."
            )
        python = link.resolve() / "bin" / "python"
    else:
        python = Path(os.path.abspath(environment))  # noqa: PTH100 (resolve() would leave the virtual environment)
    if not os.access(python, os.X_OK) or python.is_dir():
        raise EnvironmentMissing(
            f"There is no Python at {python}, in which {located.identifier} should run: write environment='own', or "
            "the path of a Python."
        )
    return python


def _is_whole(link: Path) -> bool:
    """Whether an environment is there with all of its packages: the platform builds its own where they stay, and marks
    them when they are whole.
    """
    if not link.is_dir():
        return False
    folder = link.resolve()
    marks = (folder / ".openmo-complete", folder.with_name(f"{folder.name}.complete"))
    return not _OF_THE_PLATFORM.fullmatch(folder.name) or any(map(Path.is_file, marks))


def variables_for(python: Path, present: Mapping[str, str]) -> dict[str, str]:
    """This process's variables, without what leads to its own packages."""
    kept = {name: value for name, value in present.items() if name not in _NOT_INHERITED}
    prefix = python.parent.parent
    if (prefix / "pyvenv.cfg").is_file():
        kept["VIRTUAL_ENV"] = str(prefix)
    kept["PATH"] = os.pathsep.join([str(python.parent), *filter(None, [present.get("PATH")])])
    kept["PYTHONNOUSERSITE"] = "1"
    return kept
