"""/api/v1/notebooks: notebooks as Python files."""

from fastapi import APIRouter
from pydantic import BaseModel

from openmo.accounts.rights import Kind, Verb
from openmo.notebooks.bounded import export_bounded
from openmo.web.policy import needs

BODY_LIMIT = 64 << 20
"""Bytes of a notebook, whose outputs hold pictures."""
router = APIRouter(prefix="/notebooks", tags=["notebooks"], max_body_size=BODY_LIMIT)


class NotebookDraft(BaseModel):
    """A notebook to convert."""

    name: str = "notebook.ipynb"
    notebook: dict[str, object]


class PythonSource(BaseModel):
    source: str


@router.post("/export", dependencies=needs(Kind.PLATFORM, Verb.WORK))
def export(draft: NotebookDraft) -> PythonSource:
    """The notebook as a file that runs under plain Python."""
    return PythonSource(source=export_bounded(draft.notebook, draft.name))
