"""The files of a project's workspace, for reading, as far as somebody may see them."""

from pathlib import Path

from openmo.accounts.access import check, may
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.core.errors import NotFound
from openmo.core.hostile.files import FileEntry, FileView, list_folder, read_inside, read_readme, view_file
from openmo.core.hostile.paths import relative_path
from openmo.core.messages import message
from openmo.projects.imports.service import ImportService
from openmo.projects.service import ProjectService
from openmo.projects.values import Project

_SCRIPT_SUFFIXES = (".py", ".ipynb")


class ProjectFileService:
    """Lists, shows and reads files; the project itself was looked up through `ProjectService`."""

    def __init__(self, projects: ProjectService, imports: ImportService) -> None:
        self._projects = projects
        self._imports = imports

    def list(self, actor: Actor, project: Project, path: str = "") -> tuple[FileEntry, ...]:
        """One folder of the workspace, imported datasets and modules included as far as the actor may see them."""
        self._check_hidden(actor, project, path)
        return list_folder(self._projects.folders(project).workspace, path, also=self._zones(actor, project))

    def view(self, actor: Actor, project: Project, path: str) -> FileView:
        self._check_hidden(actor, project, path)
        return view_file(self._projects.folders(project).workspace, path, also=self._zones(actor, project))

    def read(self, actor: Actor, project: Project, path: str, *, limit: int) -> tuple[bytes, FileEntry]:
        """Up to `limit` bytes of one file; raises NotFound."""
        self._check_hidden(actor, project, path)
        return read_inside(
            self._projects.folders(project).workspace, path, limit=limit, also=self._zones(actor, project)
        )

    def readme(self, actor: Actor, project: Project) -> str:
        check(actor, Verb.SEE, project.thing())
        return read_readme(self._projects.folders(project).workspace)

    def scripts(self, actor: Actor, project: Project) -> tuple[str, ...]:
        """Python files and notebooks at the top of the workspace, which a job can run."""
        entries = self.list(actor, project)
        return tuple(entry.path for entry in entries if not entry.is_folder and entry.name.endswith(_SCRIPT_SUFFIXES))

    def _check_hidden(self, actor: Actor, project: Project, path: str) -> None:
        """Raises NotFound for what no list shows (`.env`, `.git`), unless it is the actor's own."""
        hidden = any(part.startswith(".") for part in relative_path(path).parts)
        if hidden and not may(actor, Verb.SEE_HIDDEN, project.thing()):
            raise NotFound(message("There is no %(path)s here.", path=repr(path[:120])))

    def _zones(self, actor: Actor, project: Project) -> tuple[Path, ...]:
        zones = self._imports.readable_zones(project)
        if may(actor, Verb.SEE_HIDDEN, project.thing()):
            return zones
        return tuple(zone for zone in zones if zone.name == "public")
