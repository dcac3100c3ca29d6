"""Text that people type: any script, but nothing that cannot be stored or shown."""

import unicodedata

from openmo.core.errors import InvalidInput
from openmo.core.messages import message

_LAYOUT = frozenset("\n\r\t")


def whole(text: str) -> str:
    """The text with halves of characters (surrogates) that belong together joined, and lone ones as U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def one_line(text: str, *, what: str, limit: int, field: str) -> str:
    """The text on one line, white space folded; raises InvalidInput when it is too long or holds control characters."""
    folded = " ".join(text.split())
    _check(folded, what=what, limit=limit, field=field)
    return folded


def some_lines(text: str, *, what: str, limit: int, field: str) -> str:
    """The text without white space at its ends, line breaks and tabs kept; raises InvalidInput as `one_line`."""
    stripped = text.strip()
    _check(stripped, what=what, limit=limit, field=field)
    return stripped


def _check(text: str, *, what: str, limit: int, field: str) -> None:
    if len(text) > limit:
        raise InvalidInput(
            message(
                "%(what)s has at most %(limit)s characters, not %(length)s.",
                what=what,
                limit=f"{limit:,}",
                length=f"{len(text):,}",
            ),
            field=field,
        )
    # Control characters and halves of surrogate pairs: PostgreSQL cannot store them all, terminals act on some.
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in _LAYOUT for char in text):
        raise InvalidInput(message("%(what)s holds a control character: take it out.", what=what), field=field)
