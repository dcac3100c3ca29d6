"""Calls of the module that a project makes, before it is published: for its author."""

import mimetypes
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.core.clock import Clock
from openmo.core.errors import InvalidInput, NotFound
from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import message
from openmo.environments.modules import ModuleEnvironments
from openmo.environments.recipes import UserEnvironment
from openmo.environments.service import EnvironmentService
from openmo.modules.inputs import check_errors
from openmo.modules.trying.calls import Called, CallTarget, MethodCalls
from openmo.modules.trying.service import wants_network
from openmo.modules.values import DEV, ModuleVersion
from openmo.projects.files import ProjectFileService
from openmo.projects.publishing.service import PublishingService
from openmo.projects.publishing.skeleton import module_name
from openmo.projects.values import Project
from openmo.specs.errors import SpecError
from openmo.specs.examples import EXAMPLES
from openmo.specs.files import MODULE_SPEC, load_module_spec
from openmo.specs.values import Parameter, ValueType

_REQUIREMENTS = "requirements.txt"
_NOTHING = "0" * 64
"""The digest of no tree: the files are the workspace's."""
_FILE_BYTES = 24 << 20
"""Of a file of the project: what a request can hold."""


class ProjectCallService:
    """One call of a method, as the project's files are now."""

    def __init__(
        self,
        publishing: PublishingService,
        files: ProjectFileService,
        environments: EnvironmentService,
        of_modules: ModuleEnvironments,
        *,
        calls: MethodCalls,
        clock: Clock,
    ) -> None:
        self._publishing = publishing
        self._files = files
        self._environments = environments
        self._of_modules = of_modules
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

        `files`: what belongs to the module; None: what main.py needs. A file may be the path of one in the project.
        Raises as `ModuleCallService.call`, and Conflict for a project that makes an app.
        """
        check(actor, Verb.PREPARE, project.thing())
        assert actor.account is not None  # noqa: S101 (guests have no projects)
        with self._publishing.put_aside(actor, project, files) as folder:
            version = self._version(folder)
            sent = self._with_files(actor, project, HostileFolder(folder), version.method(method).inputs, values)
            target = CallTarget(
                owner=project.owner,
                name=module_name(project.name),
                version=DEV,
                folder=folder,
                method=version.method(method),
                environment=self._environment(folder),
                network=wants_network(version.spec),
            )
            return self._calls.run(actor.account.id, target, sent)

    def _with_files(
        self,
        actor: Actor,
        project: Project,
        module: HostileFolder,
        parameters: Sequence[Parameter],
        values: Mapping[str, object],
    ) -> dict[str, object]:
        """The values, each path of a file in the project as the file; the module's own `examples/` stay names."""
        sent, errors = dict(values), list[dict[str, str]]()
        for name in (each.name for each in parameters if _takes_file(each)):
            value = values.get(name)
            if not isinstance(value, str) or value in ("", "None") or value.startswith("data:"):
                continue
            if value.startswith(f"{EXAMPLES}/") and module.has_file(value):
                continue
            try:
                sent[name] = self._file(actor, project, value)
            except (NotFound, InvalidInput) as error:
                if not _is_base64(value):
                    errors.append({"name": name, "message": str(error)})
        check_errors(errors)
        return sent

    def _file(self, actor: Actor, project: Project, path: str) -> str:
        """A file of the project as a data: URL; raises NotFound, and InvalidInput for one that is too large."""
        data, entry = self._files.read(actor, project, path, limit=_FILE_BYTES + 1)
        if len(data) > _FILE_BYTES:
            raise InvalidInput(
                message("%(path)s is larger than a call from here may send: call the module in a notebook.", path=path)
            )
        kind = mimetypes.guess_type(entry.name)[0] or "application/octet-stream"
        return f"data:{kind};base64,{b64encode(data).decode()}"

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
        """The one that the check would choose; raises EnvironmentBuilding while it is built, InvalidInput, Conflict."""
        files = HostileFolder(folder)
        needs = files.read(_REQUIREMENTS).decode("utf-8", "replace") if files.has_file(_REQUIREMENTS) else ""
        digest = self._of_modules.choose(needs)
        return self._of_modules.get(digest) if digest else self._environments.current()


def _takes_file(parameter: Parameter) -> bool:
    return parameter.value_type.is_file or parameter.value_type is ValueType.DATAFRAME


def _is_base64(text: str) -> bool:
    try:
        return len(b64decode(text, validate=True)) > 0
    except ValueError:
        return False
