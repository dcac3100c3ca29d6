"""Tracebacks as an app's author reads them: from their own code on."""

import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

_FRAMES = 50


def users_traceback(error: BaseException, folder: Path) -> str:
    """The traceback without the frames by which the platform came to the code in `folder`, and with paths inside it.

    Where none of that code is in it, the error alone is told.
    """
    top = f"{folder}/"
    for each in _chain(error):
        each.__traceback__ = _from_user(each.__traceback__, top)
    return "".join(traceback.format_exception(error, limit=-_FRAMES)).replace(top, "")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and those that it came of."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            waiting += [each.__cause__, each.__context__]
            yield each


def _from_user(trace: TracebackType | None, top: str) -> TracebackType | None:
    while trace is not None and not trace.tb_frame.f_code.co_filename.startswith(top):
        trace = trace.tb_next
    return trace
