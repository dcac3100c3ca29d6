"""Importing datasets and modules into a project: each becomes a link in its workspace, never a copy."""

import contextlib
from dataclasses import replace
from pathlib import Path

from openmo.accounts.access import check, may
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.config.settings import DataFolder
from openmo.core.clock import Clock
from openmo.core.errors import Conflict, NotFound
from openmo.core.hostile.folder import HostileFolder
from openmo.core.ids import ProjectId
from openmo.core.messages import message
from openmo.core.references import Reference
from openmo.datasets.repository import DatasetRepository
from openmo.datasets.service import DatasetService, version_of, visible_dataset
from openmo.datasets.values import Dataset, version_number
from openmo.db.engine import Database
from openmo.environments.modules import ModuleEnvironments
from openmo.events.log import EventLog
from openmo.events.values import DatasetImported, DatasetImportRemoved, ModuleImported, ModuleImportRemoved
from openmo.modules.repository import ModuleRepository
from openmo.modules.service import ModuleService
from openmo.modules.values import DEV, Module
from openmo.projects.imports.environments import ImportedEnvironments
from openmo.projects.imports.repository import ImportRepository
from openmo.projects.imports.values import DatasetImport, ModuleImport
from openmo.projects.values import Project, ProjectFolders


class ImportService:
    """What projects import; the project itself was looked up through `ProjectService`, the funnel for projects."""

    def __init__(
        self,
        *,
        database: Database,
        events: EventLog,
        datasets: DatasetService,
        modules: ModuleService,
        environments: ModuleEnvironments,
        imported: ImportedEnvironments,
        folder: DataFolder,
        clock: Clock,
    ) -> None:
        self._database = database
        self._events = events
        self._datasets = datasets
        self._modules = modules
        self._environments = environments
        self._imported = imported
        self._folder = folder
        self._clock = clock

    def import_dataset(
        self, actor: Actor, project: Project, dataset: Dataset, version: int | None = None
    ) -> DatasetImport:
        """The version (None: the newest) appears in the project's `datasets` folder, whatever its size.

        It takes the place of another version of the dataset.

        Raises Conflict when something else stands at its place there: a file of the user's, or another dataset whose
        owner and name happen to read the same (`a-b` of `c`, and `b` of `c-a`); Damaged where its files are.
        """
        check(actor, Verb.IMPORT, project.thing())
        self._datasets.check_files(actor, dataset, version)
        with self._events.begin() as connection:
            dataset = visible_dataset(connection, actor, dataset.owner, dataset.name)
            number = version_of(connection, dataset, version).number
            imports, now = ImportRepository(connection), self._clock.now()
            for other in imports.datasets(project.id):
                if other.dataset.id != dataset.id and other.dataset.folder == dataset.folder:
                    raise Conflict(
                        message(
                            "%(name)s has the same folder here: remove its import first.", name=other.dataset.full_name
                        )
                    )
            imports.add_dataset(project.id, dataset.id, number, now)
            if actor.account_id is not None:
                DatasetRepository(connection).marks().note_use(actor.account_id, dataset.id, now)
            imported = DatasetImported(
                actor_id=actor.account_id, project_id=project.id, dataset_id=dataset.id, version=number
            )
            self._events.append(connection, imported)
            path = self._datasets.path(dataset, number, reader=project.owner_id)
            self._workspace(project).place_link(f"datasets/{dataset.folder}", path)
        return next(item for item in self.datasets(actor, project) if item.dataset.id == dataset.id)

    def remove_dataset(self, actor: Actor, project: Project, dataset: Dataset | Reference) -> None:
        """The entry goes; the data stays. Also of a dataset that the actor may no longer see."""
        check(actor, Verb.IMPORT, project.thing())
        named = f"{dataset.owner}/{dataset.name}"
        with self._events.begin() as connection:
            imports = ImportRepository(connection)
            found = next((item for item in imports.datasets(project.id) if item.dataset.full_name == named), None)
            if found is None:
                raise NotFound(message("The project does not import %(name)s.", name=named[:200]))
            imports.remove_dataset(project.id, found.dataset.id)
            removed = DatasetImportRemoved(
                actor_id=actor.account_id, project_id=project.id, dataset_id=found.dataset.id
            )
            self._events.append(connection, removed)
        self._workspace(project).remove_link(found.folder)

    def import_module(self, actor: Actor, project: Project, module: Module, version: str = "") -> ModuleImport:
        """The version (empty: the newest) appears in the project's `modules` folder, whatever its size.

        Its files are checked against its digest first. Raises NotFound, Forbidden, Damaged.
        """
        check(actor, Verb.IMPORT, project.thing())
        module = self._modules.get(actor, module.owner, module.name)
        found = self._modules.checked(actor, module, version)
        version = found.version
        self._imported.record(module, found)
        with self._events.begin() as connection:
            now = self._clock.now()
            ImportRepository(connection).add_module(project.id, module.id, version, now)
            if actor.account_id is not None:
                ModuleRepository(connection).marks().note_use(actor.account_id, module.id, now)
            imported = ModuleImported(
                actor_id=actor.account_id, project_id=project.id, module_id=module.id, version=version
            )
            self._events.append(connection, imported)
            entry = f"modules/{module.owner}/{module.name}/{version}"
            self._workspace(project).place_link(entry, self._modules.path(module, version))
        done = next(
            item for item in self.modules(actor, project) if item.module.id == module.id and item.version == version
        )
        self._imported.link(self._workspace(project), done)
        return done

    def remove_module(self, actor: Actor, project: Project, reference: Reference) -> None:
        """The version's entry goes from the project; the module stays. Raises NotFound where it was not imported.

        Also of a module that the actor may no longer see.
        """
        check(actor, Verb.IMPORT, project.thing())
        found = next((item for item in self._all(project)[1] if item.identifier == str(reference)), None)
        if found is None:
            raise NotFound(message("The project does not import %(name)s.", name=str(reference)[:200]))
        with self._events.begin() as connection:
            ImportRepository(connection).remove_module(project.id, found.module.id, found.version)
            removed = ModuleImportRemoved(
                actor_id=actor.account_id, project_id=project.id, module_id=found.module.id, version=found.version
            )
            self._events.append(connection, removed)
        self._workspace(project).remove_link(found.folder)
        self._workspace(project).remove_link(found.environment_link)

    def import_dataset_named(self, actor: Actor, project: Project, reference: Reference) -> DatasetImport:
        """As `import_dataset`; raises NotFound for a dataset or version that the actor may not see."""
        dataset = self._datasets.get(actor, reference.owner, reference.name)
        return self.import_dataset(actor, project, dataset, version_number(reference.version))

    def import_module_named(self, actor: Actor, project: Project, reference: Reference) -> ModuleImport:
        """As `import_module`; raises NotFound for a module that the actor may not see."""
        module = self._modules.get(actor, reference.owner, reference.name)
        return self.import_module(actor, project, module, reference.version)

    def datasets(self, actor: Actor, project: Project) -> tuple[DatasetImport, ...]:
        """By name, as far as the actor may see them; those that their owners have hidden are there for importers."""
        imports = may(actor, Verb.IMPORT, project.thing())
        found = (replace(item, hidden=not may(actor, Verb.SEE, item.dataset.thing())) for item in self._all(project)[0])
        return tuple(item for item in found if imports or not item.hidden)

    def modules(self, actor: Actor, project: Project) -> tuple[ModuleImport, ...]:
        """By name and version, as far as the actor may see them."""
        return tuple(
            item
            for item in self._all(project)[1]
            if may(actor, Verb.TRY if item.version == DEV else Verb.SEE, item.module.thing())
        )

    def importing(self, actor: Actor, thing: Dataset | Module) -> frozenset[ProjectId]:
        """The actor's own projects that import it, in any version."""
        if actor.account is None:
            return frozenset()
        with self._database.read() as connection:
            return ImportRepository(connection).importing(actor.account.id, thing.id)

    def readable_paths(self, project: Project) -> tuple[Path, ...]:
        """The immutable folders that the project's jobs and apps may read."""
        return tuple(path for _, path in self._links(project))

    def readable_zones(self, project: Project) -> tuple[Path, ...]:
        """Folders that a long-lived kernel may read, so that what is imported later is there at once."""
        return (*self._datasets.zones(project.owner_id), *self._modules.zones(project.owner_id))

    def link_into(self, folder: HostileFolder, project: Project) -> None:
        """`datasets/…` and `modules/…` appear in a copy of the project's code, as in the notebook.

        Where the code holds a copy of its own in a module's place, that copy stays.
        """
        folder.make("datasets")
        for entry, target in self._links(project):
            if entry.startswith("datasets/"):
                folder.place_link(entry, target)
            else:
                with contextlib.suppress(Conflict):
                    folder.place_link(entry, target)

    def _links(self, project: Project) -> tuple[tuple[str, Path], ...]:
        """Each import's entry in the workspace and the immutable folder that it stands for."""
        datasets, modules = self._all(project)
        places = ((item, self._environments.place(item.environment)) for item in modules if item.environment)
        return (
            *(
                (item.folder, self._datasets.path(item.dataset, item.version, reader=project.owner_id))
                for item in datasets
            ),
            *((item.folder, self._modules.path(item.module, item.version)) for item in modules),
            *((item.environment_link, place) for item, place in places if place is not None),
        )

    def _all(self, project: Project) -> tuple[tuple[DatasetImport, ...], tuple[ModuleImport, ...]]:
        with self._database.read() as connection:
            imports = ImportRepository(connection)
            return imports.datasets(project.id), imports.modules(project.id)

    def _workspace(self, project: Project) -> HostileFolder:
        return ProjectFolders(root=self._folder.projects / project.id).workspace
