"""Parameters on the wire."""

from pydantic import ConfigDict
from typing_extensions import TypedDict


class ParameterData(TypedDict, total=False):
    """A parameter as its spec file says it, listed under its key; keys that we do not know are kept."""

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]  # pydantic's way to set up a typed dict

    name: str
    """What forms show, calls send and the handler gets, where that is not the key."""
    value_type: str
    description: str
    default_value: object
    value_range: str | list[object]
    optional: bool
