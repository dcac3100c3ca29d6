"""What a terminal makes of the backspaces in a line."""

import re
from typing import Final

_TOKEN: Final = re.compile(r"(?P<escape>\x1b\[[0-?]*[ -/]*[@-~])|(?P<back>\x08+)|(?P<text>[^\x08\x1b]+|\x1b)")


def step_back(line: str) -> str:
    """The line as its backspaces left it: each moves back by a character, and what follows is written over.

    Colour sequences take no room and stay before the character that they stood before.
    """
    if "\b" not in line:
        return line
    cells: list[str] = []
    at, escapes = 0, ""
    for token in _TOKEN.finditer(line):
        if token.lastgroup == "escape":
            escapes += token[0]
        elif token.lastgroup == "back":
            at = max(0, at - len(token[0]))
        else:
            written = list(token[0])
            written[0] = escapes + written[0]
            cells[at : at + len(written)] = written
            at, escapes = at + len(written), ""
    return "".join(cells) + escapes
