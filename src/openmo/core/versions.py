"""Semantic versions (semver.org 2.0.0), as far as releases need them."""

import re
from dataclasses import dataclass

from openmo.core.errors import InvalidInput
from openmo.core.messages import message

_PATTERN = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})")


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """MAJOR.MINOR.PATCH; ordered."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Raises InvalidInput."""
        match = _PATTERN.fullmatch(text)
        if not match:
            raise InvalidInput(
                message("%(text)s is not a version: write three numbers, such as 1.0.0.", text=repr(text[:40])),
                field="version",
            )
        return cls(*(int(part) for part in match.groups()))

    def next_minor(self) -> "Version":
        return Version(self.major, self.minor + 1, 0)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


FIRST = Version(1, 0, 0)
