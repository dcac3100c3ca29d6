"""Modules: published versions.

Zones are as for datasets: public trees below `modules/public`, private ones below `modules/private/<account>`.
"""

import shutil
from pathlib import Path

from openmo.accounts.access import absent, check
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Account, Actor
from openmo.config.settings import DataFolder
from openmo.core.clock import Clock
from openmo.core.errors import InvalidInput
from openmo.core.hostile.files import FileEntry, list_folder, read_readme
from openmo.core.hostile.folder import HostileFolder
from openmo.core.ids import AccountId, ModuleId, check_name, new_id
from openmo.core.messages import message
from openmo.core.versions import Version
from openmo.core.visibility import Visibility
from openmo.db.engine import Database
from openmo.modules.repository import ModuleRepository
from openmo.modules.values import Module
from openmo.storage.store import ObjectStore

_SPEC = "module_spec.yml"


class ModuleService:
    """Lists, shows and makes modules."""

    def __init__(self, database: Database, store: ObjectStore, folder: DataFolder, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._folder = folder
        self._clock = clock

    def list_visible(self, actor: Actor) -> tuple[Module, ...]:
        """Public modules and the actor's own, newest first."""
        with self._database.read() as connection:
            return ModuleRepository(connection).visible(actor.account.id if actor.account else None)

    def get(self, actor: Actor, owner: str, name: str) -> Module:
        """Raises NotFound, also for what the actor may not see."""
        with self._database.read() as connection:
            module = ModuleRepository(connection).by_name(owner, name)
        if module is None:
            raise absent(Kind.MODULE, f"{owner[:80]}/{name[:80]}")
        check(actor, Verb.SEE, module.thing())
        return module

    def versions(self, actor: Actor, module: Module) -> tuple[str, ...]:
        """Newest first."""
        self.get(actor, module.owner, module.name)
        with self._database.read() as connection:
            found = ModuleRepository(connection).versions(module.id)
        return tuple(sorted(found, key=Version.parse, reverse=True))

    def spec_text(self, actor: Actor, module: Module) -> str:
        """The newest version's module_spec.yml."""
        self.get(actor, module.owner, module.name)
        with self._database.read() as connection:
            return ModuleRepository(connection).spec(module.id, module.version)

    def create(
        self,
        owner: Account,
        *,
        name: str,
        version: str,
        title: str,
        description: str,
        visibility: Visibility,
        source: Path,
    ) -> Module:
        """The first version of a new module, made of the files below `source`; raises Conflict for a taken name."""
        check_name(name, what=message("module name"))
        Version.parse(version)
        files = HostileFolder(source)
        if not (files.has_file("main.py") and files.has_file(_SPEC)):
            raise InvalidInput("A module needs main.py and module_spec.yml.", field="files")
        spec = files.read(_SPEC).decode()
        tree = self._store.put_tree(files)
        module = Module(
            id=ModuleId(new_id()),
            owner_id=owner.id,
            owner=owner.name,
            name=name,
            title=title,
            description=description,
            visibility=visibility,
            version=version,
            created_at=self._clock.now(),
        )
        target = self.path(module, version)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._store.link_tree(tree.digest, target)
        try:
            with self._database.begin() as connection:
                ModuleRepository(connection).add(module, tree=tree.digest, spec=spec)
        except BaseException:
            shutil.rmtree(target.parent, ignore_errors=True)
            raise
        return module

    def path(self, module: Module, version: str) -> Path:
        """The immutable folder of a version."""
        public = module.visibility is Visibility.PUBLIC
        zone = self._folder.modules / "public" if public else self._folder.modules / "private" / module.owner_id
        return zone / module.id / version

    def list_files(self, actor: Actor, module: Module, path: str = "") -> tuple[FileEntry, ...]:
        self.get(actor, module.owner, module.name)
        return list_folder(HostileFolder(self.path(module, module.version)), path)

    def readme(self, actor: Actor, module: Module) -> str:
        self.get(actor, module.owner, module.name)
        return read_readme(HostileFolder(self.path(module, module.version)))

    def zones(self, owner: AccountId) -> tuple[Path, ...]:
        """Folders with all that this owner's projects may import, so that a later import is readable at once."""
        return (self._folder.modules / "public", self._folder.modules / "private" / owner)
