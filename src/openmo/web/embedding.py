"""One part of a page, shown in a frame of JupyterLab: `?embed=log&theme=dark&lang=zh-CN`; of an app's page,
its form; of its owner's pages, the calls.

The page is the same; bars, headings and what else stands around the part are left out by the style sheet, so that what
is built into the page is there in the frame too.
"""

from dataclasses import dataclass

from fastapi import Request

PARTS = frozenset({"log", "charts", "app", "calls"})
"""What `data-part` calls it in the templates."""
_THEMES = frozenset({"light", "dark"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding:
    """How the frame wants the page."""

    part: str
    theme: str
    """`light` or `dark`; empty: as the reader chose for the pages."""
    language: str
    """A language tag as it was sent; empty: as the reader chose for the pages."""


def embedding_of(request: Request) -> Embedding | None:
    """What the address asks for; None for a whole page, which an unknown part gives too."""
    query = request.query_params
    part, theme = query.get("embed", ""), query.get("theme", "")
    if part not in PARTS:
        return None
    return Embedding(part=part, theme=theme if theme in _THEMES else "", language=query.get("lang", ""))
