"""What became of a notebook's line in the script."""

from typing import NamedTuple


class Outcome(NamedTuple):
    """What was done to a line, in words, and whether it is gone."""

    text: str
    is_left_out: bool = False


CONVERTED = Outcome("converted")
NO_IPYTHON = Outcome("converted: a script has no IPython, so what asks for it is told so")


def left_out(reason: str) -> Outcome:
    """The line stands in the script as a comment that says why."""
    return Outcome(f"left out: {reason}", is_left_out=True)
