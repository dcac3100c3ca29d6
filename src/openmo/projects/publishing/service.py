"""From a project to the module that others import."""

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.core.errors import Conflict
from openmo.languages.language import Language
from openmo.projects.publishing.skeleton import MAIN, README, SkeletonChoice, Skeletons, module_name
from openmo.projects.service import ProjectService
from openmo.projects.values import Project, ProjectKind
from openmo.specs.module import ModuleKind


class PublishingService:
    """What owners do to make a module of a project."""

    def __init__(self, *, projects: ProjectService, skeletons: Skeletons) -> None:
        self._projects = projects
        self._skeletons = skeletons

    def begin(
        self, actor: Actor, project: Project, kind: ModuleKind, *, language: Language, replace_readme: bool = False
    ) -> tuple[str, ...]:
        """The skeleton's files are in the workspace; returns their names.

        What is there stays, with `replace_readme` all but a README.

        Raises Conflict where there is a main.py, and for a project that makes an app.
        """
        check(actor, Verb.PREPARE, project.thing())
        if project.kind is not ProjectKind.MODULE:
            raise Conflict("This project makes an app: a module begins with a project of the kind module.")
        workspace = self._projects.folders(project).workspace
        if workspace.has_file(MAIN):
            raise Conflict("There is a main.py already: rename or delete it to begin again.")
        files = self._skeletons.files(
            SkeletonChoice(
                kind=kind,
                owner=project.owner,
                name=module_name(project.name),
                title=project.title,
                language=language,
            )
        )
        written = [name for name in files if (replace_readme and name == README) or not workspace.has_file(name)]
        for name in written:
            workspace.write(name, files[name].encode())
        self._projects.touch(project)
        return tuple(written)
