"""A call of a module as a job: the version is imported, a script with the call is written, and the job runs it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Actor
from openmo.core.errors import Conflict
from openmo.core.messages import message
from openmo.core.references import Reference
from openmo.jobs.requests import job_name
from openmo.jobs.service import JobService
from openmo.jobs.values import Job, JobRequest
from openmo.modules.service import ModuleService
from openmo.modules.snippets.calls import Snippet, write_call
from openmo.modules.snippets.client import CLIENT_CELL
from openmo.projects.files import ProjectFileService
from openmo.projects.imports.service import ImportService
from openmo.projects.service import ProjectService
from openmo.projects.values import Project

_NAMES = 100
"""Scripts of one method of one module that a project holds before another is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleCall:
    """Which method is called with what."""

    module: Reference
    """Without a version: the newest."""
    method: str
    values: Mapping[str, object] = field(default_factory=dict)
    """By parameter, as a form has them: texts are read by type."""
    own_environment: bool = False
    """Whether the module runs in the environment that belongs to it."""
    name: str = ""
    """Of the job; empty: made of the script's."""


class ModuleJobService:
    """Trains and runs modules in the background."""

    def __init__(
        self,
        *,
        modules: ModuleService,
        projects: ProjectService,
        files: ProjectFileService,
        imports: ImportService,
        jobs: JobService,
    ) -> None:
        self._modules = modules
        self._projects = projects
        self._files = files
        self._imports = imports
        self._jobs = jobs

    def submit(self, actor: Actor, project: Project, call: ModuleCall) -> Job:
        """A pending job of a script in the project, `train_iris.py` say, that holds the call as a notebook would.

        Wrong values are refused before anything is done. Raises InvalidInput, NotFound, Forbidden, Conflict.
        """
        check(actor, Verb.IMPORT, project.thing())
        check(actor, Verb.RUN, project.thing(Kind.JOB))
        module = self._modules.get(actor, call.module.owner, call.module.name)
        check(actor, Verb.INSERT, module.thing())
        version = self._modules.version(actor, module, call.module.version)
        method = version.method(call.method)
        reference = Reference(module.owner, module.name, version.version)
        snippet = write_call(reference, method.name, method.inputs, call.values, own_environment=call.own_environment)
        source, name = script_of(snippet), job_name(call.name)
        self._imports.import_module(actor, project, module, version.version)
        script = self._written(actor, project, f"{method.name}_{module.name.replace('-', '_')}", source)
        return self._jobs.submit(actor, project, JobRequest(script=script, name=name))

    def _written(self, actor: Actor, project: Project, stem: str, source: bytes) -> str:
        """The script of that name, or of the next that is free: what somebody wrote is not overwritten."""
        workspace = self._projects.folders(project).workspace
        with workspace.opened() as folder:
            taken = frozenset(os.listdir(folder))  # noqa: PTH208 (a descriptor, not a path)
        for number in range(1, _NAMES + 1):
            path = f"{stem}.py" if number == 1 else f"{stem}_{number}.py"
            if path not in taken:
                workspace.write(path, source)
                return path
            if workspace.has_file(path) and self._files.read(actor, project, path, limit=len(source) + 1)[0] == source:
                return path
        raise Conflict(
            message("The project has %(limit)s scripts named %(name)s: delete old ones.", limit=_NAMES, name=f"{stem}…")
        )


def script_of(snippet: Snippet) -> bytes:
    """What the notebook's cells would say, with the result printed, which a notebook shows by itself."""
    return f"{CLIENT_CELL}\n\n{snippet.cell.removesuffix('result')}print(result)\n".encode()
