"""Modules on the wire."""

from datetime import datetime

from pydantic import BaseModel

from openmo.core.visibility import Visibility
from openmo.modules.values import Module


class ModuleView(BaseModel):
    """A module as API callers see it."""

    owner: str
    name: str
    identifier: str
    title: str
    description: str
    visibility: Visibility
    version: str
    created_at: datetime
    url: str

    @classmethod
    def of(cls, module: Module) -> "ModuleView":
        names = (name for name in cls.model_fields if name != "url")
        shown = {name: getattr(module, name) for name in names}
        return cls(url=f"/modules/{module.owner}/{module.name}", **shown)


class ModuleList(BaseModel):
    items: list[ModuleView]
