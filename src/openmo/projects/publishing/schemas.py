"""Publishing on the wire."""

from typing import Literal

from pydantic import BaseModel

from openmo.specs.module import ModuleKind


class SkeletonDraft(BaseModel):
    """How a module shall begin."""

    kind: ModuleKind
    language: Literal["en", "zh-CN"] | None = None
    """Of its comments and README; None: the caller's."""
    replace_readme: bool = False
    """Also a README that is there: of a project that was made just now, say."""


class SkeletonView(BaseModel):
    """What was written."""

    files: list[str]
