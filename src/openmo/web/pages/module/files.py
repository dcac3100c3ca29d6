"""A module's files, for reading, and as they are."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.core.hostile.files import FileEntry, FileView
from openmo.web.documents.links import among_files
from openmo.web.documents.values import Formatted
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.import_target import ProjectQuery
from openmo.web.pages.module.head import ModuleHead, module_head
from openmo.web.pages.project.files import Step, file_shown, steps_to
from openmo.web.pages.project.raw import RAW_LIMIT, raw_answer
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter(prefix="/modules/{owner}/{name}")
VersionQuery = Annotated[str, Query(max_length=64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleFolderPage:
    head: ModuleHead
    steps: tuple[Step, ...]
    entries: tuple[FileEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleFilePage:
    head: ModuleHead
    steps: tuple[Step, ...]
    view: FileView
    shown: Formatted
    """Source, Markdown or a notebook's cells; empty for other kinds."""


@router.get("/files", dependencies=needs(Kind.MODULE, Verb.SEE))
@router.get("/files/{file:path}", dependencies=needs(Kind.MODULE, Verb.SEE))
def browse_module(
    *,
    request: Request,
    services: Use,
    actor: Who,
    owner: str,
    name: str,
    file: str = "",
    version: VersionQuery = "",
    project: ProjectQuery = "",
) -> Response:
    """A folder's list or a file's content, of the newest version or the one that is named."""
    head = module_head(services, actor, owner, name, tab="files", version=version, project=project)
    path = file.strip("/")
    entry = services.module_files.entry(actor, head.module, head.shown, path)
    if entry is None or entry.is_folder:
        listed = services.module_files.list(actor, head.module, head.shown, path)
        folder = ModuleFolderPage(head=head, steps=steps_to(path), entries=listed)
        return render(request, "module/folder.html", folder, section="modules")
    view = services.module_files.view(actor, head.module, head.shown, path)
    shown = with_links(head, file_shown(services, view), folder=path.rpartition("/")[0])
    page = ModuleFilePage(head=head, steps=steps_to(path), view=view, shown=shown)
    return render(request, "module/file.html", page, section="modules")


@router.get("/raw/{file:path}", dependencies=needs(Kind.MODULE, Verb.SEE))
def raw_module_file(
    *, services: Use, actor: Who, owner: str, name: str, file: str, version: VersionQuery = ""
) -> Response:
    """The file's bytes, never as a document of this site: what is no plain image is offered for saving."""
    module = services.modules.get(actor, owner, name)
    shown = services.modules.version(actor, module, version)
    return raw_answer(*services.module_files.read(actor, module, shown, file, limit=RAW_LIMIT))


def with_links(head: ModuleHead, document: Formatted, *, folder: str = "") -> Formatted:
    """A text of the version's with relative links that lead to its other files, and its pictures shown."""
    return among_files(
        document, files=f"{head.address}/files", raw=f"{head.address}/raw", query=head.version_query, folder=folder
    )
