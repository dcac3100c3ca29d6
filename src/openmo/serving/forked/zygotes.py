"""The zygotes of all environments: started when needed, again when they die, stopped when long unused."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

from openmo.core.backoff import exponential
from openmo.core.hostile.folder import HostileFolder
from openmo.core.hostile.trees import remove_tree
from openmo.sandbox.interpreter import interpreter_folders
from openmo.sandbox.policy import CURRENT_FOLDER, Sandbox, SandboxPolicy
from openmo.sandbox.variables import child_variables
from openmo.serving.directory import DeployedRelease
from openmo.serving.forked.zygote import WorkerExit, ZygoteProcess, ZygoteState
from openmo.serving.pool import AppNotStarting
from openmo.system.child_python import PACKAGE_FOLDER, child_argv

_STABLE_SECONDS = 10.0
"""A zygote that lived longer did not die of starting."""

_NUMERIC = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB")


def app_variables(python: Path, home: HostileFolder, *, threads: int = 1) -> dict[str, str]:
    """All environment variables of a zygote or worker: nothing is inherited, so no secret can be.

    `threads`: of each numeric library. A zygote has one: threads made on import would make fork unsafe.
    """
    temporary = home.below("tmp").whereabouts
    more = {
        **{f"{name}_NUM_THREADS": str(threads) for name in _NUMERIC},
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(temporary),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return child_variables(
        SandboxPolicy(home=home.whereabouts, temporary=temporary), {}, path=(python.parent,), extra=more
    )


@dataclass(frozen=True, slots=True)
class ZygoteKey:
    """Whose zygote.

    An environment that the administrator trusts has one for all its apps. Another has one per release, confined from
    the first instruction on, because importing its packages is running its author's code.
    """

    python: Path
    release_id: str | None


@dataclass(slots=True)
class _Slot:
    process: ZygoteProcess | None = None
    folder: HostileFolder | None = None
    not_before: float = 0.0
    last_used: float = 0.0
    delays: Iterator[float] = field(default_factory=lambda: exponential(first=0.1, ceiling=10.0))


class Zygotes:
    """One running zygote per key."""

    def __init__(
        self,
        root: Path,
        *,
        sandbox: Sandbox,
        trusted: frozenset[Path],
        kept: frozenset[Path],
        preload: Sequence[str],
        idle_seconds: float,
        on_exit: Callable[[str, WorkerExit], None],
        on_gone: Callable[[ZygoteProcess], None],
    ) -> None:
        self._root = root
        self._sandbox = sandbox
        self._trusted = trusted
        self._kept = kept
        self._preload = ",".join(preload)
        self._idle_seconds = idle_seconds
        self._on_exit = on_exit
        self._on_gone = on_gone
        self._slots: dict[ZygoteKey, _Slot] = {}
        self._dying: list[ZygoteProcess] = []
        remove_tree(root)
        root.mkdir(mode=0o700, exist_ok=True)

    def key(self, release: DeployedRelease) -> ZygoteKey:
        """Which zygote serves the release."""
        shared = release.python in self._trusted and self._sandbox.document(_no_policy(self._root)) is not None
        return ZygoteKey(release.python, None if shared else release.release_id)

    async def get(self, release: DeployedRelease) -> tuple[ZygoteProcess, HostileFolder | None]:
        """A running zygote, and the folder that it is confined to (None: it is not); raises AppNotStarting."""
        key = self.key(release)
        slot = self._slots.setdefault(key, _Slot())
        loop = asyncio.get_running_loop()
        if slot.process is None:
            await asyncio.sleep(max(0.0, slot.not_before - loop.time()))
        slot.last_used = loop.time()
        if slot.process is None or slot.process.state is not ZygoteState.RUNNING:
            self._start(slot, key, release)
        if slot.process is None:
            raise AppNotStarting("The app's environment cannot be started. Deploy the app again to rebuild it.")
        return slot.process, None if key.release_id is None else slot.folder

    def warm(self, python: Path) -> None:
        """Starts the shared zygote of a trusted environment before the first call needs it."""
        slot = self._slots.setdefault(ZygoteKey(python, None), _Slot())
        if slot.process is None and asyncio.get_running_loop().time() >= slot.not_before:
            self._start(slot, ZygoteKey(python, None), None)

    def running(self) -> int:
        return sum(slot.process is not None for slot in self._slots.values())

    def silent(self) -> bool:
        """Whether a shared one has stopped answering."""
        shared = [slot.process for key, slot in self._slots.items() if key.release_id is None]
        return any(process is not None and process.silent for process in shared)

    async def tick(self, now: float, in_use: frozenset[ZygoteProcess]) -> None:
        """Stops zygotes that no release has needed for long, but for shared ones of kept environments.

        Silent ones are ended: call it twice a second.
        """
        for key, slot in list(self._slots.items()):
            if slot.process is not None:
                slot.process.tick()
            idle = slot.process not in in_use and now - slot.last_used > self._idle_seconds
            kept = key.release_id is None and key.python in self._kept
            if not kept and idle and now >= slot.not_before:
                del self._slots[key]
                await self._stop(slot)

    async def close(self) -> None:
        """No zygote and no worker is left."""
        slots, self._slots = list(self._slots.values()), {}
        await asyncio.gather(*(self._stop(slot) for slot in slots), *(process.stop() for process in self._dying))

    async def _stop(self, slot: _Slot) -> None:
        if slot.process is not None:
            await slot.process.stop()
        if slot.folder is not None:
            await asyncio.to_thread(slot.folder.remove)

    def _start(self, slot: _Slot, key: ZygoteKey, release: DeployedRelease | None) -> None:
        confined = key.release_id is not None and release is not None
        slot.folder = slot.folder or self._new_folder()

        def argv(descriptor: int) -> list[str]:
            document = self._sandbox.document(_no_policy(self._root))
            apart = () if confined or document is None or not document.pid_namespace else ("namespaces",)
            command = child_argv(
                key.python, "openmo.serving.inside.zygote", str(descriptor), self._preload, *apart, isolated=False
            )
            if not confined or release is None or slot.folder is None:
                return command
            return self._sandbox.wrap(command, _release_policy(release, slot.folder))

        now = asyncio.get_running_loop().time

        def gone(process: ZygoteProcess) -> None:
            if now() - process.started_at > _STABLE_SECONDS:
                slot.delays = exponential(first=0.1, ceiling=10.0)
            slot.process = None
            slot.not_before = now() + next(slot.delays)
            self._dying = [each for each in self._dying if not each.reaped]
            self._dying.append(process)
            self._on_gone(process)

        variables = app_variables(key.python, slot.folder)
        try:
            slot.process = ZygoteProcess(argv, variables, on_exit=self._on_exit, on_gone=gone)
        except OSError:  # no such interpreter, say
            slot.process = None
            slot.not_before = now() + next(slot.delays)

    def _new_folder(self) -> HostileFolder:
        folder = self._root / token_hex(8)
        folder.mkdir(mode=0o700)
        made = HostileFolder(folder)
        for name in ("tmp", "workers"):
            made.make(name)
        return made


def readable_folders(release: DeployedRelease) -> tuple[Path, ...]:
    """What a release's code may read besides its worker's own folder."""
    return (release.folder, *release.read_only, *interpreter_folders(release.python), PACKAGE_FOLDER)


def _release_policy(release: DeployedRelease, folder: HostileFolder) -> SandboxPolicy:
    return SandboxPolicy(
        read_write=(folder.whereabouts,),
        read_only=readable_folders(release),
        home=folder.whereabouts,
        temporary=folder.below("tmp").whereabouts,
        work=CURRENT_FOLDER,  # each worker has a work folder of its own, and the view is the zygote's
    )


def _no_policy(folder: Path) -> SandboxPolicy:
    return SandboxPolicy(home=folder, temporary=folder)
