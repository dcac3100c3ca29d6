"""A project once more, as the beginning of a module."""

import contextlib
import secrets
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.core.errors import Forbidden, NotFound
from openmo.core.hostile.trees import remove_tree
from openmo.core.references import Reference
from openmo.core.space import DiskSpace
from openmo.languages.language import Language
from openmo.projects.imports.service import ImportService
from openmo.projects.publishing.service import PublishingService
from openmo.projects.publishing.skeleton import MAIN
from openmo.projects.service import ProjectService
from openmo.projects.snapshot import is_code
from openmo.projects.values import Project, ProjectKind
from openmo.specs.module import ModuleKind
from openmo.storage.store import ObjectStore


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyChoice:
    """What the copy is called, and how its module begins where there is no main.py."""

    kind: ModuleKind
    language: Language
    title: str = ""
    """Empty: as the project that is copied."""
    name: str = ""
    """Empty: made of the title."""


class ModuleCopying:
    """Copies projects into projects of the kind module."""

    def __init__(
        self,
        projects: ProjectService,
        imports: ImportService,
        publishing: PublishingService,
        store: ObjectStore,
        space: DiskSpace,
    ) -> None:
        self._projects = projects
        self._imports = imports
        self._publishing = publishing
        self._store = store
        self._space = space

    def copy(self, actor: Actor, project: Project, choice: CopyChoice) -> Project:
        """A private project of the kind module with the files and imports of `project`, as they are now.

        Results, hidden files (`.env`) and what is made again are not copied: no secret goes over. Without a main.py it
        begins with the skeleton. Raises Forbidden, InvalidInput, Conflict (name taken), StorageFull.
        """
        check(actor, Verb.CHANGE, project.thing())
        self._space.check()
        made = self._projects.create(
            actor,
            title=choice.title or project.title,
            name=choice.name,
            description=project.description,
            kind=ProjectKind.MODULE,
        )
        try:
            self._copy_files(project, made)
            self._import_all(actor, project, made)
            if not self._projects.folders(made).workspace.has_file(MAIN):
                self._publishing.begin(actor, made, choice.kind, language=choice.language)
        except BaseException:
            self._projects.remove_row(made, actor)
            raise
        return made

    def _copy_files(self, project: Project, made: Project) -> None:
        """Nobody works in the copy yet, whose files are moved into it from beside it."""
        tree = self._store.put_tree(self._projects.folders(project).workspace, keep=_is_copied)
        folders = self._projects.folders(made)
        staged: Path = folders.root / f".copied-{secrets.token_hex(4)}"
        try:
            self._store.copy_tree(tree.digest, staged)
            for path in sorted(staged.rglob("*")):
                if path.is_symlink() or not path.is_dir():
                    folders.workspace.take_in(path, path.relative_to(staged).as_posix())
        finally:
            remove_tree(staged)

    def _import_all(self, actor: Actor, project: Project, made: Project) -> None:
        """What of the imports the actor may still have: a version that was yanked stays with those who had it."""
        for dataset in self._imports.datasets(actor, project):
            with contextlib.suppress(NotFound, Forbidden):
                self._imports.import_dataset(actor, made, dataset.dataset)
        for module in self._imports.modules(actor, project):
            with contextlib.suppress(NotFound, Forbidden):
                reference = Reference(module.module.owner, module.module.name, module.version)
                self._imports.import_module_named(actor, made, reference)


def _is_copied(path: PurePosixPath) -> bool:
    return is_code(path) and path.parts[0] != "modules" and not path.name.startswith(".")
