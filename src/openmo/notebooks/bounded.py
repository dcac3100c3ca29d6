"""The export of notebooks whose code could take long to read: in a child that may take only so long."""

import json
import subprocess
import sys
from collections.abc import Mapping

from openmo.core.messages import message
from openmo.notebooks.child import CPU_SECONDS, TOO_DEEP
from openmo.notebooks.errors import NotebookError
from openmo.notebooks.export import DEEP, export_notebook
from openmo.notebooks.reading import CellKind, read_cells
from openmo.system.child_python import child_argv
from openmo.system.python_parsing import FREE_LENGTH

_WAIT_SECONDS = 120.0
"""For the child on a busy machine."""


def export_bounded(notebook: Mapping[str, object] | str, name: str, *, shows_results: bool = False) -> str:
    """As `export_notebook`, for a notebook of a stranger's: nobody waits long for one that is made to take long.

    Raises NotebookError for such a one, too.
    """
    cells = read_cells(notebook)
    code = [cell.source for cell in cells if cell.kind is CellKind.CODE]
    if sum(map(len, code)) <= FREE_LENGTH:
        return export_notebook(notebook, name, shows_results=shows_results)
    plain = {"cells": [{"cell_type": cell.kind, "source": cell.source} for cell in cells], "nbformat": 4}
    request = json.dumps({"notebook": plain, "name": name, "shows_results": shows_results})
    try:
        done = subprocess.run(
            child_argv(sys.executable, "openmo.notebooks.child", isolated=False),
            input=request.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_WAIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_long() from error
    if done.returncode == TOO_DEEP:
        raise NotebookError(DEEP)
    if done.returncode != 0:
        raise _too_long()
    return done.stdout.decode("utf-8", "surrogatepass")


def _too_long() -> NotebookError:
    return NotebookError(
        message(
            "The notebook's code takes longer than %(seconds)s seconds to read: keep data in files, and split it.",
            seconds=CPU_SECONDS,
        )
    )
