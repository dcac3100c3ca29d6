"""What may be asked for: checked at submission, so that nothing waits that could never run."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath

from openmo.accounts.access import PLATFORM, check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.core.amounts import memory_text
from openmo.core.errors import Conflict, InvalidInput
from openmo.core.hostile.paths import relative_path
from openmo.core.messages import message
from openmo.core.text import one_line
from openmo.execution.executor import Capacity
from openmo.jobs.values import Device, JobRequest
from openmo.notebooks.errors import NotebookError
from openmo.notebooks.reading import read_cells
from openmo.projects.files import ProjectFileService
from openmo.projects.service import ProjectService
from openmo.projects.snapshot import is_code
from openmo.projects.values import Project

_NAME_LIMIT = 200
_NOTEBOOK_LIMIT = 64 << 20
_MIN_MEMORY = 32 << 20  # a Python that imports nothing holds a third of that
_MAX_SECONDS = 10**8
_PRIORITIES = range(-100, 101)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_RESERVED_VARIABLES = ("OPENMO_", "JUPYTERHUB_", "LD_", "CUDA_VISIBLE_DEVICES")


def job_name(text: str) -> str:
    """The name folded to one line; raises InvalidInput."""
    return one_line(text, what=message("The job's name"), limit=_NAME_LIMIT, field="name")


class JobRequests:
    """Checks requests against the project and against what this installation has."""

    def __init__(self, projects: ProjectService, files: ProjectFileService, capacity: Callable[[], Capacity]) -> None:
        self._projects = projects
        self._files = files
        self._capacity = capacity

    def checked(self, actor: Actor, request: JobRequest) -> JobRequest:
        """The request with its name folded and its device and GPUs agreeing.

        Raises InvalidInput, Conflict for what this installation does not have, Forbidden for a priority.
        """
        if request.device is Device.GPU or request.gpus:
            request = replace(request, device=Device.GPU, gpus=request.gpus or 1)
        self._check_slots(request)
        self._check_limits(request)
        _check_variables(request)
        self.check_priority(actor, request.priority)
        return replace(request, name=job_name(request.name))

    def check_priority(self, actor: Actor, priority: int) -> None:
        """Raises InvalidInput, or Forbidden for more than 0 from those who may not jump the queue."""
        if priority not in _PRIORITIES:
            raise InvalidInput("A priority is a number from -100 to 100.", field="priority")
        if priority > 0:
            check(actor, Verb.JUMP_QUEUE, PLATFORM, field="priority")

    def script(self, actor: Actor, project: Project, text: str) -> str:
        """The path of a script that the project has and a job can run; raises InvalidInput, NotFound."""
        script = str(relative_path(text))
        data, entry = self._files.read(actor, project, script, limit=_NOTEBOOK_LIMIT)
        if not _is_in_snapshot(script):
            raise InvalidInput("A job runs the project's code: no file of datasets, results or caches.", field="script")
        if not self._is_plain(project, script):
            raise InvalidInput(
                message("%(script)s is reached through a link: name the file itself.", script=script), field="script"
            )
        if script.endswith(".ipynb"):
            if entry.bytes > _NOTEBOOK_LIMIT:
                raise NotebookError(
                    message(
                        "%(script)s is too large (%(size)s): clear its outputs (Edit > Clear All Outputs) and save it.",
                        script=script,
                        size=memory_text(entry.bytes),
                    )
                )
            read_cells(data.decode("utf-8", "replace"))  # refuses a broken notebook now, not in the queue
        elif not script.endswith(".py"):
            raise InvalidInput(
                message("%(script)s is neither a Python file nor a notebook.", script=script), field="script"
            )
        return script

    def _is_plain(self, project: Project, script: str) -> bool:
        """Whether no link leads to the script: links out of the project are not part of a snapshot."""
        return self._projects.folders(project).workspace.has_file(script)

    def _check_slots(self, request: JobRequest) -> None:
        capacity = self._capacity()
        cpus, gpus = capacity.cpus, len(capacity.gpus)
        if request.cpus < 1:
            raise InvalidInput("A job needs at least one CPU.", field="cpus")
        if request.gpus < 0:
            raise InvalidInput("The number of GPUs is 0 or more.", field="gpus")
        if request.gpus and not gpus:
            raise Conflict("This installation has no GPU: choose CPU.", field="device")
        if request.gpus > gpus:
            raise Conflict(
                message("This installation has %(gpus)s GPUs: ask for at most as many.", gpus=gpus), field="gpus"
            )
        if request.cpus > cpus:
            raise Conflict(
                message("This installation has %(cpus)s CPUs: ask for at most as many.", cpus=cpus), field="cpus"
            )

    def _check_limits(self, request: JobRequest) -> None:
        if request.time_limit is not None and not 0 < request.time_limit < _MAX_SECONDS:
            raise InvalidInput("The time limit is a positive number of seconds.", field="time_limit")
        memory, available = request.memory_limit, self._capacity().memory_bytes
        if memory is not None and memory < _MIN_MEMORY:
            raise InvalidInput(
                "The memory limit is at least 32M: less does not even start Python.", field="memory_limit"
            )
        if memory is not None and available is not None and memory > available:
            most = memory_text(available)
            raise Conflict(
                message("This machine has %(memory)s of memory: ask for at most as much.", memory=most),
                field="memory_limit",
            )


def _check_variables(request: JobRequest) -> None:
    for field, variables in (("env", request.env), ("secrets", request.secrets)):
        for name in variables:
            if not _VARIABLE.fullmatch(name) or name.startswith(_RESERVED_VARIABLES):
                raise InvalidInput(
                    message("%(name)s cannot be set as an environment variable.", name=repr(name[:80])), field=field
                )
    if both := sorted(request.env.keys() & request.secrets.keys()):
        raise InvalidInput(message("%(name)s is a variable and a secret: name it once.", name=both[0]), field="secrets")
    _check_texts((*request.args, *request.env.values(), *request.secrets.values()))


def _check_texts(texts: tuple[str, ...]) -> None:
    if not all(map(_can_be_passed_on, texts)) or sum(map(len, texts)) > 100_000:
        raise InvalidInput("Arguments and variables hold at most 100,000 characters, and no NUL.", field="args")


def _is_in_snapshot(script: str) -> bool:
    path = PurePosixPath(script)
    return all(is_code(part) for part in (path, *path.parents[:-1]))


def _can_be_passed_on(text: str) -> bool:
    """Whether a process can be given the text as an argument or a variable."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
