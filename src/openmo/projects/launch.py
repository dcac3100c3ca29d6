"""What a project's JupyterLab needs to start."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openmo.accounts.access import may
from openmo.accounts.rights import Verb
from openmo.accounts.values import Bearer
from openmo.core.errors import NotFound
from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import message
from openmo.environments.recipes import EnvironmentProvider
from openmo.projects.imports.environments import ImportedEnvironments
from openmo.projects.imports.service import ImportService
from openmo.projects.service import ProjectService
from openmo.projects.values import ProjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLaunch:
    """Everything needed to start JupyterLab for one project."""

    project: str
    """`owner/name`, to show."""
    kind: ProjectKind
    """What JupyterLab offers to make of it."""
    workspace: HostileFolder
    """The project's folder: the kernel's working directory and the root of the file browser."""
    home: HostileFolder
    """HOME of the server and its kernels."""
    python_lab: Path
    """Interpreter of the environment that JupyterLab runs in."""
    kernel_python: Path
    """Interpreter of the environment that the project's kernels run in."""
    api_url: str
    """The platform's REST API, for the Lab extension."""
    read_only: tuple[Path, ...] = ()
    """Datasets, modules and whatever else the project may read."""


class LaunchService:
    """Finds the project that a notebook server is for, by the server's name, which never changes."""

    def __init__(
        self,
        *,
        projects: ProjectService,
        imports: ImportService,
        imported: ImportedEnvironments,
        environments: EnvironmentProvider,
        python_lab: Callable[[], Path],
        api_url: str,
    ) -> None:
        """`python_lab`: finds the interpreter of JupyterLab at each launch: the Hub may start before it is built."""
        self._projects = projects
        self._imports = imports
        self._imported = imported
        self._environments = environments
        self._python_lab = python_lab
        self._api_url = api_url

    def launch(self, username: str, slug: str) -> ProjectLaunch:
        """The launch of the project with that slug; raises NotFound, also for a project of somebody else."""
        if not slug:
            raise NotFound("Open a project from its page: there is no server without a project.")
        project = self._projects.by_slug(slug)
        if not may(Bearer(name=username), Verb.OPEN_LAB, project.thing()):
            raise NotFound(message("You have no project with the server name %(slug)s.", slug=repr(slug)))
        folders = self._projects.folders(project)
        self._imported.relink(project.id)
        base = self._environments.base()
        return ProjectLaunch(
            project=project.full_name,
            kind=project.kind,
            workspace=folders.workspace,
            home=folders.home,
            python_lab=self._python_lab(),
            kernel_python=base.python,
            api_url=self._api_url,
            read_only=(
                *base.read_only,
                *self._environments.readable(),
                *self._imports.readable_zones(project),
            ),
        )
