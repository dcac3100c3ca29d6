"""Calls of the module that a project makes, before it is published: for its author."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.core.clock import Clock
from openmo.core.errors import InvalidInput
from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import message
from openmo.environments.packages import missing
from openmo.environments.recipes import UserEnvironment
from openmo.environments.service import EnvironmentService
from openmo.modules.trying.calls import Called, CallTarget, MethodCalls
from openmo.modules.trying.service import wants_network
from openmo.modules.values import DEV, ModuleVersion
from openmo.projects.publishing.service import PublishingService
from openmo.projects.publishing.skeleton import module_name
from openmo.projects.values import Project
from openmo.specs.errors import SpecError
from openmo.specs.files import MODULE_SPEC, load_module_spec

_REQUIREMENTS = "requirements.txt"
_NOTHING = "0" * 64
"""The digest of no tree: the files are the workspace's."""


class ProjectCallService:
    """One call of a method, as the project's files are now."""

    def __init__(
        self, publishing: PublishingService, environments: EnvironmentService, calls: MethodCalls, clock: Clock
    ) -> None:
        self._publishing = publishing
        self._environments = environments
        self._calls = calls
        self._clock = clock

    def call(
        self,
        actor: Actor,
        project: Project,
        method: str,
        values: Mapping[str, object],
        *,
        files: Sequence[str] | None = None,
    ) -> Called:
        """Blocks until it has ended, in the sandbox and in the environment that the version would have.

        `files`: what belongs to the module; None: what main.py needs. Raises as `ModuleCallService.call`, and Conflict
        for a project that makes an app.
        """
        check(actor, Verb.PREPARE, project.thing())
        assert actor.account is not None  # noqa: S101 (guests have no projects)
        with self._publishing.put_aside(actor, project, files) as folder:
            version = self._version(folder)
            target = CallTarget(
                owner=project.owner,
                name=module_name(project.name),
                version=DEV,
                folder=folder,
                method=version.method(method),
                environment=self._environment(folder),
                network=wants_network(version.spec),
            )
            return self._calls.run(actor.account.id, target, values)

    def _version(self, folder: Path) -> ModuleVersion:
        """What the files say, as a version that nobody has."""
        files = HostileFolder(folder)
        if not files.has_file(MODULE_SPEC):
            raise InvalidInput(message("There is no %(file)s.", file=MODULE_SPEC), field="method")
        spec = files.read(MODULE_SPEC).decode("utf-8", "replace")
        try:
            load_module_spec(spec)
        except SpecError as error:
            raise InvalidInput(error.problem, field="method", file=error.file, line=error.line) from error
        return ModuleVersion(version=DEV, tree=_NOTHING, spec=spec, created_at=self._clock.now())

    def _environment(self, folder: Path) -> UserEnvironment:
        """What requirements.txt asks for, built if it must be; raises EnvironmentBuilding meanwhile."""
        files = HostileFolder(folder)
        needs = files.read(_REQUIREMENTS).decode("utf-8", "replace") if files.has_file(_REQUIREMENTS) else ""
        base = self._environments.current()
        if not missing(needs, lock=self._environments.current_lock(), own=()):
            return base
        recipe = self._environments.of_module(needs)
        return base if recipe is None else self._environments.recorded(recipe.digest)
