"""How people and programs name a project, dataset or module: `owner/name`, and of a module also its version."""

from dataclasses import dataclass
from typing import Self

from openmo.core.errors import InvalidInput
from openmo.core.messages import message


@dataclass(frozen=True, slots=True)
class Reference:
    """`owner/name` or `owner/name/version`."""

    owner: str
    name: str
    version: str = ""
    """Empty: the newest."""

    @classmethod
    def parse(cls, text: str, *, field: str = "", versioned: bool = False) -> Self:
        """What `text` names; raises InvalidInput for what has another shape. Whether it exists is not looked up.

        `versioned`: the text may name a version, too.
        """
        parts = text.strip().split("/")
        if not (len(parts) == 2 or (versioned and len(parts) == 3)) or not all(parts):
            raise InvalidInput(message("%(text)s is not a name: write owner/name.", text=repr(text[:120])), field=field)
        return cls(*parts)

    @classmethod
    def parse_dataset(cls, text: str, *, field: str = "") -> Self:
        """`owner/name` or `owner/name@version`; raises InvalidInput for what has another shape."""
        named, at, version = text.strip().partition("/")[2].partition("@")
        owner = text.strip().partition("/")[0]
        if not (owner and named) or "/" in named + version or (at and not version):
            raise InvalidInput(
                message("%(text)s is not a dataset: write owner/name or owner/name@2.", text=repr(text[:120])),
                field=field,
            )
        return cls(owner, named, version)

    def __str__(self) -> str:
        return "/".join(part for part in (self.owner, self.name, self.version) if part)
