"""Paths of a dataset's files as people send them, and patterns of those that are to go."""

import functools
import unicodedata
from collections.abc import Callable, Sequence

from openmo.core.errors import InvalidInput
from openmo.core.messages import Message, message

MAX_DEPTH = 64
MAX_PATTERNS = 100
_MAX_BYTES = 1024
_MAX_NAME_BYTES = 255
_MAX_PATTERN = 255
_CONTROL = ("Cc", "Cs", "Zl", "Zp")


def upload_path(text: str) -> str:
    """The path below the dataset's folder, in Unicode's form NFC; raises InvalidInput for any that is not plain."""
    path = unicodedata.normalize("NFC", text)
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise _refused(path, message("write folders and a file name with one / between them, and no . or .."))
    if any(unicodedata.category(char) in _CONTROL for char in path):
        raise _refused(path, message("it holds a control character or half a character"))
    if "\\" in path:
        raise _refused(path, message("it holds a backslash: folders are parted by /"))
    if len(path.encode()) > _MAX_BYTES or any(len(part.encode()) > _MAX_NAME_BYTES for part in parts):
        raise _refused(path, message("a name has at most 255 bytes, and the whole path 1,024"))
    if len(parts) > MAX_DEPTH:
        raise _refused(path, message("folders lie more than 64 deep in each other"))
    return path


def _refused(path: str, why: Message) -> InvalidInput:
    return InvalidInput(
        message("%(path)s cannot be the path of a file in a dataset: %(why)s.", path=repr(path[:200]), why=why),
        field="path",
    )


def check_pattern(text: str) -> str:
    """The pattern, as `matcher` takes it; raises InvalidInput for one that can match nothing."""
    pattern = unicodedata.normalize("NFC", text).strip("/")
    parts = pattern.split("/")
    if not pattern or len(pattern) > _MAX_PATTERN or any(part in ("", ".", "..") for part in parts):
        raise InvalidInput(
            message(
                "%(pattern)s matches no file: write a path, with * and ? where it varies.", pattern=repr(text[:80])
            ),
            field="patterns",
        )
    return pattern


def matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether a path, or a folder that it lies in, is like one of the patterns.

    `*` stands for any characters of a name, `?` for one, `**` for any folders. The time that a path takes grows with
    its length times the pattern's, whatever they are.
    """
    wanted = [tuple(pattern.split("/")) for pattern in patterns]
    return lambda path: any(_matches(pattern, tuple(path.split("/"))) for pattern in wanted)


def _matches(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    reached = {0}
    for part in parts:
        reached = _passed_over(pattern, reached)
        after = {at + 1 for at in reached if pattern[at] != "**" and _is_like(pattern[at], part)}
        after |= {at for at in reached if pattern[at] == "**"}
        if len(pattern) in after or (pattern[-1] == "**" and len(pattern) - 1 in after):
            return True
        if not after:
            return False
        reached = after
    return False


def _passed_over(pattern: tuple[str, ...], reached: set[int]) -> set[int]:
    """`**` may stand for no folder at all, but at the end."""
    found = set(reached)
    for at in range(min(reached), len(pattern) - 1):
        if at in found and pattern[at] == "**":
            found.add(at + 1)
    return found


@functools.lru_cache(maxsize=4096)
def _is_like(pattern: str, name: str) -> bool:
    """Whether a name is like the pattern: by the last star alone that was met, so in time of the product at most."""
    at_pattern = at_name = 0
    star, resume = -1, 0
    while at_name < len(name):
        if at_pattern < len(pattern) and pattern[at_pattern] == "*":
            star, resume = at_pattern, at_name
            at_pattern += 1
        elif at_pattern < len(pattern) and pattern[at_pattern] in ("?", name[at_name]):
            at_pattern, at_name = at_pattern + 1, at_name + 1
        elif star >= 0:
            resume += 1
            at_pattern, at_name = star + 1, resume
        else:
            return False
    return all(char == "*" for char in pattern[at_pattern:])
