"""Projects: made from a template, seen by those who may, changed by their owner."""

import contextlib
import secrets

from openmo.accounts.access import PLATFORM, absent, check, may, scope_of
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import VISITOR, Actor
from openmo.config.settings import DataFolder
from openmo.core.clock import Clock
from openmo.core.errors import InvalidInput, NotFound
from openmo.core.hostile.folder import HostileFolder
from openmo.core.hostile.trees import remove_tree
from openmo.core.ids import ProjectId, check_name, name_from_title, new_id, new_slug
from openmo.core.messages import message
from openmo.core.references import Reference
from openmo.core.text import one_line, some_lines
from openmo.core.visibility import Visibility
from openmo.db.engine import Database
from openmo.events.log import EventLog
from openmo.events.values import ProjectChanged, ProjectCreated, ProjectDeleted
from openmo.projects.imports.repository import ImportRepository
from openmo.projects.imports.service import ImportService
from openmo.projects.repository import ProjectRepository
from openmo.projects.templates import Templates
from openmo.projects.values import Project, ProjectFolders, ProjectKind, Template

_TITLE_LIMIT = 200
_DESCRIPTION_LIMIT = 4000


class ProjectService:
    """Lists, makes, changes and deletes projects; the one funnel through which a project is reached."""

    def __init__(
        self,
        *,
        database: Database,
        events: EventLog,
        folder: DataFolder,
        imports: ImportService,
        templates: Templates,
        clock: Clock,
    ) -> None:
        self._database = database
        self._events = events
        self._folder = folder
        self._imports = imports
        self._templates = templates
        self._clock = clock

    def list_public(self, actor: Actor, *, limit: int = 60, offset: int = 0) -> tuple[Project, ...]:
        """Public projects of everybody, last changed first."""
        del actor
        with self._database.read() as connection:
            return ProjectRepository(connection).public(limit=limit, offset=offset)

    def list_own(self, actor: Actor) -> tuple[Project, ...]:
        """The actor's projects, last changed first."""
        scope = scope_of(actor)
        if scope is None:
            return ()
        with self._database.read() as connection:
            found = ProjectRepository(connection).of_owner(scope.owner_id)
        return tuple(project for project in found if may(actor, Verb.SEE, project.thing()))

    def get(self, actor: Actor, owner: str, name: str) -> Project:
        """Raises NotFound, alike for what is not there and what the actor may not see."""
        with self._database.read() as connection:
            project = ProjectRepository(connection).by_name(owner, name)
        if project is None:
            raise absent(Kind.PROJECT, f"{owner[:80]}/{name[:80]}")
        check(actor, Verb.SEE, project.thing())
        return project

    def by_slug(self, slug: str) -> Project:
        """For the spawner, which knows projects by their server's name; raises NotFound."""
        with self._database.read() as connection:
            project = ProjectRepository(connection).by_slug(slug)
        if project is None:
            raise NotFound(
                message("There is no project with the server name %(slug)s. Was it deleted?", slug=repr(slug[:40]))
            )
        return project

    def by_id(self, project_id: ProjectId) -> Project:
        """For processes that act on behalf of nobody (the runner, the gateway); raises NotFound."""
        with self._database.read() as connection:
            project = ProjectRepository(connection).by_id(project_id)
        if project is None:
            raise NotFound("The project was deleted.")
        return project

    def by_name(self, owner: str, name: str) -> Project:
        """As `by_id`, by its names; raises NotFound."""
        with self._database.read() as connection:
            project = ProjectRepository(connection).by_name(owner, name)
        if project is None:
            raise absent(Kind.PROJECT, f"{owner[:80]}/{name[:80]}")
        return project

    def folders(self, project: Project) -> ProjectFolders:
        return ProjectFolders(root=self._folder.projects / project.id)

    def templates(self) -> tuple[Template, ...]:
        return self._templates.all()

    def create(
        self,
        actor: Actor,
        *,
        title: str,
        name: str = "",
        description: str = "",
        kind: ProjectKind | None = None,
        visibility: Visibility = Visibility.PRIVATE,
        template: str = "blank",
    ) -> Project:
        """A new project, filled from its template, imports included.

        `name` empty: made of the title. Raises NotSignedIn, Forbidden, InvalidInput, Conflict (name taken).
        """
        check(actor, Verb.CREATE_PROJECT, PLATFORM)
        assert actor.account is not None  # noqa: S101 (guests make no projects)
        chosen = self._templates.get(template)
        title = _check_title(title or name)
        now = self._clock.now()
        project = Project(
            id=ProjectId(new_id()),
            owner_id=actor.account.id,
            owner=actor.account.name,
            name=check_name(name, what=message("project name")) if name else self._free_name(actor, title, chosen),
            title=title,
            description=_check_description(description),
            kind=kind or chosen.kind,
            visibility=visibility,
            slug=new_slug(name or title),
            created_at=now,
            updated_at=now,
        )
        try:
            self._make_folders(project, chosen)
            with self._events.begin() as connection:
                ProjectRepository(connection).add(project)
                created = ProjectCreated(actor_id=actor.account_id, project_id=project.id, name=project.name)
                self._events.append(connection, created)
            self._import_all(actor, project, chosen)
        except BaseException:
            self._remove(project, actor)
            self._discard_folders(project)
            raise
        return project

    def update(
        self,
        actor: Actor,
        project: Project,
        *,
        title: str | None = None,
        description: str | None = None,
        visibility: Visibility | None = None,
    ) -> Project:
        """The project as changed; None leaves a field as it is."""
        check(actor, Verb.CHANGE, project.thing())
        if visibility not in (None, project.visibility):
            check(actor, Verb.SHARE, project.thing())
        changes = {
            "title": None if title is None else _check_title(title),
            "description": None if description is None else _check_description(description),
            "visibility": visibility,
        }
        names = tuple(name for name, value in changes.items() if value is not None)
        with self._events.begin() as connection:
            ProjectRepository(connection).change(project.id, self._clock.now(), **changes)
            changed = ProjectChanged(actor_id=actor.account_id, project_id=project.id, fields=names)
            self._events.append(connection, changed)
        return self.by_id(project.id)

    def touch(self, project: Project) -> None:
        """The project counts as changed now; what was changed since `project` was read stays."""
        with self._database.begin() as connection:
            ProjectRepository(connection).change(project.id, self._clock.now())

    def remove_row(self, project: Project, actor: Actor = VISITOR) -> None:
        """The last step of deleting; what else belongs to the project must be gone (see `jobs` and `apps`)."""
        self._remove(project, actor)
        self._discard_folders(project)

    def _free_name(self, actor: Actor, title: str, template: Template) -> str:
        """Made of the title; of the template where the title has neither Latin letters nor Chinese."""
        assert actor.account is not None  # noqa: S101 (the only caller has checked)
        with self._database.read() as connection:
            taken = ProjectRepository(connection).names(actor.account.id)
        base = name_from_title(title, fallback="project" if template.name == "blank" else template.name)
        if base not in taken:
            return base
        return next(name for number in range(2, 10_000) if (name := f"{base[:58]}-{number}") not in taken)

    def _make_folders(self, project: Project, template: Template) -> None:
        folders = self.folders(project)
        folders.root.mkdir(mode=0o700)
        for folder in (folders.home, folders.temporary):
            HostileFolder(folders.root).make(folder.whereabouts.name)
        self._templates.fill(template, folders.root / "workspace")  # ours: its row comes later, and with it its user
        for name in ("datasets", "modules", "results"):
            folders.workspace.make(name)

    def _import_all(self, actor: Actor, project: Project, template: Template) -> None:
        for dataset in template.datasets:
            self._imports.import_dataset_named(actor, project, Reference.parse(dataset))
        for dataset in template.optional_datasets:
            with contextlib.suppress(NotFound):
                self._imports.import_dataset_named(actor, project, Reference.parse(dataset))
        for module in template.modules:
            self._imports.import_module_named(actor, project, Reference.parse(module, versioned=True))

    def _remove(self, project: Project, actor: Actor) -> None:
        with self._database.read() as connection:
            if ProjectRepository(connection).by_id(project.id) is None:  # it was never there: nothing to wait for
                return
        with self._events.begin() as connection:
            projects = ProjectRepository(connection)
            if projects.by_id(project.id) is None:  # another has done it meanwhile
                return
            deleted = ProjectDeleted(actor_id=actor.account_id, project_id=project.id, name=project.name)
            self._events.append(connection, deleted)
            ImportRepository(connection).remove_all(project.id)
            projects.remove(project.id)

    def _discard_folders(self, project: Project) -> None:
        root = self.folders(project).root
        doomed = root.with_name(f".deleted-{root.name}-{secrets.token_hex(4)}")
        try:
            root.rename(doomed)  # at once out of everybody's sight, also when removing takes long
        except FileNotFoundError:
            return
        remove_tree(doomed)


def _check_title(title: str) -> str:
    title = one_line(title, what=message("The title"), limit=_TITLE_LIMIT, field="title")
    if not title:
        raise InvalidInput("Give the project a title.", field="title")
    return title


def _check_description(description: str) -> str:
    return some_lines(description, what=message("The description"), limit=_DESCRIPTION_LIMIT, field="description")
