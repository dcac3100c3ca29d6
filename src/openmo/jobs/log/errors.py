"""Which lines of a log say that something went wrong: the one definition for pages, commands and API."""

import re
from typing import Final

MARKS: Final = (
    b"Traceback (most recent call last)",
    b"Exception",
    b"rror",
    b"ERROR",
    b"FATAL",
    b"CRITICAL",
    b"Interrupt",
    b"Exit",
    b"egmentation fault",
    b"core dumped",
    b"out of memory",
    b"panicked at",
)
"""Each line that `is_error` accepts holds one of these: they are quick to look for."""
_LINE_LIMIT = 2000
"""Characters of a line that are looked at: what says that a line is an error stands in front."""

_PREFIX = r"^[\s|+]*(?:\[[^\]\n]{1,60}\][:\s]*){0,3}"  # the rank or worker that speaks, a group's frame
_EXCEPTION = r"(?:[A-Za-z_]\w{0,80}\.){0,12}[A-Z]\w{0,80}(?:Error|Exception|Interrupt|Exit)(?=$|[:\s(])"
_KIND = "(?:fatal |runtime |internal |Fatal Python )?"
_NO_VALUE = r"(?!\s*[=<>|]|:?\s+[-+]?\d*\.\d+\s*$)"  # not `ValueError = 3`, `MeanError: 0.12`
_NAMED = re.compile(rf"{_PREFIX}(?P<named>{_EXCEPTION}{_NO_VALUE}.*)", re.DOTALL)
_ERROR_LINE = re.compile(
    "|".join(
        (
            rf"{_PREFIX}(?:Exception Group )?Traceback \(most recent call last\)",
            rf"{_PREFIX}{_EXCEPTION}{_NO_VALUE}",
            r"(?<![\w-])(?:ERROR|FATAL|CRITICAL)(?=$|[\s:\]|!-])(?![:=\s]*[-+]?[\d.]+(?:\s|$))",
            rf"{_PREFIX}(?:\S{{1,200}}:\d+:(?:\d+:)? )?{_KIND}[Ee]rror: (?!\s*[-+]?[\d.])",
            r"\bCUDA (?:driver |runtime )?(?:error|out of memory)\b",
            r"\bNCCL (?:\w+ )?error\b",
            r"\b[Ss]egmentation fault\b",
            r"\(core dumped\)",
            r"\bpanicked at\b",
        )
    )
)


def is_error(line: str) -> bool:
    """Whether the line (as it is read, without colours) begins a traceback, names an exception, or logs an error.

    Metrics that are called errors (`error: 0.12`, `mean_squared_error: 3`) and counts (`0 errors`) are none.
    """
    return _ERROR_LINE.search(line[:_LINE_LIMIT]) is not None


def exception_of(line: str) -> str:
    """The exception that the line names, with what it says (`ValueError: bad`); empty where it names none."""
    found = _NAMED.match(line[:_LINE_LIMIT])
    return found["named"].rstrip() if found else ""
