"""Taking a published version back, as far as that is possible: nobody who has it loses it, nobody new is offered it."""

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.core.clock import Clock
from openmo.core.errors import InvalidInput, NotFound
from openmo.core.messages import message
from openmo.core.text import one_line
from openmo.events.log import EventLog
from openmo.events.values import ModuleYanked, ModuleYankUndone
from openmo.modules.repository import ModuleRepository
from openmo.modules.service import ModuleService
from openmo.modules.values import DEV, Module
from openmo.projects.publishing.versions import newest_number

REASON_LIMIT = 500


class YankingService:
    """Yanks versions, and takes that back."""

    def __init__(self, *, events: EventLog, modules: ModuleService, clock: Clock) -> None:
        self._events = events
        self._modules = modules
        self._clock = clock

    def yank(self, actor: Actor, module: Module, version: str, reason: str) -> Module:
        """The version is offered to nobody any more; who has imported it keeps it, and reads why.

        Once more gives another reason. Raises NotFound, InvalidInput.
        """
        reason = one_line(reason, what=message("The reason"), limit=REASON_LIMIT, field="reason")
        check(actor, Verb.MANAGE, module.thing())
        if not reason:
            raise InvalidInput("Say why: everybody who has imported it reads that.", field="reason")
        return self._set(actor, module, version, reason)

    def unyank(self, actor: Actor, module: Module, version: str) -> Module:
        """The version is offered again; raises NotFound."""
        check(actor, Verb.MANAGE, module.thing())
        return self._set(actor, module, version, "")

    def _set(self, actor: Actor, module: Module, version: str, reason: str) -> Module:
        now = self._clock.now()
        kind = ModuleYanked if reason else ModuleYankUndone
        with self._events.begin() as connection:
            repository = ModuleRepository(connection)
            if version == DEV or repository.version(module.id, version) is None:
                raise NotFound(
                    message("%(name)s has no release %(version)s.", name=module.full_name, version=repr(version[:40]))
                )
            repository.set_yanked(module.id, version, now if reason else None, reason)
            repository.set_version(module.id, newest_number(repository.versions(module.id)))
            happened = kind(
                actor_id=actor.account_id,
                owner_id=module.owner_id,
                module_id=module.id,
                version=version,
                project_id=module.project_id,
            )
            self._events.append(connection, happened)
        return self._modules.get(actor, module.owner, module.name)
