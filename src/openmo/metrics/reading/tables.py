"""Tables that a training prints a row at a time, as fastai, skorch, Ultralytics and scikit-learn do.

    epoch     train_loss  valid_loss  accuracy  time
    0         0.512345    0.412345    0.912345  00:10

A row counts only below a header that names an epoch or iteration first and a metric behind it, with nothing between the
two but other rows, rules and progress bars.
"""

import re
from typing import Final

from openmo.metrics.reading.grammar import NUMBER
from openmo.metrics.reading.names import NameKind, kind_of
from openmo.metrics.reading.progress import NAME_MAX, TEXT_MAX, ProgressLine, readable

Columns = tuple[str, ...]

_COLUMNS_MAX: Final = 64
_STARTS: Final = frozenset(b"eEiIrR#| \t\x1b")
_EPOCHS: Final = frozenset(["epoch", "epochs"])
_ROUNDS: Final = frozenset(["iter", "iteration", "step", "round"])
_BETWEEN: Final = re.compile(r"\s{2,}|\t|\s*\|\s*")
_NAME: Final = re.compile(r"[^\W\d][\w./@%() -]{0,63}")
_FIRST: Final = re.compile(r"(?P<at>[0-9]{1,9})(?:/[0-9]+)?")
_VALUE: Final = re.compile(rf"(?P<value>{NUMBER})%?", re.IGNORECASE)
_OTHER: Final = re.compile(
    r"[0-9]+(?::[0-9]{2})+(?:\.[0-9]+)?|[0-9.]+\s?[a-zA-Zµ]{1,3}|[-+*]|none|#na#|n/a", re.IGNORECASE
)
_RULE: Final = re.compile(r"[-=─━+| ]+")
_BAR: Final = re.compile(r":?\s+[0-9]{1,3}%\|.*|:\s+[0-9]{1,3}%\s[━─╸╺ ].*", re.DOTALL)


def read_header(line: bytes) -> Columns:
    """The columns that the line (stripped, not empty) names; none where it is no header."""
    if line[0] not in _STARTS or len(line) > TEXT_MAX:
        return ()
    cells = [cell for cell in _BETWEEN.split(readable(line).strip("| ")) if cell]
    if not 1 < len(cells) <= _COLUMNS_MAX or cells[0].lower() not in _EPOCHS | _ROUNDS:
        return ()
    names = [cell[:NAME_MAX] for cell in cells if _NAME.fullmatch(cell)]
    is_training = any(kind_of(name) is NameKind.METRIC for name in names)
    return tuple(names) if is_training and len(names) == len(cells) == len(set(names)) else ()


def read_row(line: bytes, columns: Columns) -> ProgressLine | None:
    """The values of a row below these columns; None where the line is none."""
    if len(line) > TEXT_MAX:
        return None
    text = _BAR.sub("", readable(line)).replace("|", " ").rstrip(": ")
    cells = text.split()
    if len(cells) != len(columns):
        return None
    first = _FIRST.fullmatch(cells[0])
    if first is None:
        return None
    found = ProgressLine()
    if columns[0].lower() in _EPOCHS:
        found.epoch = int(first["at"])
    else:
        found.step, found.is_round = int(first["at"]), True
    for name, cell in zip(columns[1:], cells[1:], strict=True):
        value = _VALUE.fullmatch(cell)
        if value is None and _OTHER.fullmatch(cell) is None:
            return None
        if value is not None and kind_of(name) is not NameKind.NEVER:
            found.pairs[name] = float(value["value"])
    return found


def is_between_rows(line: bytes) -> bool:
    """Whether the line is a rule."""
    return _RULE.fullmatch(line.decode("utf-8", "replace")) is not None
