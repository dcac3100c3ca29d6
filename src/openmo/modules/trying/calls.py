"""One call from values to an answer: read, given a turn, run, and its files kept for the caller."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from openmo.core.hostile.folder import HostileFolder
from openmo.core.hostile.trees import remove_tree
from openmo.core.ids import AccountId
from openmo.core.space import DiskSpace
from openmo.environments.recipes import UserEnvironment
from openmo.modules.trying.inputs import read_inputs
from openmo.modules.trying.turns import Turns
from openmo.modules.trying.values import CallAnswer, CallLimits, MethodCaller, ModuleCall
from openmo.modules.values import ModuleMethod
from openmo.serving.kept_files import KeptFiles, StoredFile
from openmo.serving.pool import OutputFile
from openmo.serving.uploads import Uploads

_KEPT_SECONDS = 3600.0
_KEPT_BYTES = 512 << 20
"""Of one person's files, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTarget:
    """What is called."""

    owner: str
    name: str
    version: str
    folder: Path
    """The module's files: a tree that nobody changes."""
    method: ModuleMethod
    environment: UserEnvironment
    network: bool

    @property
    def identifier(self) -> str:
        """`owner/name/version`."""
        return f"{self.owner}/{self.name}/{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file that a call returned, and how its caller gets it."""

    output: str
    name: str
    token: str
    stored: StoredFile
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A call that ended well."""

    identifier: str
    method: str
    output: Mapping[str, object]
    """JSON values by name; None stands for each file."""
    types: Mapping[str, str]
    files: tuple[KeptFile, ...]
    seconds: float
    log: str


class MethodCalls:
    """Calls of all people, each in its own turn."""

    def __init__(self, caller: MethodCaller, folder: Path, limits: CallLimits, space: DiskSpace) -> None:
        """`folder` is for this alone; what lies in it from an earlier process goes, but for files that were kept."""
        self._caller = caller
        self._turns = Turns(limits)
        self._space = space
        self._uploads = Uploads(folder / "uploads", space)
        self._outbox = folder / "outbox"
        remove_tree(self._outbox)
        self._outbox.mkdir(mode=0o700, parents=True)
        self._kept = KeptFiles(
            folder / "returned",
            seconds=_KEPT_SECONDS,
            most_bytes=_KEPT_BYTES,
            space=space,
            gone="There is no such file, or it has expired. Call the module again.",
        )

    def run(self, person: AccountId, target: CallTarget, values: Mapping[str, object]) -> Called:
        """Blocks until it has ended. Raises what `MethodCaller.call` raises, InvalidInput, and what `Turns` raise."""
        self._space.check()
        files = HostileFolder(target.folder)
        inputs = read_inputs(target.method.inputs, values, self._uploads, files.has_file)
        try:
            with self._turns.turn(person):
                answer = self._caller.call(
                    ModuleCall(
                        owner=target.owner,
                        name=target.name,
                        version=target.version,
                        folder=target.folder,
                        method=target.method,
                        conf=inputs.conf,
                        files=inputs.files,
                        environment=target.environment,
                        network=target.network,
                    ),
                    self._outbox,
                )
        finally:
            inputs.discard()
        return self._called(person, target, answer)

    def file(self, person: AccountId, token: str) -> StoredFile:
        """A file that a call of this person returned; raises NotFound, also for those of others."""
        return self._kept.find(person, token)

    def _called(self, person: AccountId, target: CallTarget, answer: CallAnswer) -> Called:
        self._kept.sweep()
        kept = []
        try:
            for file in answer.files:
                size = file.path.lstat().st_size
                returned = OutputFile(key=file.output, path=file.path, name=file.name)
                token = self._kept.keep(person, returned)
                stored = self._kept.find(person, token)
                kept.append(KeptFile(output=file.output, name=stored.path.name, token=token, stored=stored, bytes=size))
        finally:
            for file in answer.files:
                with suppress(OSError):
                    file.path.unlink(missing_ok=True)
        return Called(
            identifier=target.identifier,
            method=target.method.name,
            output=answer.output,
            types=answer.types,
            files=tuple(kept),
            seconds=answer.seconds,
            log=answer.log,
        )
