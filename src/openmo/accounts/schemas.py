"""Accounts on the wire."""

from pydantic import BaseModel


class Me(BaseModel):
    """Who is calling."""

    name: str | None
    """None for a visitor."""
    admin: bool
