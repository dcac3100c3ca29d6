"""What a terminal shows of a line: carriage returns and backspaces write over it, escape sequences colour it."""

import re
from typing import Final

from openmo.core.terminal import step_back

# CSI, then OSC/DCS/PM/APC strings up to BEL or ST (or the end of what is there), then two-character escapes. No two
# neighbours share a character, so hostile text costs linear time; web-assets/src/log/ansi.ts says the same.
_ESCAPE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_].*?(?:\x07|\x1b\\|\Z)|\x1b[ -/]*[0-~]?", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_COLOUR = re.compile(r"\x1b\[([0-9;:]{0,64})m")
_MAX_COLOURS: Final = 16
"""Sequences that are remembered since the last reset: more than any program keeps open at once."""


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
