"""Cells and what is wrong with them, on the wire."""

from collections.abc import Callable

from pydantic import BaseModel

from openmo.core.messages import translated
from openmo.notebooks.selection import PreparedCell
from openmo.specs.cells import Reason
from openmo.specs.mistakes import Mistake, MistakeKind, Severity

Translate = Callable[[str], str]
"""A sentence in the reader's language."""


class CellView(BaseModel):
    """One code cell of a notebook, and whether what is made of the notebook needs it."""

    index: int
    id: str
    ticked: bool
    reason: Reason | None
    needed_for: list[str]
    why: str
    source_head: str
    problem: str

    @classmethod
    def of(cls, cell: PreparedCell, say: Translate) -> "CellView":
        choice = cell.choice
        return cls(
            index=cell.index,
            id=cell.id,
            ticked=cell.ticked,
            reason=choice.reason,
            needed_for=list(choice.needed_for),
            why=translated(cell.why, say),
            source_head=cell.head,
            problem=translated(choice.problem, say),
        )


class MistakeView(BaseModel):
    """One thing to mend or to look at; programs that speak other languages go by `kind` and `subject`."""

    line: int | None
    message: str
    severity: Severity
    kind: MistakeKind
    subject: str

    @classmethod
    def of(cls, mistake: Mistake, say: Translate) -> "MistakeView":
        fields = {name: getattr(mistake, name) for name in cls.model_fields}
        return cls(**{**fields, "message": translated(mistake.message, say)})
