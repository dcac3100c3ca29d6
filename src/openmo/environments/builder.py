"""Environments that user code runs in: built once from a lock, shared by all whose lock is equal.

A virtual environment holds absolute paths, so it cannot be built aside and renamed into place. It is built where it
will live, under a lock, and counts only once a marker file says that it is complete; half an environment is built anew.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import uv

from openmo.core.clock import Clock, SystemClock
from openmo.core.errors import OpenMoError
from openmo.core.hostile.paths import write_atomic
from openmo.core.hostile.trees import remove_tree
from openmo.core.messages import message
from openmo.environments.recipes import MODULE, EnvironmentRecipe
from openmo.environments.strangers import compile_confined, interpreter_files
from openmo.sandbox.policy import Sandbox

_FORMAT = b"1"
_KINDS = ("base", "lab", MODULE)
_OF_MODULES = "modules"
"""The folder of those, which every sandbox may read: so it holds no locks, which who reads them could hold."""
_MARKER = ".openmo-complete"
_PACKAGE = Path(__file__).resolve().parent.parent
_LAST_LINES = 15
_EXTENSIONS = "etc/jupyter/jupyter_server_config.d"
_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    # It would be taken for the Modules panel, and nobody may install into this environment anyway.
    "@jupyterlab/extensionmanager-extension:plugin": {"enabled": False},
}
"""JupyterLab's settings where they differ from its own; each user may change them back."""


class EnvironmentFailed(OpenMoError):
    """An environment could not be built; `name` says which."""

    code = "environment_failed"
    title = message("Could not build an environment")
    remedy = "Let the machine reach a package index, make room on the disk, and start again."


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentSpec:
    """Everything that decides what is in an environment."""

    name: str
    """For people, and the first part of the folder's name."""
    lock: str
    """Requirements with exact versions, dependencies included."""
    wheels: tuple[Path, ...] = ()
    """Wheel files to install besides."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """More files, by path within the environment."""

    def digest(self) -> str:
        """16 hexadecimal digits that differ when anything in the environment would."""
        sums = hashlib.sha256(_FORMAT)
        parts = [*interpreter().split(" ", 1), self.lock]
        parts += [f"{wheel.name} {hashlib.sha256(wheel.read_bytes()).hexdigest()}" for wheel in sorted(self.wheels)]
        parts += [f"{path} {hashlib.sha256(data).hexdigest()}" for path, data in sorted(self.files.items())]
        for part in parts:
            sums.update(f"{len(part)}:{part}".encode())
        return sums.hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A complete environment."""

    name: str
    digest: str
    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"


class Environments:
    """All environments below one folder. `report` hears one line at a time while something is built."""

    def __init__(
        self,
        folder: Path,
        *,
        report: Callable[[str], None] = lambda _: None,
        clock: Clock | None = None,
        sandbox: Sandbox | None = None,
    ) -> None:
        """`sandbox`: in which what modules' authors chose is compiled; without one it is not compiled ahead."""
        self._folder = folder
        self._report = report
        self._clock = clock or SystemClock()
        self._sandbox = sandbox

    def find(self, spec: EnvironmentSpec) -> Environment | None:
        """The environment, when it is complete."""
        environment = self._at(spec)
        return environment if _is_whole(environment.name, environment.folder) else None

    def at(self, name: str, digest: str) -> Environment | None:
        """As `find`, by its digest."""
        folder = self.place(name, digest)
        if not digest.isalnum() or not _is_whole(name, folder):
            return None
        return Environment(name=name, digest=digest, folder=folder)

    def place(self, name: str, digest: str) -> Path:
        """Where the environment of that name and digest lies, once it is there."""
        above = self.of_modules if name == MODULE else self._folder
        return above / f"{name}-{digest}"

    @property
    def of_modules(self) -> Path:
        """The folder below which those of modules lie, and nothing else."""
        return self._folder / _OF_MODULES

    def rebuild(self, recipe: EnvironmentRecipe) -> Environment:
        """Exactly the environment of that recipe, or EnvironmentFailed."""
        with tempfile.TemporaryDirectory() as temporary:
            wheels = []
            for name, data in recipe.wheels.items():
                wheels.append(Path(temporary) / Path(name).name)
                wheels[-1].write_bytes(data)
            spec = EnvironmentSpec(name=recipe.name, lock=recipe.lock, wheels=tuple(wheels))
            if spec.digest() != recipe.digest:
                raise EnvironmentFailed(
                    message(
                        "The environment %(digest)s was built with %(python)s, and here is %(interpreter)s.",
                        digest=recipe.digest,
                        python=recipe.python,
                        interpreter=interpreter(),
                    ),
                    name=recipe.name,
                )
            return self.ensure(spec)

    def pythons(self, name: str) -> Iterator[Path]:
        """The interpreters of all complete environments of that name."""
        for folder in _entries(self.of_modules if name == MODULE else self._folder):
            kind, _, digest = folder.name.rpartition("-")
            if kind == name and (found := self.at(name, digest)):
                yield found.python

    def prune(self, keep: frozenset[str]) -> tuple[str, ...]:
        """Environments of ours with other digests are gone, but for those that a process runs in; their names."""
        gone = []
        for folder in (*_entries(self._folder), *_entries(self.of_modules)):
            name, _, digest = folder.name.rpartition("-")
            if name not in _KINDS or digest in keep or not folder.is_dir() or folder.is_symlink():
                continue
            if _is_running(folder):
                continue
            lock_file = self._folder / f"{folder.name}.lock"
            with contextlib.suppress(OSError), _locked(lock_file, lambda: None):  # nobody builds it in this moment
                _remove(name, folder)
            if not folder.exists():
                gone.append(folder.name)
        return tuple(gone)

    def ensure(self, spec: EnvironmentSpec) -> Environment:
        """The environment, built if need be; whoever comes second waits. Raises EnvironmentFailed."""
        if found := self.find(spec):
            return found
        environment = self._at(spec)
        environment.folder.parent.mkdir(parents=True, exist_ok=True)
        lock_file = self._folder / f"{environment.folder.name}.lock"
        with _locked(lock_file, lambda: self._report(f"Waiting for {spec.name} ...")) as lock:
            if found := self.find(spec):
                return found
            started = self._clock.monotonic()
            self._report(f"Building the environment `{spec.name}` (once; a minute or two) ...")
            try:
                self._build(spec, environment, lock)
            except BaseException:
                with contextlib.suppress(OSError):
                    _remove(spec.name, environment.folder)  # half of it would keep a full disk full
                raise
            self._report(f"The environment `{spec.name}` is ready after {self._clock.monotonic() - started:.0f} s.")
        return environment

    def _at(self, spec: EnvironmentSpec) -> Environment:
        digest = spec.digest()
        return Environment(name=spec.name, digest=digest, folder=self.place(spec.name, digest))

    def _build(self, spec: EnvironmentSpec, environment: Environment, held: int) -> None:
        folder = environment.folder
        _remove(spec.name, folder)
        _uv(spec.name, held, "venv", "--no-project", "--python", sys.executable, str(folder))
        before = interpreter_files(folder)
        lock = folder / "openmo-lock.txt"
        write_atomic(lock, spec.lock.encode(), mode=0o644)
        chosen_by_strangers = spec.name == MODULE
        _uv(
            spec.name,
            held,
            *("pip", "install", "--quiet", "--python", str(environment.python), "--no-deps"),
            # Nobody may write here later, so what is not compiled now is compiled anew at every start. To compile, uv
            # starts the environment's Python, which runs what packages ask for at its start.
            *(("--no-build", "--no-compile-bytecode") if chosen_by_strangers else ("--compile-bytecode",)),
            *("-r", str(lock)),
            *(str(wheel) for wheel in spec.wheels),
        )
        if chosen_by_strangers:
            self._accept(folder, before)
        for path, data in spec.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(target, data, mode=0o644)
        marker = _marker(spec.name, folder)
        write_atomic(marker, json.dumps({"name": spec.name, "digest": environment.digest}).encode(), mode=0o644)

    def _accept(self, folder: Path, before: Mapping[str, bytes]) -> None:
        """What packages have put into the environment leaves its interpreter alone, and is compiled, in the sandbox."""
        if self._sandbox is not None:
            compile_confined(self._sandbox, folder)
        if interpreter_files(folder) != before:
            raise EnvironmentFailed(
                message("One of the packages replaces the environment's own Python: leave it out."), name=MODULE
            )


def _marker(name: str, folder: Path) -> Path:
    """The file that says that the environment is whole; beside it where a package of a stranger's could bring one."""
    return folder.with_name(f"{folder.name}.complete") if name == MODULE else folder / _MARKER


def _is_whole(name: str, folder: Path) -> bool:
    return folder.is_dir() and _marker(name, folder).exists()


def _remove(name: str, folder: Path) -> None:
    """The marker goes first, so that half of an environment is never taken for a whole one."""
    _marker(name, folder).unlink(missing_ok=True)
    remove_tree(folder)


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _is_running(folder: Path) -> bool:
    """Whether a process was started from the environment, as kernels are, which no record names."""
    inside = f"{folder}/"
    return any(
        word.startswith(inside)
        for process in psutil.process_iter(["cmdline"])
        for word in process.info["cmdline"] or ()
    )


def interpreter() -> str:
    """Implementation and version of the Python that environments are built with: `CPython 3.13.5`."""
    return f"{platform.python_implementation()} {platform.python_version()}"


def recipe_of(spec: EnvironmentSpec) -> EnvironmentRecipe:
    """How to build it again, without the files that it was built from."""
    return EnvironmentRecipe(
        digest=spec.digest(),
        name=spec.name,
        python=interpreter(),
        lock=spec.lock,
        wheels={wheel.name: wheel.read_bytes() for wheel in spec.wheels},
    )


def lab_spec() -> EnvironmentSpec:
    """JupyterLab with our extension, the same for everybody; raises EnvironmentFailed when the wheel is missing."""
    files = {
        "share/jupyter/lab/settings/overrides.json": json.dumps(_SETTINGS, indent=2).encode(),
        # No language server is installed, and looking for one takes time at every start.
        f"{_EXTENSIONS}/jupyter-lsp-jupyter-server.json": _disabled("jupyter_lsp"),
        # Only the classic notebook, which is not installed, needs its settings translated.
        f"{_EXTENSIONS}/notebook_shim.json": _disabled("notebook_shim"),
    }
    return EnvironmentSpec(
        name="lab",
        lock=_lock("lab"),
        wheels=_wheels("openmo_lab"),
        files=files,
    )


def base_spec() -> EnvironmentSpec:
    """What notebooks, jobs and apps start from; raises EnvironmentFailed when the wheel is missing."""
    return EnvironmentSpec(name="base", lock=_lock("base"), wheels=_wheels("openmo_sdk"))


def module_spec(lock: str) -> EnvironmentSpec:
    """The environment of a module's own, from its lock; raises EnvironmentFailed when the SDK's wheel is missing."""
    return EnvironmentSpec(name=MODULE, lock=lock, wheels=_wheels("openmo_sdk"))


def base_lock() -> str:
    """What notebooks, jobs and apps start from, as a lock."""
    return _lock("base")


def _disabled(extension: str) -> bytes:
    return json.dumps({"ServerApp": {"jpserver_extensions": {extension: False}}}).encode()


def _lock(name: str) -> str:
    return (_PACKAGE / "environments" / f"{name}.txt").read_text()


def _wheels(*distributions: str) -> tuple[Path, ...]:
    found = []
    for distribution in distributions:
        wheels = sorted((_PACKAGE / "wheels").glob(f"{distribution}-*.whl"))
        if not wheels:
            raise EnvironmentFailed(
                message(
                    "The wheel of %(distribution)s is not in this installation: run `make setup` in a checkout, or "
                    "install OpenMo from its own wheel.",
                    distribution=distribution,
                ),
                name=distribution,
            )
        found.append(wheels[-1])
    return tuple(found)


def _uv(name: str, held: int, *arguments: str) -> None:
    """Runs uv; raises EnvironmentFailed with the end of what it said.

    uv holds the lock's descriptor as well: while it outlives whoever called it, nobody else writes where it writes.
    """
    status, report = run_uv(arguments, held=(held,))
    if status != 0:
        output = "\n".join(report.strip().splitlines()[-_LAST_LINES:])
        raise EnvironmentFailed(
            message(
                "The environment `%(name)s` could not be built. uv said:\n%(output)s\nCheck that this machine "
                "reaches a Python package index (uv's own settings and UV_* variables count) and that the disk "
                "has room, then start again: what has been downloaded is kept.",
                name=name,
                output=output,
            ),
            name=name,
        )


def run_uv(
    arguments: Sequence[str], folder: Path | None = None, *, held: tuple[int, ...] = (), seconds: float | None = None
) -> tuple[int, str]:
    """Uv's exit code and what it reported; `folder`: where it works, the current one by itself.

    Raises TimeoutExpired after `seconds`.
    """
    variables = {
        key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    }
    variables["UV_PYTHON_DOWNLOADS"] = "never"
    done = subprocess.run(
        [uv.find_uv_bin(), *arguments],
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=seconds,
        pass_fds=held,
    )
    return done.returncode, done.stderr or done.stdout


@contextlib.contextmanager
def _locked(path: Path, waiting: Callable[[], None]) -> Iterator[int]:
    """The descriptor that holds the lock."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
