"""The pool of workers that serves deployed apps on this machine: forked, confined, disposable."""

import asyncio
import logging
import resource
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from openmo.core.errors import Damaged, NotFound
from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import message
from openmo.sandbox.inside.document import PolicyDocument
from openmo.sandbox.policy import Sandbox, SandboxPolicy
from openmo.serving.directory import DeployedRelease
from openmo.serving.forked.app import AppWorkers
from openmo.serving.forked.disk import DiskBounds, overfull
from openmo.serving.forked.files import WorkerFolders
from openmo.serving.forked.log import AppLog, LogPipe
from openmo.serving.forked.messages import config_frame, has_file_outputs
from openmo.serving.forked.outputs import OutputCheck
from openmo.serving.forked.worker import Worker, WorkerState
from openmo.serving.forked.zygote import WorkerExit, ZygoteProcess
from openmo.serving.forked.zygotes import Zygotes, app_variables, readable_folders
from openmo.serving.pool import AppBusy, AppNotStarting, CallResult, CallStream, InputFile, PoolStats, WorkerLost

PRELOAD = (
    "asyncio",
    "inspect",
    "traceback",
    "tempfile",
    "base64",
    "csv",
    "zipfile",
    "decimal",
    "numpy",
    "numpy.random",
    "PIL.Image",
    "PIL.PngImagePlugin",
    "PIL.JpegImagePlugin",
    "pandas",
    "joblib",
    "scipy.sparse",
    "scipy.special",
    "sklearn.base",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "sklearn.linear_model",
    "sklearn.tree",
    "sklearn.ensemble",
    "sklearn.neighbors",
    "sklearn.svm",
    "sklearn.neural_network",
    "sklearn.cluster",
    "sklearn.metrics",
    "sklearn.datasets",
    "matplotlib.figure",
    "matplotlib.pyplot",
)
"""What a zygote imports ahead, where it is installed: a first call never waits for these."""

_TICK_SECONDS = 0.5
_IDLE_LOOK_INTERVAL_TICKS = 20
"""Between two looks at the folders of idle workers."""
_START_TIMEOUT_SECONDS = 60.0
_FREE_SHARE = 32
"""One place in so many is kept free for apps that wake."""
_MAX_PROCESSES = 64
_MAX_THREADS = 512
"""Processes and threads of a worker, where the kernel counts them for it alone: the wall behind `_MAX_PROCESSES`."""
_encode = msgspec.json.encode
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """What differs between installations."""

    folder: Path
    """Everything that the pool keeps on disk; private to the gateway."""
    trusted_pythons: frozenset[Path] = frozenset()
    """Interpreters of environments whose packages the administrator chose: they share one zygote each."""
    known_pythons: frozenset[Path] = frozenset()
    """More such interpreters, of releases made earlier: theirs start when they are called."""
    preload: Sequence[str] = PRELOAD
    max_workers: int = 256
    """Workers on this machine, over all apps; beyond it the longest idle one makes room."""
    input_bytes: int = 512 << 20
    """Bytes of the inputs of all calls that wait or run, as JSON; beyond, calls are refused until some have ended."""
    zygote_idle_seconds: float = 900.0
    """An unshared zygote is stopped when its release was not called for so long."""
    disk: DiskBounds = field(default_factory=DiskBounds)
    """What each worker may keep in its private folder."""


class ForkedWorkerPool:
    """See `openmo.serving.pool.WorkerPool`. Made and used on one event loop; `start` comes first."""

    def __init__(
        self, settings: PoolSettings, sandbox: Sandbox, *, check: Callable[[DeployedRelease], None] | None = None
    ) -> None:
        """`check`: whether a release's files are as they were deployed; raises Damaged. It is asked in a thread."""
        self._settings = settings
        self._check = check
        self._sandbox = sandbox
        self._folders = WorkerFolders(settings.folder)
        self._apps: dict[str, AppWorkers] = {}
        self._workers: dict[str, Worker] = {}
        self._waiting: dict[AppWorkers, None] = {}
        self._logs: dict[str, AppLog] = {}
        self._removals: set[asyncio.Future[None]] = set()
        self._input_bytes = 0
        self._past_calls = 0
        self._past_failures = 0
        self._closed = False
        self._looks = 0
        self._keepers: tuple[asyncio.Task[None], ...] = ()
        self._zygotes = Zygotes(
            settings.folder / "zygotes",
            sandbox=sandbox,
            trusted=settings.trusted_pythons | settings.known_pythons,
            kept=settings.trusted_pythons,
            preload=settings.preload,
            idle_seconds=settings.zygote_idle_seconds,
            on_exit=self._worker_exited,
            on_gone=self._zygote_gone,
        )

    async def start(self) -> None:
        """Warms the trusted environments, so that the first call of the day is no slower than the second."""
        if self._keepers:
            return
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # two descriptors for each worker
        for python in self._settings.trusted_pythons:
            self._zygotes.warm(python)
        # Apart from each other: a disk that is slow to look at must not keep idle workers alive.
        self._keepers = tuple(asyncio.create_task(_for_ever(duty)) for duty in (self._tick, self._look_at_folders))

    async def call(
        self, release: DeployedRelease, inputs: Mapping[str, object], files: Mapping[str, InputFile] | None = None
    ) -> CallResult | CallStream:
        """What the handler answers; see the port for what it raises."""
        app = self._apps.get(release.release_id) or self._new_app(release)
        app.release = release  # its owner may have changed its limits
        data = _encode(inputs)
        if self._input_bytes + len(data) > self._settings.input_bytes:
            raise AppBusy("This server holds as many large calls as it can. Try again in a moment.", retry_after=5.0)
        call = app.submit(data, files or {})
        self._input_bytes += len(data)
        try:
            return await call.answer
        except asyncio.CancelledError:
            app.cancel(call)
            raise
        finally:
            self._input_bytes -= len(data)

    def stats(self) -> PoolStats:
        apps = self._apps.values()
        return PoolStats(
            workers=len(self._workers),
            busy=sum(worker.state is WorkerState.BUSY for worker in self._workers.values()),
            queued=sum(len(app.queue) for app in apps),
            zygotes=self._zygotes.running(),
            calls=self._past_calls + sum(app.calls for app in apps),
            failures=self._past_failures + sum(app.failures for app in apps),
            by_release={name: len(app.workers) for name, app in self._apps.items() if app.workers},
        )

    def problem(self) -> str:
        """Why calls cannot be run; see the port."""
        if self._closed:
            return message("The pool of workers is stopping.")
        if not self._keepers:
            return message("The pool of workers has not started.")
        if any(keeper.done() for keeper in self._keepers):
            return message("The pool of workers no longer looks after its workers.")
        if self._settings.trusted_pythons and not self._zygotes.running():
            return message("No process from which workers are forked runs.")
        if self._zygotes.silent():
            return message("The process from which workers are forked does not answer.")
        return ""

    def worker_pids(self, release_id: str | None = None) -> tuple[int, ...]:
        """Process ids of the workers (of one release), for measuring and for tests that kill."""
        return tuple(
            worker.zygote.pids[name]
            for name, worker in self._workers.items()
            if name in worker.zygote.pids and release_id in (None, name.partition("/")[0])
        )

    def log_path(self, project_id: str) -> Path:
        """Where the owner's log of an app is: what its workers printed, and tracebacks of failed calls."""
        return self._folders.logs / f"{project_id}.log"

    async def close(self) -> None:
        """No process of the pool is left; waiting and running calls fail with AppBusy."""
        if self._closed:
            return
        self._closed = True
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for app in self._apps.values():
            app.close()
        await self._zygotes.close()
        for worker in list(self._workers.values()):
            worker.exited(None)
        if self._removals:
            await asyncio.wait(self._removals)
        for log in self._logs.values():
            log.close()

    async def start_worker(self, app: AppWorkers) -> Worker:
        """A worker that is starting (see WorkerSource)."""
        release = app.release
        await self._check_files(app)
        zygote, confined_to = await self._zygotes.get(release)
        if self._closed:
            raise AppNotStarting("The server is stopping.")
        worker_folder = self._folders.new_worker(None if confined_to is None else confined_to.below("workers"))
        name = f"{release.release_id}/{worker_folder.whereabouts.name}"
        log = LogPipe(app.log)
        ours, theirs = socket.socketpair()
        worker = Worker(
            name,
            owner=app,
            zygote=zygote,
            folder=worker_folder,
            folders=self._folders,
            check=OutputCheck(release.spec.outputs),
            log=log,
            needs_folder=has_file_outputs(release),
            connection=ours,
        )
        self._workers[name] = worker
        loop = asyncio.get_running_loop()
        await loop.create_unix_connection(lambda: worker, sock=ours)
        try:
            limits = release.limits
            await zygote.spawn(
                name,
                [theirs.fileno(), log.write_end],
                memory=limits.memory_bytes,
                processes=_MAX_PROCESSES,
                cpus=limits.cpus,
            )
        except OSError:
            worker.end(AppNotStarting("The app's environment ended while the app was being started. Try again."))
            loop.call_soon(worker.exited, None)
        else:
            worker.start(self._config(release, worker_folder, nested=confined_to is not None), _START_TIMEOUT_SECONDS)
        finally:
            theirs.close()
            log.close_write_end()
        return worker

    def may_start(self, app: AppWorkers) -> bool:
        """Whether there is room for one more worker (see WorkerSource); the longest idle one elsewhere makes room.

        Room is made ahead of need, so that an app that wakes on a full machine does not wait for another's end.
        """
        most = self._settings.max_workers
        staying = sum(worker.state is not WorkerState.ENDING for worker in self._workers.values())
        if staying >= most - most // _FREE_SHARE:
            idle = [found for other in self._apps.values() if other is not app and (found := other.idle_worker())]
            if idle:
                min(idle, key=lambda worker: worker.idle_since).end()
        if len(self._workers) < most:
            return True
        self._waiting[app] = None
        return False

    def worker_removed(self, worker: Worker) -> None:
        """A worker is no more (see WorkerSource); the app that waited longest for room gets it."""
        self._workers.pop(worker.name, None)
        while self._waiting:
            app = next(iter(self._waiting))
            del self._waiting[app]
            if app.queue:
                asyncio.get_running_loop().call_soon(app.grow)
                break
        removal = asyncio.get_running_loop().run_in_executor(None, self._folders.discard_worker, worker.folder)
        self._removals.add(removal)
        removal.add_done_callback(self._removals.discard)

    async def _check_files(self, app: AppWorkers) -> None:
        """Raises AppNotStarting where other files lie there than were deployed; its owner's log says which."""
        if self._check is None:
            return
        try:
            await asyncio.to_thread(self._check, app.release)
        except (Damaged, NotFound) as error:
            app.log.write(f"--- release {app.release.version}: {error.message}\n".encode(errors="replace"))
            raise AppNotStarting(
                "Files of this app are damaged, so it does not start. Its owner can deploy it again; its log says "
                "which files they are."
            ) from error

    def _new_app(self, release: DeployedRelease) -> AppWorkers:
        log = self._logs.get(release.project_id)
        if log is None:
            log = self._logs[release.project_id] = AppLog(self.log_path(release.project_id))
        app = self._apps[release.release_id] = AppWorkers(release, self, log)
        return app

    def _config(self, release: DeployedRelease, folder: HostileFolder, *, nested: bool) -> bytes:
        policy = SandboxPolicy(
            read_write=(folder.whereabouts,),
            read_only=readable_folders(release),
            home=folder.whereabouts,
            temporary=folder.below("tmp").whereabouts,
            work=folder.below("work").whereabouts,
            processes=_MAX_THREADS,
        )
        document = self._sandbox.document(policy)
        if document is None:  # its zygote is confined instead
            document = PolicyDocument.limits_only()
        elif nested:
            document = document.without_own_view()
        variables = app_variables(release.python, folder, threads=release.limits.cpus)
        return config_frame(release, folder=folder.whereabouts, variables=variables, policy=document)

    def _worker_exited(self, name: str, exit_: WorkerExit) -> None:
        worker = self._workers.get(name)
        if worker is not None:
            worker.exited(exit_)

    def _zygote_gone(self, process: ZygoteProcess) -> None:
        for worker in [worker for worker in self._workers.values() if worker.zygote is process]:
            worker.exited(None)

    async def _look_at_folders(self) -> None:
        """Ends workers that fill the disk: busy ones are looked at often, others, whose threads may write, seldom."""
        self._looks += 1
        all_of_them = self._looks % _IDLE_LOOK_INTERVAL_TICKS == 0
        looked_at = {
            worker.folder: worker
            for worker in self._workers.values()
            if all_of_them or worker.state is WorkerState.BUSY
        }
        if not looked_at:
            return
        for folder in await asyncio.to_thread(overfull, list(looked_at), self._settings.disk):
            looked_at[folder].end(
                WorkerLost("The app wrote more into its private folder than it may keep there, so it was stopped.")
            )

    async def _tick(self) -> None:
        now = asyncio.get_running_loop().time()
        for app in list(self._apps.values()):
            app.tick(now)
            if app.forgettable:
                self._forget(app)
        await self._zygotes.tick(now, frozenset(worker.zygote for worker in self._workers.values()))
        for python in self._settings.trusted_pythons:
            self._zygotes.warm(python)

    def _forget(self, app: AppWorkers) -> None:
        del self._apps[app.release.release_id]
        self._past_calls += app.calls
        self._past_failures += app.failures
        project = app.release.project_id
        if not any(other.release.project_id == project for other in self._apps.values()):
            self._logs.pop(project).close()


async def _for_ever(duty: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(_TICK_SECONDS)
        try:
            await duty()
        except Exception:  # noqa: BLE001 (recorded; without this loop idle workers would stay for ever)
            _log.exception("the pool's housekeeping failed; it goes on")
