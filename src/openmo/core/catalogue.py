"""How what there is to import is sorted and found: by category, by tags, by words."""

import re
from collections.abc import Sequence
from enum import StrEnum

from openmo.core.errors import InvalidInput
from openmo.core.messages import message

MAX_TAGS = 10
PAGE_LIMIT = 100
"""Things of one page."""
_TAG = re.compile("[a-z0-9\u3400-\u9fff\U00020000-\U0003134f-]{1,30}")


class Category(StrEnum):
    """What a dataset holds, or a module works on."""

    IMAGE = "image"
    TEXT = "text"
    AUDIO = "audio"
    VIDEO = "video"
    TABULAR = "tabular"
    OTHER = "other"


class ListScope(StrEnum):
    """What a list holds: all that the reader may see, or of these their own, or what they marked or used."""

    ALL = "all"
    MINE = "mine"
    FAVOURITES = "favourites"
    RECENT = "recent"


class ListSort(StrEnum):
    """The order of a list. That of recent things is always by when the reader used them."""

    NEWEST = "newest"
    USED = "used"
    NAME = "name"


def check_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """The tags, each once; raises InvalidInput for one that has another form, or too many."""
    found = tuple(dict.fromkeys(tag.strip().lower() for tag in tags if tag.strip()))
    for tag in found:
        if not _TAG.fullmatch(tag):
            raise InvalidInput(
                message(
                    "%(tag)s cannot be a tag: use up to 30 of a-z, 0-9, '-' and Chinese characters.",
                    tag=repr(tag[:40]),
                ),
                field="tags",
            )
    if len(found) > MAX_TAGS:
        raise InvalidInput(message("Use at most %(limit)s tags.", limit=MAX_TAGS), field="tags")
    return found


def searchable(full_name: str, title: str, description: str, tags: Sequence[str]) -> str:
    """What a search looks through: the names and texts on a line each, and a line `#tag` for each tag."""
    texts = (full_name, title, " ".join(description.split()))
    return "\n".join((*texts, *(f"#{tag}" for tag in tags), "")).casefold()
