"""Modules: what there is, and each of its versions.

Zones are as for datasets: public trees below `modules/public`, private ones below `modules/private/<account>`, where
the `dev` version of every module is.
"""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from openmo.accounts.access import PLATFORM, absent, check, may
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Account, Actor
from openmo.config.settings import DataFolder
from openmo.core.catalogue import PAGE_LIMIT, Category, ListScope, check_tags
from openmo.core.clock import Clock
from openmo.core.errors import InvalidInput, NotFound
from openmo.core.hostile.files import FileEntry, list_folder, read_readme
from openmo.core.hostile.folder import HostileFolder
from openmo.core.ids import AccountId, ModuleId, check_name, new_id
from openmo.core.messages import message
from openmo.core.versions import Version
from openmo.core.visibility import Visibility
from openmo.db.engine import Database
from openmo.environments.modules import ModuleEnvironments
from openmo.modules.repository import ModuleRepository
from openmo.modules.values import (
    DEV,
    Module,
    ModulePage,
    ModuleQuery,
    ModuleVersion,
)
from openmo.specs.files import load_module_spec
from openmo.specs.module import read_module
from openmo.storage.store import ObjectStore

_SOURCE = "main.py"
_SPEC = "module_spec.yml"
_REQUIREMENTS = "requirements.txt"


class ModuleService:
    """Lists, shows and makes modules."""

    def __init__(
        self,
        database: Database,
        store: ObjectStore,
        environments: ModuleEnvironments,
        folder: DataFolder,
        clock: Clock,
    ) -> None:
        self._database = database
        self._store = store
        self._environments = environments
        self._folder = folder
        self._clock = clock

    def search(self, actor: Actor, query: ModuleQuery) -> ModulePage:
        """One page of the modules that the actor may see; raises InvalidInput for a page that there is not."""
        viewer = actor.account_id if may(actor, Verb.WORK, PLATFORM) else None
        if viewer is None and query.scope is not ListScope.ALL:
            return ModulePage(items=(), next="", favourites=frozenset())
        query = replace(query, limit=max(1, min(query.limit, PAGE_LIMIT)))
        with self._database.read() as connection:
            modules = ModuleRepository(connection)
            items, following = modules.search(query, viewer)
            marked = modules.marks().marked(viewer, [item.id for item in items]) if viewer else frozenset()
        return ModulePage(items=items, next=following, favourites=marked)

    def get(self, actor: Actor, owner: str, name: str) -> Module:
        """Raises NotFound, also for what the actor may not see."""
        with self._database.read() as connection:
            module = ModuleRepository(connection).by_name(owner, name)
        if module is None:
            raise absent(Kind.MODULE, f"{owner[:80]}/{name[:80]}")
        check(actor, Verb.SEE, module.thing())
        return module

    def versions(self, actor: Actor, module: Module) -> tuple[ModuleVersion, ...]:
        """Newest first, and before them `dev`, for those who may try it."""
        module = self.get(actor, module.owner, module.name)
        with self._database.read() as connection:
            found = ModuleRepository(connection).versions(module.id)
        shown = (version for version in found if version.version != DEV or may(actor, Verb.TRY, module.thing()))
        return tuple(self._measured(version) for version in sorted(shown, key=lambda one: one.order, reverse=True))

    def version(self, actor: Actor, module: Module, version: str = "") -> ModuleVersion:
        """That version; empty: the newest release, else the newest that the actor may see. Raises NotFound."""
        module = self.get(actor, module.owner, module.name)
        if not (version or module.version):
            return self.versions(actor, module)[0]
        wanted = version or module.version
        with self._database.read() as connection:
            found = ModuleRepository(connection).version(module.id, wanted)
        if found is None or (wanted == DEV and not may(actor, Verb.TRY, module.thing())):
            raise NotFound(
                message(
                    "%(owner)s/%(name)s has no version %(version)s.",
                    owner=module.owner,
                    name=module.name,
                    version=repr(wanted[:40]),
                )
            )
        return self._measured(found)

    def checked(self, actor: Actor, module: Module, version: str = "") -> ModuleVersion:
        """As `version`, after a look whether its files are those of its digest; raises Damaged.

        What was yanked is had by naming it.
        """
        found = self.version(actor, module, version)
        if not version and found.yanked_at is not None:
            raise NotFound(
                message(
                    "Every version of %(name)s was yanked: %(reason)s",
                    name=module.full_name,
                    reason=found.yanked_reason,
                )
            )
        self._store.check_linked(found.tree, self.path(module, found.version))
        return found

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
        category: Category = Category.OTHER,
        tags: Sequence[str] = (),
    ) -> Module:
        """The first version of a new module, made of the files below `source`; raises Conflict for a taken name.

        Its kind is read from main.py, which is not run; raises InvalidInput and SpecError for what is no module. Its
        environment is the present one where that has all that it needs; another is found when somebody imports it.
        """
        check_name(name, what=message("module name"))
        Version.parse(version)
        files = HostileFolder(source)
        if not (files.has_file(_SOURCE) and files.has_file(_SPEC)):
            raise InvalidInput("A module needs main.py and module_spec.yml.", field="files")
        now = self._clock.now()
        made = self._stored(files, version)
        module = Module(
            id=ModuleId(new_id()),
            owner_id=owner.id,
            owner=owner.name,
            name=name,
            title=title,
            description=description,
            visibility=visibility,
            version=version,
            released=True,
            kind=read_module(files.read(_SOURCE).decode(errors="replace")).kind,
            category=category,
            tags=check_tags(tags),
            imports=0,
            callable=False,
            project_id=None,
            created_at=now,
            updated_at=now,
        )
        self._add(module, made)
        return module

    def path(self, module: Module, version: str) -> Path:
        """The folder of a version, which never changes; that of `dev` is replaced."""
        public = module.visibility is Visibility.PUBLIC and version != DEV
        zone = self._folder.modules / "public" if public else self._folder.modules / "private" / module.owner_id
        return zone / module.id / version

    def list_files(self, actor: Actor, module: Module, version: ModuleVersion, path: str = "") -> tuple[FileEntry, ...]:
        return list_folder(self._files(actor, module, version), path)

    def readme(self, actor: Actor, module: Module, version: ModuleVersion) -> str:
        """Markdown; empty: it has none."""
        return read_readme(self._files(actor, module, version))

    def zones(self, owner: AccountId) -> tuple[Path, ...]:
        """Folders with all that this owner's projects may import, so that a later import is readable at once."""
        return (self._folder.modules / "public", self._folder.modules / "private" / owner)

    def is_favourite(self, actor: Actor, module: Module) -> bool:
        """Whether the actor has marked it."""
        if actor.account is None or not may(actor, Verb.FAVOURITE, module.thing()):
            return False
        with self._database.read() as connection:
            return bool(ModuleRepository(connection).marks().marked(actor.account.id, (module.id,)))

    def set_favourite(self, actor: Actor, module: Module, *, marked: bool) -> None:
        """It is among the actor's favourites from now on, or no longer; raises NotSignedIn for guests."""
        check(actor, Verb.FAVOURITE, module.thing())
        assert actor.account is not None  # noqa: S101 (guests have no favourites)
        with self._database.begin() as connection:
            marks = ModuleRepository(connection).marks()
            if marked:
                marks.mark(actor.account.id, module.id, self._clock.now())
            else:
                marks.unmark(actor.account.id, module.id)

    def _files(self, actor: Actor, module: Module, version: ModuleVersion) -> HostileFolder:
        """Of a version that the actor may see; raises NotFound."""
        found = self.version(actor, module, version.version)
        return HostileFolder(self.path(module, found.version))

    def _stored(self, files: HostileFolder, version: str) -> ModuleVersion:
        spec = files.read(_SPEC).decode(errors="replace")
        load_module_spec(spec)
        needs = files.read(_REQUIREMENTS).decode(errors="replace") if files.has_file(_REQUIREMENTS) else ""
        tree = self._store.put_tree(files)
        lines = (line.strip() for line in needs.splitlines())
        environment = self._environments.choose_at_hand(needs)
        return ModuleVersion(
            version=version,
            tree=tree.digest,
            spec=spec,
            created_at=self._clock.now(),
            size=tree.bytes,
            files=tree.files,
            requirements=tuple(line for line in lines if line and not line.startswith("#")),
            environment=environment,
            python=self._environments.python_of(environment),
        )

    def _add(self, module: Module, version: ModuleVersion) -> None:
        target = self.path(module, version.version)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._store.link_tree(version.tree, target)
        try:
            with self._database.begin() as connection:
                ModuleRepository(connection).add(module)
                ModuleRepository(connection).add_version(module.id, version)
        except BaseException:
            shutil.rmtree(target.parent, ignore_errors=True)
            raise

    def _measured(self, version: ModuleVersion) -> ModuleVersion:
        """With its size, which the first releases did not write down."""
        if version.files:
            return version
        tree = self._store.summary(version.tree)
        return replace(version, size=tree.bytes, files=tree.files)
