"""Turns off what only notebooks understand, for code that will run unattended at every start of an app.

An export keeps what commands do; an app must not install packages or list files whenever it wakes. So commands become
comments here, each on the line where it stood, and the rest of the cell stays as it is.
"""

import re
from dataclasses import dataclass

from openmo.notebooks.lines import statements
from openmo.notebooks.python import compiles
from openmo.system.python_parsing import FREE_LENGTH

_COMMAND = re.compile(r"[ \t]*(?:[!%]|\?)")
_ASSIGNED = re.compile(r"[ \t]*[^\W\d][\w, \t]*=[ \t]*[!%](?!=)")
_HELP = re.compile(r"[ \t]*[\w.]+\?{1,2};?[ \t]*")
_KEEPS_PYTHON = frozenset({"%%time", "%%timeit", "%%capture", "%%prun"})
TURNED_OFF = "# Turned off: "
"""How a comment begins that was a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietCell:
    """A cell without commands, and (line within the cell, command) for each that was turned off."""

    text: str
    turned_off: tuple[tuple[int, str], ...] = ()


def turn_off_commands(source: str) -> QuietCell:
    """The cell with its shell commands, magics and questions as comments; the number of its lines stays."""
    text = source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if len(text) > FREE_LENGTH:  # whoever reads it has bounds for it, and finds the commands no Python
        return QuietCell(text=text)
    head = text.lstrip().partition("\n")[0].strip()
    if head.startswith("%%"):
        return _cell_magic(text, head)
    if compiles(text) or not re.search(r"[!%?]", text):
        return QuietCell(text=text)
    lines: list[str] = []
    off: list[tuple[int, str]] = []
    for statement in statements(text):
        if _COMMAND.match(statement) or _ASSIGNED.match(statement) or _HELP.fullmatch(statement):
            off.append((len(lines) + 1, statement.strip()))
            lines.extend(_as_comments(statement))
        else:
            lines.extend(statement.split("\n"))
    return QuietCell(text="\n".join(lines), turned_off=tuple(off))


def _cell_magic(text: str, head: str) -> QuietCell:
    above, _, body = text.partition(head)
    first = above.count("\n") + 1
    if head.split(maxsplit=1)[0] in _KEEPS_PYTHON:
        inner = turn_off_commands(body)
        moved = tuple((line + first - 1, command) for line, command in inner.turned_off)
        return QuietCell(text=f"{above}{TURNED_OFF}{head}{inner.text}", turned_off=((first, head), *moved))
    return QuietCell(text="\n".join(_as_comments(text)), turned_off=((first, head),))


def _as_comments(statement: str) -> list[str]:
    """Each line as a comment; an indented command leaves a `pass`, since it may be all that its block holds."""
    first, *others = statement.split("\n")
    indent = first[: len(first) - len(first.lstrip())]
    start = f"{indent}pass  " if indent else ""
    return [f"{start}{TURNED_OFF}{first.strip()}", *(f"{indent}# {line.strip()}" for line in others)]
