"""What formatting takes and gives, also as messages between the web service and its child."""

from typing import Literal

import msgspec
from markupsafe import Markup

CPU_SECONDS = 1.0
"""Processor time for one document; what takes longer is formatted without colours and links, else shown as it is."""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A text and how to read it."""

    form: Literal["markdown", "source", "notebook"]
    text: str
    name: str = ""
    """Of a source: the file's name, which says the language."""
    numbered: bool = False
    """Of a source: with line numbers."""
    plain: bool = False
    """Without colours and links, which is what can take long."""


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """What a cell wrote."""

    kind: Literal["text", "error", "image"]
    text: str = ""
    image: str = ""
    """A data: address."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell as the page shows it."""

    kind: Literal["markdown", "code"]
    html: str
    """Safe."""
    outputs: tuple[Output, ...] = ()

    @property
    def markup(self) -> Markup:
        """As pages show it."""
        return Markup(self.html)  # noqa: S704 (escaped or sanitised by the child)


class Formatted(msgspec.Struct, frozen=True, kw_only=True):
    """A document for a page."""

    html: str = ""
    """Safe; empty for notebooks."""
    cells: tuple[Cell, ...] | None = None
    """A notebook's first 400 cells; None for what is no notebook."""
    plain: bool = False
    """Whether it took too long to format, and so is shown with less form than it has, or with none."""

    @property
    def markup(self) -> Markup:
        """As pages show it."""
        return Markup(self.html)  # noqa: S704 (escaped or sanitised by the child)
