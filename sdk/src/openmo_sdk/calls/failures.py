"""Exceptions over the border: their class where it is known here, their message, and the traceback as text."""

import builtins
import contextlib
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from openmo_sdk import errors
from openmo_sdk.calls.parcel import BadFrame
from openmo_sdk.errors import CannotPass, ModuleTraceback, RaisedInModule

_SDK = str(Path(__file__).parent.parent)
_MAX_TEXT = 100_000
_PLAIN_BASES = (Exception, BaseException)


def describe(encoder: Any, error: BaseException) -> dict[str, Any]:
    """The form of an exception that a module raised; it never raises one itself."""
    kind = type(error)
    try:
        arguments = encoder.encode(list(_arguments(error)))
    except CannotPass:
        arguments = None
    return {
        "class": [kind.__module__, kind.__name__],
        "bases": [base.__name__ for base in kind.__mro__ if base.__module__ == "builtins" and base not in _PLAIN_BASES],
        "arguments": arguments,
        "message": _text(error),
        "attributes": {
            name: getattr(error, name) for name in ("name", "path") if type(getattr(error, name, None)) is str
        },
        "notes": [note for note in getattr(error, "__notes__", ()) if isinstance(note, str)],
        "traceback": _traceback(error),
    }


def rebuild(decoder: Any, form: dict[str, Any]) -> BaseException:
    """The exception, to be raised here; raises BadFrame."""
    try:
        error = _known(decoder, form) or _unknown(form)
        if isinstance(error, ImportError):
            for name, value in form["attributes"].items():
                setattr(error, str(name), str(value))
        for note in form["notes"]:
            error.add_note(str(note))
        error.__cause__ = ModuleTraceback(form["traceback"])
    except (KeyError, TypeError, ValueError, AttributeError) as broken:
        raise BadFrame(f"this is no exception: {broken}") from broken
    return error


def _arguments(error: BaseException) -> tuple[Any, ...]:
    if isinstance(error, OSError) and error.errno is not None and len(error.args) == 2:
        if error.filename2 is not None:
            return (*error.args, error.filename, None, error.filename2)
        if error.filename is not None:
            return (*error.args, error.filename)
    return error.args


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_MAX_TEXT]
    except Exception as broken:  # noqa: BLE001 (the module's own __str__)
        return f"<its message could not be made: {type(broken).__name__}>"


def _traceback(error: BaseException) -> str:
    """From the module's own lines on: how they were reached is the SDK's business."""
    step: TracebackType | None = error.__traceback__
    while step is not None and step.tb_frame.f_code.co_filename.startswith(_SDK):
        step = step.tb_next
    try:
        report = traceback.TracebackException(type(error), error, step)
        if isinstance(error, KeyboardInterrupt):
            while report.stack and report.stack[-1].filename.startswith(_SDK):
                report.stack.pop()  # nor is how it was interrupted
        text = "".join(report.format())
    except Exception:  # noqa: BLE001 (as in _text)
        text = "".join(traceback.format_tb(step))
    return text if len(text) <= _MAX_TEXT else f"…\n{text[-_MAX_TEXT:]}"


def _known(decoder: Any, form: dict[str, Any]) -> BaseException | None:
    """An exception of Python's own or of the SDK's, when one says the same here as there."""
    module, name = form["class"]
    kind = getattr(builtins if module == "builtins" else errors if module == errors.__name__ else None, name, None)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        return None
    candidates = [[form["message"]]]
    if form["arguments"] is not None:
        candidates.insert(0, decoder.decode(form["arguments"]))
    for arguments in candidates:
        with contextlib.suppress(Exception):
            error = kind(*arguments)
            if type(error) is kind and str(error) == form["message"]:
                return error
    return None


def _unknown(form: dict[str, Any]) -> BaseException:
    """Of a class of its own that `except` finds by what it is built upon."""
    bases = [getattr(builtins, name, None) for name in form["bases"] if isinstance(name, str)]
    known = [base for base in bases if isinstance(base, type) and issubclass(base, Exception)]
    module, name = form["class"]
    for chosen in (known, known[:1], []):
        with contextlib.suppress(TypeError):
            kind = type(name, (RaisedInModule, *chosen), {"__module__": module, "__qualname__": name})
            error: RaisedInModule = kind(form["message"])
            return error
    raise BadFrame("this is no exception")
