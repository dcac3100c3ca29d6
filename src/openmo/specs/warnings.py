"""What a person should check of a reading: a code, what it is about, and the sentence."""

from dataclasses import dataclass
from enum import StrEnum

from openmo.core.messages import Message


class WarningKind(StrEnum):
    CHECK = "check"
    """Something was guessed, or could not be read."""
    NO_INPUT = "no_input"
    """The function reads no input that could be told from its source."""
    NO_OUTPUT = "no_output"
    """The function returns no dictionary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecWarning:
    """One thing to check; `subject` is the input or output whose type was guessed, empty for all else."""

    message: Message
    kind: WarningKind = WarningKind.CHECK
    subject: str = ""
