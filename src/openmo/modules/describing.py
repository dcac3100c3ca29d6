"""What is said of a module, changed without publishing anything."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.core.catalogue import Category, check_tags
from openmo.core.clock import Clock
from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.core.text import one_line, some_lines
from openmo.db.engine import Database
from openmo.modules.repository import ModuleRepository
from openmo.modules.service import ModuleService
from openmo.modules.values import Module

TITLE_LIMIT = 200
DESCRIPTION_LIMIT = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleChange:
    """What is to be said from now on; None leaves it as it is."""

    title: str | None = None
    description: str | None = None
    category: Category | None = None
    tags: Sequence[str] | None = None
    callable: bool | None = None


class DescribingService:
    """Changes titles, descriptions, categories and tags, and whether people may try a module."""

    def __init__(self, database: Database, modules: ModuleService, clock: Clock) -> None:
        self._database = database
        self._modules = modules
        self._clock = clock

    def change(self, actor: Actor, module: Module, wanted: ModuleChange) -> Module:
        """Raises Forbidden for all but the owner, and InvalidInput."""
        module = self._modules.get(actor, module.owner, module.name)
        check(actor, Verb.CHANGE, module.thing())
        changed = _changed(module, wanted)
        if changed != module:
            self._save(replace(changed, updated_at=self._clock.now()))
        return self._modules.get(actor, module.owner, module.name)

    def keep(self, module: Module) -> None:
        """The module's row, and by what it is found, are as this version of OpenMo writes them."""
        self._save(module)

    def _save(self, module: Module) -> None:
        with self._database.begin() as connection:
            ModuleRepository(connection).save(module)


def _changed(module: Module, wanted: ModuleChange) -> Module:
    title = module.title if wanted.title is None else wanted.title
    description = module.description if wanted.description is None else wanted.description
    title = one_line(title, what=message("The title"), limit=TITLE_LIMIT, field="title")
    if not title:
        raise InvalidInput("Give it a title.", field="title")
    return replace(
        module,
        title=title,
        description=some_lines(
            description, what=message("The description"), limit=DESCRIPTION_LIMIT, field="description"
        ),
        category=wanted.category or module.category,
        tags=module.tags if wanted.tags is None else check_tags(wanted.tags),
        callable=module.callable if wanted.callable is None else wanted.callable,
    )
