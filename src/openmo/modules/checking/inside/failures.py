"""What is told of an error that a module raised: the type, the text, and the module's own line. Stdlib only."""

import os
import traceback
from types import TracebackType

from openmo.modules.checking.inside.messages import Failed
from openmo.modules.checking.inside.notes import plain

_MAX_TEXT, _MAX_TRACE, _MAX_NAME = 1000, 8000, 300


def failure(step: str, error: BaseException, folder: str, *, absent: str = "") -> Failed:
    """The error of a step, of the module whose files are in `folder`."""
    cause = cause_of(error)
    file, line = _place(cause, folder)
    missing = cause.name or "" if isinstance(cause, ModuleNotFoundError) else ""
    return Failed(
        step=step,
        error=plain(type(cause).__name__, _MAX_NAME),
        text=plain(text_of(cause), _MAX_TEXT),
        file=plain(file, _MAX_NAME),
        line=line,
        missing="" if missing.startswith("_module_") else plain(missing.partition(".")[0], _MAX_NAME),
        absent=plain(absent, _MAX_NAME),
        trace=plain("".join(_lines(cause)), _MAX_TRACE).replace(f"{folder}/", ""),
    )


def cause_of(error: BaseException) -> BaseException:
    """The module's own error, where the SDK has put words around it."""
    return error.__cause__ if type(error).__name__ == "ModuleBroken" and error.__cause__ else error


def text_of(error: BaseException) -> str:
    """Its message; empty where the module's `__str__` raises, too."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 (a stranger's __str__)
        return ""


def _place(error: BaseException, folder: str) -> tuple[str, int]:
    """The innermost line of the module's own that the error passed."""
    if isinstance(error, SyntaxError) and str(error.filename).startswith(f"{folder}/"):
        return os.path.relpath(str(error.filename), folder), error.lineno or 0
    found = ("", 0)
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if path.startswith(f"{folder}/"):
            found = os.path.relpath(path, folder), trace.tb_lineno
        trace = trace.tb_next
    return found


def _lines(error: BaseException) -> list[str]:
    try:
        return traceback.format_exception(error, limit=-20)
    except Exception:  # noqa: BLE001 (a stranger's __str__)
        return []
