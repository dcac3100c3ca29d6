"""Making ready what a job runs in: its copy of the code, its links, its environment, its sandbox."""

import os
from pathlib import Path, PurePath, PurePosixPath

from openmo.config.settings import DataFolder
from openmo.core.errors import Conflict, NotFound
from openmo.core.hostile.folder import HostileFolder
from openmo.core.hostile.trees import remove_tree
from openmo.core.packages import PACKAGES
from openmo.core.plain import open_plain
from openmo.environments.recipes import UserEnvironment
from openmo.environments.service import EnvironmentService
from openmo.execution.executor import JobLaunch
from openmo.execution.inside import folder as job_folder
from openmo.jobs.secrets import SecretBox
from openmo.jobs.values import Job
from openmo.notebooks.bounded import export_bounded
from openmo.projects.imports.environments import ImportedEnvironments
from openmo.projects.imports.service import ImportService
from openmo.projects.service import ProjectService
from openmo.projects.values import Project
from openmo.sandbox.policy import SandboxPolicy
from openmo.sandbox.variables import LOGIN_PROFILE, LOGIN_PROFILE_TEXT, child_variables
from openmo.storage.store import ObjectStore

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "RAYON_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
)


class JobLauncher:
    """Turns a job into something that an executor can start; doing it again after a crash changes nothing."""

    def __init__(
        self,
        *,
        projects: ProjectService,
        imports: ImportService,
        imported: ImportedEnvironments,
        store: ObjectStore,
        environments: EnvironmentService,
        folder: DataFolder,
        processes: int | None = None,
    ) -> None:
        """`processes`: how many a job may have at once, threads included; None: any number."""
        self._projects = projects
        self._imports = imports
        self._imported = imported
        self._store = store
        self._environments = environments
        self._folder = folder
        self._processes = processes
        self._secrets = SecretBox(folder)

    def folder(self, job: Job) -> Path:
        """The folder that belongs to this job alone."""
        return self._folder.jobs / job.id

    def prepare(self, job: Job) -> JobLaunch:
        """Raises NotFound when the project is gone, NotebookError when its notebook cannot be exported, Conflict,
        EnvironmentBuilding while its environment, or that of a module which it imports, is being built.
        """
        project = self._projects.by_id(job.project_id)
        if not self._projects.folders(project).workspace.exists():
            raise NotFound(
                "The project's folder is gone from this machine: restore it from a backup, then run the job again."
            )
        folder = self.folder(job)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = HostileFolder(folder)
        code, home, temporary = own.below("code"), own.below("home"), own.below("tmp")
        temporary.make()
        _make_home(home)
        _label(folder, job)
        self._copy_code(job, project, folder / "code")  # ours: a job writes in it, and not beside it
        environment = self._environment(job)
        self._imported.wait(project.id)
        results = self._results(project)
        policy = SandboxPolicy(
            read_write=(code.whereabouts, home.whereabouts, temporary.whereabouts, results.whereabouts),
            read_only=self._readable(environment, project),
            home=home.whereabouts,
            temporary=temporary.whereabouts,
            work=code.whereabouts,
            memory_bytes=job.memory_limit,
            processes=self._processes,
        )
        return JobLaunch(
            job_id=job.id,
            folder=folder,
            argv=(str(environment.python), "-u", _script(job, code), *job.args),
            cwd=code.whereabouts,
            variables=child_variables(
                policy,
                os.environ,
                path=(environment.python.parent,),
                extra={
                    **_threads(job),
                    **job.env,
                    **self._secrets.open(job.sealed_secrets),
                    **_variables(job, environment.python, code.whereabouts / PACKAGES),
                },
            ),
            policy=policy,
            gpus=job.granted_gpus,
            time_limit=job.time_limit,
        )

    def _readable(self, environment: UserEnvironment, project: Project) -> tuple[Path, ...]:
        return (*environment.read_only, *self._environments.readable(), *self._imports.readable_paths(project))

    def _environment(self, job: Job) -> UserEnvironment:
        """The one on the job's record; a job that an older version queued has none, and gets the present one."""
        return self._environments.recorded(job.environment) if job.environment else self._environments.current()

    def _results(self, project: Project) -> HostileFolder:
        """The results folder; raises Conflict when it is a link, since the sandbox would open what that points to."""
        results = self._projects.folders(project).results
        try:
            results.make()
        except Conflict as error:
            raise Conflict(
                "The project's results folder is a link: replace it by a folder, then run the job again."
            ) from error
        return results

    def _copy_code(self, job: Job, project: Project, code: Path) -> None:
        if code.exists():
            return
        unfinished = code.with_name(".code")
        remove_tree(unfinished)
        try:
            self._store.copy_tree(job.tree, unfinished)
        except NotFound as error:
            raise NotFound("The code of this job is gone from the store: create the job anew.") from error
        copy = HostileFolder(unfinished)
        copy.place_link("results", self._projects.folders(project).results.whereabouts)
        self._imports.link_into(copy, project)
        unfinished.rename(code)


def _label(folder: Path, job: Job) -> None:
    label = open_plain(folder / job_folder.LABEL, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    with os.fdopen(label, "wb") as file:
        file.write(f"{job.owner}/{job.project}: {job.name}".encode())


def _make_home(home: HostileFolder) -> None:
    home.make()
    if not home.has_file(LOGIN_PROFILE):  # else the job was made ready before
        home.write(LOGIN_PROFILE, LOGIN_PROFILE_TEXT)


def _script(job: Job, code: HostileFolder) -> str:
    """The Python file to run, relative to the code; a notebook is exported beside itself first."""
    source = code.read(job.script)
    if not job.script.endswith(".ipynb"):
        return job.script
    exported = str(PurePosixPath(job.script).with_suffix(".job.py"))
    script = export_bounded(source.decode("utf-8", "replace"), job.script, shows_results=True)
    code.write(exported, script.encode())
    return exported


def _threads(job: Job) -> dict[str, str]:
    """As many threads as CPUs were granted, for every library that would else take all of the machine."""
    return dict.fromkeys(_THREAD_VARIABLES, str(job.cpus))


def _variables(job: Job, python: Path, packages: PurePath) -> dict[str, str]:
    return {
        "PYTHONPATH": str(packages),
        "PIP_TARGET": str(packages),
        "OPENMO_JOB": str(job.number),
        "OPENMO_PROJECT": f"{job.owner}/{job.project}",
        "CUDA_VISIBLE_DEVICES": ",".join(job.granted_gpus),
        "MPLBACKEND": "agg",
        "VIRTUAL_ENV": str(python.parent.parent),
    }
