"""The half of OpenMo's JupyterLab extension that runs inside the notebook server."""

from typing import Any

__version__ = "0.1.0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "@openmo/lab"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "openmo_lab.extension"}]
