"""Calls of published modules by people who have not imported them."""

from collections.abc import Mapping

from openmo.accounts.access import check, may
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.core.errors import Forbidden
from openmo.core.messages import message
from openmo.environments.service import EnvironmentService
from openmo.modules.service import ModuleService
from openmo.modules.trying.calls import Called, CallTarget, MethodCalls
from openmo.modules.values import Module
from openmo.serving.kept_files import StoredFile
from openmo.specs.errors import SpecError
from openmo.specs.files import load_module_spec


class ModuleCallService:
    """One call of one method of one version."""

    def __init__(self, modules: ModuleService, environments: EnvironmentService, calls: MethodCalls) -> None:
        self._modules = modules
        self._environments = environments
        self._calls = calls

    def call(self, actor: Actor, module: Module, version: str, method: str, values: Mapping[str, object]) -> Called:
        """Blocks until it has ended, in the sandbox and in the version's environment.

        Raises Forbidden where the module's owner lets nobody try it, InvalidInput, ModuleFailed, ModuleTimedOut,
        TooManyRequests, and EnvironmentBuilding while its environment is not there.
        """
        check_callable(actor, module)
        found = self._modules.checked(actor, module, version)
        digest = found.environment
        target = CallTarget(
            owner=module.owner,
            name=module.name,
            version=found.version,
            folder=self._modules.path(module, found.version).resolve(),
            method=found.method(method),
            environment=self._environments.recorded(digest) if digest else self._environments.current(),
            network=wants_network(found.spec),
        )
        assert actor.account is not None  # noqa: S101 (guests may call nothing)
        return self._calls.run(actor.account.id, target, values)

    def file(self, actor: Actor, token: str) -> StoredFile:
        """A file that one of the actor's calls returned, for an hour; raises NotFound."""
        assert actor.account is not None  # noqa: S101 (the route is closed to guests)
        return self._calls.file(actor.account.id, token)


def may_call(actor: Actor, module: Module) -> bool:
    """Whether the actor may call it from outside a project."""
    thing = module.thing()
    return may(actor, Verb.CALL, thing) and (module.callable or may(actor, Verb.TRY, thing))


def check_callable(actor: Actor, module: Module) -> None:
    """Raises unless `may_call`."""
    check(actor, Verb.CALL, module.thing())
    if not may_call(actor, module):
        raise Forbidden(
            message("%(name)s is not offered for trying: import it, and call it there.", name=module.full_name)
        )


def wants_network(spec: str) -> bool:
    """Whether a module asks for the network, by `network: true` in its spec file."""
    try:
        return load_module_spec(spec).extra.get("network") is True
    except SpecError:
        return False
