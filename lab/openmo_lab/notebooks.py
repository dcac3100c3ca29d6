"""What the platform needs of a notebook."""

from collections.abc import Mapping
from typing import Any

_CELL_FIELDS = ("cell_type", "id", "source")


def without_outputs(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook with its code and text alone: results, pictures and widgets stay on this side."""
    cells = [{name: cell[name] for name in _CELL_FIELDS if name in cell} for cell in notebook["cells"]]
    metadata = {
        name: notebook["metadata"][name] for name in ("kernelspec", "language_info") if name in notebook["metadata"]
    }
    return {**notebook, "cells": cells, "metadata": metadata}
