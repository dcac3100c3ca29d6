"""What people wrote about a parameter, as a comment that stays one."""

import unicodedata

from openmo.specs.ranges import write_value_range
from openmo.specs.values import Interval, Parameter, ValueRange, ValueType

MAX_WIDTH = 100


def comment_of(parameter: Parameter) -> str:
    """Description, type and range in one line, without the `#`; texts need no word on their type."""
    description = one_line(parameter.description)
    kind = one_line(parameter.unchecked_type) or str(parameter.value_type)
    is_plain = description != "" and kind == ValueType.STR
    shown = [each for each in ("" if is_plain else kind, _range(parameter.value_range)) if each]
    if not description:
        return shortened(", ".join(shown))
    return shortened(f"{description} ({', '.join(shown)})" if shown else description)


def one_line(text: str) -> str:
    """`text` without line breaks, control characters, marks that turn the direction of writing, and `#`."""
    visible = (" " if _hides(letter) else letter for letter in text)
    return " ".join("".join(visible).split())


def _hides(letter: str) -> bool:
    return letter == "#" or unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def shortened(text: str) -> str:
    return text if len(text) <= MAX_WIDTH else text[: MAX_WIDTH - 1].rstrip() + "…"


def _range(value_range: ValueRange | None) -> str:
    if isinstance(value_range, Interval):
        return str(write_value_range(value_range))
    return one_line("/".join(str(choice) for choice in value_range or ()))


def width(text: str) -> int:
    """Columns of a fixed-width font: Chinese characters take two."""
    wide = sum(unicodedata.east_asian_width(letter) in ("W", "F") for letter in text)
    hidden = sum(unicodedata.combining(letter) != 0 for letter in text)
    return len(text) + wide - hidden
