"""Rows and files of published versions: others see both, or neither."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from openmo.accounts.values import Actor
from openmo.core.errors import Conflict, OpenMoError
from openmo.core.messages import message
from openmo.core.versions import Version
from openmo.core.visibility import Visibility
from openmo.db.engine import Database, Transaction
from openmo.events.log import EventLog
from openmo.events.values import ModulePublished
from openmo.modules.repository import ModuleRepository
from openmo.modules.service import ModuleService
from openmo.modules.values import DEV, Module, ModuleVersion
from openmo.projects.publishing.trees import VersionTrees
from openmo.projects.publishing.versions import check_grows, last_number, newest_number


class Placement:
    """Puts versions in their places."""

    def __init__(self, database: Database, events: EventLog, modules: ModuleService, trees: VersionTrees) -> None:
        self._database = database
        self._events = events
        self._modules = modules
        self._trees = trees

    def place(self, actor: Actor, module: Module, version: ModuleVersion, staged: Path) -> Module:
        """The version is there, and the module as `module` describes it; raises Conflict, InvalidInput.

        The row is written first, so that nobody else places the same version; it counts once all is committed.
        """
        if version.version == DEV:
            return self._place_dev(actor, module, version, staged)
        self._show_public(module)
        try:
            with self._events.begin() as connection:
                stored = self._store(connection, module, version)
                self._trees.place(staged, self._modules.path(module, version.version))
                self._events.append(connection, _published(actor, stored, version))
        except BaseException:
            with suppress(OpenMoError):  # else the next start does it
                self._take_back(module, version)
            raise
        return stored

    def _take_back(self, module: Module, version: ModuleVersion) -> None:
        """Files lie nowhere that have no row; nobody else places any meanwhile."""
        with self._events.begin() as connection:
            repository = ModuleRepository(connection)
            if repository.version(module.id, version.version) is None:
                self._trees.discard(self._modules.path(module, version.version))
            self._hide(module, repository.by_name(module.owner, module.name))

    def _hide(self, module: Module, present: Module | None) -> None:
        """A module that is not public after all lies nowhere that others can read."""
        if present is None or present.visibility is not Visibility.PUBLIC:
            public = replace(module, visibility=Visibility.PUBLIC)
            self._trees.discard(self._modules.path(public, "0.0.0").parent)

    def _place_dev(self, actor: Actor, module: Module, version: ModuleVersion, staged: Path) -> Module:
        link = self._modules.path(module, DEV)
        before: str | None = None
        try:
            with self._events.begin() as connection:
                stored = self._store(connection, module, version)
                before = self._trees.place_dev(staged, link, version.tree)
                self._events.append(connection, _published(actor, stored, version))
        except BaseException:
            if before is not None:
                self._trees.take_back_dev(link, before)
            raise
        self._trees.forget_dev(link, before)
        return stored

    def _store(self, connection: Transaction, module: Module, version: ModuleVersion) -> Module:
        repository = ModuleRepository(connection)
        present = repository.by_name(module.owner, module.name)
        _check_same(present, module)
        dev = version.version == DEV
        known = repository.versions(module.id) if present else ()
        if not dev:
            check_grows(last_number(known), Version.parse(version.version))
        newest = newest_number((*known, version))
        stored = replace(module, version=newest, released=not dev or module.released)
        repository.save(stored)
        if dev:
            repository.remove_version(module.id, DEV)
        repository.add_version(module.id, version)
        return stored

    def _show_public(self, module: Module) -> None:
        """What was private is where everybody may read it, too, when the module becomes public.

        The private folders stay: the owner's projects have links that lead there.
        """
        if module.visibility is not Visibility.PUBLIC:
            return
        with self._database.read() as connection:
            known = ModuleRepository(connection).versions(module.id)
        trees = {each.version: each.tree for each in known if each.version != DEV}
        self._trees.show_in(self._modules.path(module, "0.0.0").parent, trees)

    def sweep(self) -> None:
        """No files of versions lie about that have no row: for a start, before anything is published."""
        self._trees.clear()
        with self._database.read() as connection:
            found = ModuleRepository(connection).all_trees()
        for module, trees in found:
            self._hide(module, module)
            for version in (DEV, "0.0.0"):
                self._trees.sweep(self._modules.path(module, version).parent, trees)


def _check_same(present: Module | None, module: Module) -> None:
    """Raises Conflict where the module was published from another project meanwhile, or before."""
    if present is not None and (present.id != module.id or present.project_id not in (None, module.project_id)):
        raise Conflict(message("You already have a module %(name)s.", name=repr(module.name)), field="name")


def _published(actor: Actor, module: Module, version: ModuleVersion) -> ModulePublished:
    return ModulePublished(
        actor_id=actor.account_id,
        owner_id=module.owner_id,
        module_id=module.id,
        version=version.version,
        project_id=module.project_id,
    )
