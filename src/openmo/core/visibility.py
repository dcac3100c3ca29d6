"""Who may see a thing."""

from enum import StrEnum


class Visibility(StrEnum):
    """Private things are their owner's alone; public things are everybody's to see and import."""

    PRIVATE = "private"
    PUBLIC = "public"
