"""What the end of a failed program's log says about the cause, and what mends it."""

import re
from collections.abc import Mapping
from typing import Final

from openmo.events.values import Amount
from openmo.jobs.log.errors import exception_of
from openmo.jobs.log.text import visible
from openmo.jobs.running.reasons import Reason

_LINE_LIMIT = 300
_CAUSES: Final[Mapping[str, re.Pattern[str]]] = {
    "missing_module": re.compile(r"ModuleNotFoundError: No module named ['\"](?P<module>[\w.]+)['\"]$"),
    "missing_file": re.compile(r"FileNotFoundError: \[Errno 2\] [^:]+: ['\"](?P<path>.*)['\"]$"),
    "reads_input": re.compile(r"EOFError: EOF when reading a line$"),
    "disk_full": re.compile(r"OSError: \[Errno (?:28|122)\]"),
    "too_many_files": re.compile(r"OSError: \[Errno 24\]"),
    "not_allowed": re.compile(r"(?:PermissionError: \[Errno (?:1|13)\]|OSError: \[Errno 30\])"),
}
"""By the code of the reason: the error that it is told by."""


def last_error(log_tail: str) -> str:
    """The last line of a Python traceback in the text, or nothing."""
    for line in reversed(_lines(log_tail)):
        if error := exception_of(line):
            return error[:_LINE_LIMIT]
    return ""


def failure(code: int, log_tail: str) -> Reason:
    """Why a program ended with that exit code, as far as its last words tell."""
    params: dict[str, Amount] = {"exit_code": code}
    if error := last_error(log_tail):
        params["error"] = error.rstrip(".")
        for cause, pattern in _CAUSES.items():
            if found := pattern.search(error):
                return Reason(cause, params | found.groupdict())
        return Reason("exited_error", params)
    if lines := _lines(log_tail):
        return Reason("exited_saying", params | {"line": lines[-1][:_LINE_LIMIT].rstrip(".")})
    return Reason("exited", params)


def _lines(text: str) -> list[str]:
    """The lines that say something, as a terminal shows them."""
    lines = (visible(line).strip() for line in text.split("\n"))
    return [line for line in lines if line]
