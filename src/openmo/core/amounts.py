"""Amounts of memory and time as people write and read them: `2G`, `1h30m`."""

import re
from itertools import pairwise

from openmo.core.errors import InvalidInput

_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?b)?", re.IGNORECASE | re.ASCII)
_UNITS = "kmgt"
_TIME = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?:in)?)?(?:(\d+(?:\.\d+)?)s)?", re.IGNORECASE | re.ASCII)
_SECONDS = (86400, 3600, 60, 1)
_MAX_LENGTH = 40


def parse_memory(text: str) -> int | None:
    """Bytes in `512M`, `2G`, `1.5 GiB` (binary units), `2GB` (decimal units); None for nothing; raises InvalidInput."""
    text = text.strip()
    if not text:
        return None
    found = _MEMORY.fullmatch(text) if len(text) <= _MAX_LENGTH else None
    if found is None:
        raise InvalidInput("Write memory as a number and a unit: 512M, 2G, 1.5G.", field="memory_limit")
    number, unit, ending = found.groups()
    base = 1000 if unit and (ending or "").lower() == "b" else 1024
    return int(float(number) * base ** (_UNITS.index(unit.lower()) + 1 if unit else 0))


def parse_seconds(text: str) -> float | None:
    """Seconds in `90`, `45s`, `30m`, `1h30m`, `2d`; None for nothing; raises InvalidInput."""
    text = "".join(text.split())
    if not text:
        return None
    if len(text) <= _MAX_LENGTH:
        if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
            return float(text)
        if found := _TIME.fullmatch(text):
            return sum(float(part) * unit for part, unit in zip(found.groups(), _SECONDS, strict=True) if part)
    raise InvalidInput("Write a time as hours, minutes and seconds: 1h30m, 45s.", field="time_limit")


def memory_text(size: float) -> str:
    """Bytes in the unit that fits, binary as limits of memory are: `1.5 GiB`."""
    for unit, step in (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20)):
        if size >= step:
            return f"{size / step:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size / 1024:.0f} KiB"


def time_text(seconds: float) -> str:
    """Seconds in at most two units: `45 s`, `3 min`, `1 h 30 min`, `2 d 4 h`; what a form takes back."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    for (unit, step), (small, part) in pairwise(_UNITS_SHOWN):
        if seconds >= step:
            rest = int(seconds % step // part)
            return f"{int(seconds // step)} {unit}" + (f" {rest} {small}" if rest else "")
    return f"{seconds:.0f} s"


_UNITS_SHOWN = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
