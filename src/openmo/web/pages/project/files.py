"""A project's files, for reading."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from fastapi import APIRouter, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.core.errors import NotFound
from openmo.core.hostile.files import FileEntry, FileView
from openmo.core.messages import message
from openmo.web.documents.values import Formatted
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.project.head import ProjectHead, project_head
from openmo.web.pages.rendering import render
from openmo.web.policy import needs
from openmo.web.services import Services

router = APIRouter(prefix="/projects/{owner}/{name}/files")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One folder of the way to a file."""

    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderPage:
    head: ProjectHead
    steps: tuple[Step, ...]
    path: str
    entries: tuple[FileEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage:
    head: ProjectHead
    steps: tuple[Step, ...]
    view: FileView
    shown: Formatted
    """Source, Markdown or a notebook's cells; empty for other kinds."""


def steps_to(path: str) -> tuple[Step, ...]:
    """The folders from the top down to `path`, itself included."""
    parts = PurePosixPath(path).parts if path else ()
    return tuple(Step(name=part, path="/".join(parts[: index + 1])) for index, part in enumerate(parts))


@router.get("", dependencies=needs(Kind.PROJECT, Verb.SEE))
@router.get("/{path:path}", dependencies=needs(Kind.PROJECT, Verb.SEE))
def browse(*, request: Request, services: Use, actor: Who, owner: str, name: str, path: str = "") -> Response:
    """A folder's list or a file's content."""
    head = project_head(services, actor, owner, name, tab="files")
    path = path.strip("/")
    entry = _entry(services, actor, head, path)
    if entry is None or entry.is_folder:
        listed = services.files.list(actor, head.project, path)
        entries = tuple(sorted(listed, key=lambda one: (not one.is_folder, one.name.lower())))
        folder = FolderPage(head=head, steps=steps_to(path), path=path, entries=entries)
        return render(request, "project/folder.html", folder)
    view = services.files.view(actor, head.project, path)
    page = FilePage(head=head, steps=steps_to(path), view=view, shown=file_shown(services, view))
    return render(request, "project/file.html", page)


def _entry(services: Use, actor: Who, head: ProjectHead, path: str) -> FileEntry | None:
    """What lies at `path`; None for the top folder; raises NotFound."""
    if not path:
        return None
    parent, _, _ = path.rpartition("/")
    for entry in services.files.list(actor, head.project, parent):
        if entry.path == path:
            return entry
    raise NotFound(message("There is no %(path)s in this project.", path=repr(path[:120])))


def file_shown(services: Services, view: FileView) -> Formatted:
    """Source, Markdown or a notebook's cells as a page shows them; empty for other kinds."""
    if view.kind == "markdown":
        return services.documents.markdown(view.text)
    if view.kind == "notebook" and (notebook := services.documents.notebook(view.text)).cells is not None:
        return notebook
    if view.kind in ("text", "notebook"):
        return services.documents.source(view.text, name=view.entry.name, numbered=True)
    return Formatted()
