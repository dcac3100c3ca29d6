"""What a terminal shows of a line: carriage returns and backspaces write over it, escape sequences colour it."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from openmo.core.terminal import step_back

# CSI, then OSC/DCS/PM/APC strings up to BEL or ST (or the end of what is there), then two-character escapes. No two
# neighbours share a character, so hostile text costs linear time; web-assets/src/log/ansi.ts says the same.
_ESCAPE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_].*?(?:\x07|\x1b\\|\Z)|\x1b[ -/]*[0-~]?", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_COLOUR = re.compile(r"\x1b\[([0-9;:]{0,64})m")
_MAX_COLOURS: Final = 16
"""Sequences that are remembered since the last reset: more than any program keeps open at once."""
_FOLDED_AT: Final = 8 << 10
_MAX_HELD: Final = 1 << 20
"""Characters of a line without an end that are held before they are given as they are."""


def fold(line: str) -> str:
    """The line without its ending, as carriage returns and backspaces left it; colours of overwritten text stay set."""
    body = line.removesuffix("\n").removesuffix("\r")
    if "\r" not in body:
        return step_back(body)
    parts = [step_back(part) for part in body.split("\r") if part]
    if "\x1b" in body:
        # With colours in it, counting characters would cut an escape sequence in two: the newest text stands alone.
        return colours("".join(parts[:-1])) + parts[-1] if parts else ""
    shown = ""
    for part in reversed(parts):  # newest first: of what is older, only what reaches further is still seen
        shown += part[len(shown) :]
    return shown


def folded(parts: Iterable[str]) -> Iterator[str]:
    """A log that comes in parts, as whole lines that are folded; the last one when the parts have ended.

    Of a progress bar that draws for megabytes without a newline no more is held than what is seen of it.
    """
    rest = ""
    for part in parts:
        *lines, rest = (rest + part).split("\n")
        if lines:
            yield "".join(f"{fold(line)}\n" for line in lines)
        if len(rest) > _FOLDED_AT and "\r" in rest:
            drawn, stroke, last = rest.rpartition("\r")
            rest = fold(drawn) + stroke + last
        if len(rest) > _MAX_HELD:
            yield rest
            rest = ""
    if rest:
        yield fold(rest)


def visible(line: str) -> str:
    """What of the line can be read, and so searched."""
    return _CONTROL.sub("", _ESCAPE.sub("", fold(line)))


def colours(text: str) -> str:
    """The colour sequences that are in force behind the text."""
    found: list[str] = _COLOUR.findall(text)
    for index in range(len(found) - 1, -1, -1):
        if found[index] in ("", "0"):
            found = found[index + 1 :]
            break
    return "".join(f"\x1b[{codes}m" for codes in found[-_MAX_COLOURS:])
