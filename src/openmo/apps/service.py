"""Apps: reading a project's handler, releasing it, finding the release that answers a call."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from openmo.accounts.access import check, may
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Actor
from openmo.apps.events import deployed, removed, settings_changed
from openmo.apps.owner.limits import LimitBounds, effective_limits
from openmo.apps.owner.settings import AppSettings
from openmo.apps.preparing.candidates import release_selection
from openmo.apps.preparing.proposal import APP_SPEC
from openmo.apps.preparing.service import PreparingService, check_makes_app
from openmo.apps.releases.tree import copy_imports, imports_of, place_tree, sweep_trees
from openmo.apps.releases.trial import check_release
from openmo.apps.releases.versions import answering
from openmo.apps.repository import ReleaseRepository, SettingsRepository
from openmo.apps.values import DEV_VERSION, Channel, Release
from openmo.config.settings import DataFolder
from openmo.core.clock import Clock
from openmo.core.errors import Conflict, InvalidInput, NotFound, Unavailable
from openmo.core.hostile.folder import HostileFolder
from openmo.core.hostile.trees import remove_tree
from openmo.core.ids import ProjectId, ReleaseId, new_id
from openmo.core.messages import message
from openmo.core.space import DiskSpace
from openmo.core.text import some_lines
from openmo.core.versions import Version
from openmo.db.engine import Database
from openmo.environments.service import EnvironmentService
from openmo.events.log import EventLog
from openmo.projects.imports.environments import ImportedEnvironments
from openmo.projects.imports.service import ImportService
from openmo.projects.service import ProjectService
from openmo.projects.snapshot import is_release
from openmo.projects.values import Project
from openmo.serving.directory import AppAccess, DeployedRelease
from openmo.serving.trial import ReleaseTrial
from openmo.specs.files import dump_app_spec
from openmo.storage.store import ObjectStore

_NOTES_LIMIT = 10_000


class AppService:
    """What owners do to publish a project, and what callers need to reach it."""

    def __init__(
        self,
        *,
        database: Database,
        events: EventLog,
        projects: ProjectService,
        imports: ImportService,
        imported: ImportedEnvironments,
        store: ObjectStore,
        environments: EnvironmentService,
        folder: DataFolder,
        clock: Clock,
        trial: ReleaseTrial,
        bounds: LimitBounds,
        preparing: PreparingService,
        space: DiskSpace,
    ) -> None:
        """`bounds`: the administrator's."""
        self._space = space
        self._database = database
        self._events = events
        self._projects = projects
        self._imports = imports
        self._imported = imported
        self._store = store
        self._environments = environments
        self._folder = folder
        self._clock = clock
        self._trial = trial
        self._bounds = bounds
        self._preparing = preparing

    def releases(self, actor: Actor, project: Project) -> tuple[Release, ...]:
        """Newest first; the development version is for those alone who may try it."""
        check(actor, Verb.SEE, project.thing(Kind.RELEASE))
        with self._database.read() as connection:
            found = ReleaseRepository(connection).of_project(project.id)
        mine = may(actor, Verb.TRY, project.thing(Kind.RELEASE))
        return tuple(release for release in found if mine or release.channel is Channel.RELEASE)

    def current(self, actor: Actor, project: Project) -> Release | None:
        """The release that the app's page shows: the one that answers, or else the owner's development version."""
        found = self.releases(actor, project)
        settings = self._settings(project)
        if settings.suspended:
            return next((release for release in found if release.channel is Channel.DEV), None)
        return answering(found, settings) or next(iter(found), None)

    def is_suspended(self, project: Project) -> bool:
        """Whether its owner has suspended the app."""
        return self._settings(project).suspended

    def live(self) -> frozenset[ProjectId]:
        """Projects that have a public release."""
        with self._database.read() as connection:
            return ReleaseRepository(connection).public_apps()

    def deploy(
        self,
        actor: Actor,
        project: Project,
        *,
        version: str | None = None,
        channel: Channel = Channel.RELEASE,
        notes: str = "",
        files: Sequence[str] | None = None,
    ) -> Release:
        """A new immutable release of the project as it is now; the running one is untouched until this one is whole.

        It answers from then on, also where another was activated meanwhile, and resumes an app that had been
        suspended before; one that is suspended meanwhile stays so.
        `version` None: the proposed next one. `files` (paths of files or folders) None: all that a release may hold.
        Raises SpecError, InvalidInput (version not larger, no such file), Conflict (taken), ReleaseCheckFailed,
        StorageFull, and EnvironmentBuilding while an environment of a module that it imports is built.
        """
        verb = Verb.PREPARE if channel is Channel.DEV else Verb.PUBLISH
        check(actor, verb, project.thing(Kind.RELEASE))
        check_makes_app(project)
        self._space.check()
        resume = self.is_suspended(project)
        spec, _, written = self._preparing.read(actor, project)
        workspace = self._projects.folders(project).workspace
        if not written:
            workspace.write(APP_SPEC, dump_app_spec(spec).encode())
        chosen = self._choose_version(project, version, channel)
        self._imported.wait(project.id)
        keep = is_release if files is None else release_selection(workspace, files)
        tree = self._store.put_tree(workspace, keep=keep)
        release = Release(
            id=ReleaseId(new_id()),
            project_id=project.id,
            owner=project.owner,
            project=project.name,
            version=chosen,
            channel=channel,
            tree=tree.digest,
            spec=spec,
            environment=self._environments.current().digest,
            notes=_notes(notes),
            created_at=self._clock.now(),
        )

        def link(folder: HostileFolder) -> None:
            self._imports.link_into(folder, project)

        self._publish(actor, release, project, link, resume=resume)
        return release

    def promote(self, actor: Actor, project: Project, *, version: str | None = None, notes: str = "") -> Release:
        """The development version as a public release: the very files and imports that were tried.

        `version` None: the proposed next one; `notes` empty: those of the development version. Raises NotFound without
        one, also when it is deleted meanwhile, and what `deploy` raises.
        """
        check(actor, Verb.PUBLISH, project.thing(Kind.RELEASE))
        check_makes_app(project)
        self._space.check()
        resume, tried = self.is_suspended(project), self._development(project)
        release = replace(
            tried,
            id=ReleaseId(new_id()),
            version=self._choose_version(project, version, Channel.RELEASE),
            channel=Channel.RELEASE,
            notes=_notes(notes) or tried.notes,
            created_at=self._clock.now(),
        )

        def link(folder: HostileFolder) -> None:
            copy_imports(self._folder.releases / tried.id, folder)
            if self._development(project) != tried:  # its row goes before its folder, so what was copied is whole
                raise Conflict("The development version was replaced meanwhile: try it, then release it.")

        self._publish(actor, release, project, link, resume=resume)
        return release

    def sweep(self) -> None:
        """No files lie among the releases that belong to none: for a start, before anything is deployed."""
        with self._database.read() as connection:
            live = ReleaseRepository(connection).live()
        if live:  # a database without any release may be another one than that of this folder
            sweep_trees(self._folder.releases, live)

    def find(self, owner: str, app: str, version: str | None) -> DeployedRelease | None:
        """The release that answers a call, for the gateway, which checks who may call a private one."""
        try:
            project = self._projects.by_name(owner, app)
        except NotFound:
            return None
        with self._database.read() as connection:
            found = ReleaseRepository(connection).of_project(project.id)
            settings = SettingsRepository(connection).of_project(project.id)
        if version is None:
            release = answering(found, settings) or next(iter(found), None)
        else:
            release = next((item for item in found if item.version == version), None)
        return None if release is None else self._deployed(release, project, settings)

    def public_releases(self, *, after: tuple[str, str] = ("", ""), limit: int = 100) -> tuple[DeployedRelease, ...]:
        """What answers for apps that everybody may call, ordered by owner and name (see the port)."""
        found: list[DeployedRelease] = []
        while (missing := limit - len(found)) > 0:
            with self._database.read() as connection:
                names = ReleaseRepository(connection).public_names(after, missing)
            for owner, name in names:
                # One whose environment is gone hides none of the others.
                with contextlib.suppress(Unavailable, Conflict):
                    if release := self.find(owner, name, None):
                        found.append(release)
            if len(names) < missing:
                break
            after = names[-1]
        return tuple(found)

    def check_deletable(self, actor: Actor, project: Project) -> None:
        """A release never keeps its project from being deleted."""

    def delete_all(self, actor: Actor, project: Project) -> None:
        """Every release of a project that is being deleted."""
        check(actor, Verb.DELETE, project.thing())
        with self._events.begin() as connection:
            repository = ReleaseRepository(connection)
            found = repository.of_project(project.id)
            repository.remove_all(project.id)
            self._events.append(connection, *(removed(actor, release) for release in found))
        for release in found:
            remove_tree(self._folder.releases / release.id)

    def _settings(self, project: Project) -> AppSettings:
        with self._database.read() as connection:
            return SettingsRepository(connection).of_project(project.id)

    def _development(self, project: Project) -> Release:
        with self._database.read() as connection:
            found = ReleaseRepository(connection).of_project(project.id)
        for release in found:
            if release.channel is Channel.DEV:
                return release
        raise NotFound("There is no development version: deploy one first.")

    def _choose_version(self, project: Project, version: str | None, channel: Channel) -> str:
        if channel is Channel.DEV:
            return DEV_VERSION
        proposed = self._preparing.next_version(project)
        if version is None:
            return proposed
        chosen, last = Version.parse(version), self._preparing.last_version(project)
        if last is not None and chosen <= last:
            raise InvalidInput(
                message("Versions only grow: after %(last)s, %(next)s would do.", last=last, next=proposed),
                field="version",
            )
        return str(chosen)

    def _publish(
        self, actor: Actor, release: Release, project: Project, link: Callable[[HostileFolder], None], *, resume: bool
    ) -> None:
        """The release is there once it has answered its trial; callers see the one before, or this one, whole."""
        try:
            place_tree(self._store, release.tree, self._folder.releases / release.id, link)
            check_release(self._trial, self._deployed(release, project, self._settings(project)))
            with self._events.begin() as connection:
                settings = SettingsRepository(connection)
                before = settings.of_project(project.id)
                ReleaseRepository(connection).add(release, resume=resume)
                changed = settings_changed(actor, project.id, before, settings.of_project(project.id))
                self._events.append(connection, deployed(actor, release), *changed)
        except BaseException:
            remove_tree(self._folder.releases / release.id)
            raise
        self._projects.touch(project)

    def _deployed(self, release: Release, project: Project, settings: AppSettings) -> DeployedRelease:
        environment = self._environments.recorded(release.environment)
        folder = self._folder.releases / release.id
        return DeployedRelease(
            release_id=release.id,
            project_id=project.id,
            owner=release.owner,
            app=release.project,
            version=release.version,
            channel=release.channel,
            slug=project.slug,
            access=_access(release, project, settings),
            folder=folder,
            tree=release.tree,
            python=environment.python,
            read_only=(*environment.read_only, *self._environments.readable(), *imports_of(folder)),
            spec=release.spec,
            title=project.title,
            description=project.description,
            limits=effective_limits(settings.limits, self._bounds),
            link=settings.link,
            origins=settings.origins,
            keep_inputs=settings.keep_inputs,
            suspended=settings.suspended and release.channel is Channel.RELEASE,
        )


def _access(release: Release, project: Project, settings: AppSettings) -> AppAccess:
    if release.channel is Channel.DEV:
        return AppAccess.PRIVATE
    return settings.access_of(project)


def _notes(text: str) -> str:
    return some_lines(text, what=message("The release's notes"), limit=_NOTES_LIMIT, field="notes")
