"""What a stranger's requirements.txt may ask for: names and versions from the package index, and nothing else."""

import re

from packaging.requirements import InvalidRequirement, Requirement

from openmo.core.errors import InvalidInput
from openmo.core.messages import message

MAX_LINES = 200
_MAX_LENGTH = 500


def read_requirements(text: str) -> tuple[str, ...]:
    """The requirements, written anew from what was understood of each line; comments and empty lines are passed over.

    Raises InvalidInput for options, addresses, files and whatever else is no name with versions: each could make
    the resolver read or run what its author chose.
    """
    found: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        wish = re.sub(r"(^|\s)#.*$", "", line).strip()
        if not wish:
            continue
        if len(found) >= MAX_LINES:
            raise InvalidInput(message("requirements.txt names more than %(limit)s packages.", limit=MAX_LINES))
        found.append(_read(wish, number))
    return tuple(dict.fromkeys(found))


def _read(wish: str, number: int) -> str:
    try:
        requirement = Requirement(wish) if len(wish) <= _MAX_LENGTH else None
    except (InvalidRequirement, RecursionError):
        requirement = None
    if requirement is None or requirement.url is not None:
        raise InvalidInput(
            message(
                "Line %(number)s of requirements.txt, %(line)s, is no package by name and version: write "
                "`name==1.2` or `name>=1.2,<2`; options, addresses and files are not taken.",
                number=number,
                line=repr(wish[:80]),
            )
        )
    return str(requirement)
