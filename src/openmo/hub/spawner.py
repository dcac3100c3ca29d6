"""Starts one JupyterLab server per project, in the sandbox, held on a leash.

JupyterHub knows a server by user and slug; the platform's `ProjectLauncher` says which folders, environments and
variables that means. Nothing of the Hub's own environment reaches the server.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path, PurePath
from typing import ClassVar, TypedDict
from uuid import UUID

from jupyterhub.spawner import LocalProcessSpawner
from jupyterhub.utils import random_port

from openmo.core.copies import copy_folder
from openmo.core.errors import Conflict, OpenMoError, StorageFull
from openmo.core.hostile.folder import HostileFolder
from openmo.core.hostile.paths import write_atomic
from openmo.core.hostile.trees import remove_tree
from openmo.core.packages import PACKAGES
from openmo.core.space import FULL, is_full, storage_full
from openmo.hub.lab_options import LAB_OPTIONS
from openmo.hub.lab_page import place_page, templates_folder
from openmo.hub.launcher import ProjectLauncher
from openmo.hub.listeners import listens
from openmo.hub.start_events import StartEvent, start_events
from openmo.hub.turns import Turns
from openmo.projects.launch import ProjectLaunch
from openmo.sandbox.interpreter import interpreter_folders
from openmo.sandbox.policy import Sandbox, SandboxPolicy
from openmo.sandbox.variables import LOGIN_PROFILE, LOGIN_PROFILE_TEXT, child_variables
from openmo.system.child_python import PACKAGE_FOLDER, child_argv
from openmo.system.process_identity import ProcessIdentity
from openmo.system.rotating_log import last_lines

LEASH_VARIABLE = "OPENMO_LEASH"
_GRACE_SECONDS = 2.0
_KILL_TIMEOUT_SECONDS = 4.0
_POLL_SECONDS = 0.03
_START_SECONDS = 120.0
"""From its turn to the moment in which the server accepts connections."""
_AT_ONCE = 2
"""So many servers start at a time, or as many as there are cores."""
_SOCKET_NAME_BYTES = 107
"""What the kernel takes: unix(7), without the zero at the end."""
KERNEL_STARTER = PACKAGE_FOLDER / "sandbox" / "inside" / "kernel.py"
"""The program that starts kernels, which is copied to where they can read it."""
_SHELL = "/bin/bash"
_FIRST_NOTEBOOK = "coding_here.ipynb"
_TRANSLATION = "@jupyterlab/translation-extension:plugin"
# Not a login shell, which would set PATH anew: all variables are set already, as a login would.
_TERMINALS = {"ServerApp": {"terminado_settings": {"shell_command": [_SHELL]}}}
_LAB_LANGUAGES = {"zh-CN": "zh_CN"}
"""By the pages' language tag; whoever reads another language gets JupyterLab's own default."""


class CannotStart(Exception):
    """The reason why a server does not start, as JupyterHub's pages show it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.jupyterhub_message = message


class ProjectSpawner(LocalProcessSpawner):  # type: ignore[misc]  # JupyterHub ships no types
    """One server of one project. Use the class that `bind_spawner` makes."""

    launcher: ClassVar[ProjectLauncher]
    sandbox: ClassVar[Sandbox]
    folder: ClassVar[Path]
    """Where the platform keeps what it writes for each server."""
    logs: ClassVar[Path]
    public_site: ClassVar[str]
    """Where browsers find the platform, without a slash at the end; empty: where they find the server."""
    leash: ClassVar[int]
    """A descriptor that reads as ended when the installation does; -1: none."""
    processes: ClassVar[int | None]
    """How many a server and its kernels may have at once, threads included; None: any number."""
    turns: ClassVar[Turns]
    """A few servers start at a time: together they would take so long that each seems to hang."""

    identity: ProcessIdentity | None = None
    proc: subprocess.Popen[bytes] | None

    async def start(self) -> tuple[str, int]:
        """Starts the server; (address, port). Raises CannotStart for a project that this user cannot open."""
        try:
            launch = await asyncio.to_thread(self.launcher.launch, self.user.name, self.name)
        except OpenMoError as error:
            raise CannotStart(error.message) from error
        async with self.turns.turn(self):
            try:
                async with asyncio.timeout(_START_SECONDS):
                    return await self._start(launch)
            except TimeoutError as error:
                raise CannotStart(
                    f"JupyterLab did not start within {_START_SECONDS:.0f} seconds: try again."
                ) from error
            except OSError as error:
                if full := storage_full(error):
                    raise CannotStart(full.message) from error
                raise

    async def progress(self) -> AsyncIterator[StartEvent]:
        """What the page that waits shows: the place of those who wait for their turn, then how the server starts."""
        async for event in start_events(lambda: self.turns.place(self)):
            yield event

    async def _start(self, launch: ProjectLaunch) -> tuple[str, int]:
        self.port = random_port()
        place = await asyncio.to_thread(self._prepare, launch)
        policy = replace(policy_of(launch, place), processes=self.processes)
        argv = self.sandbox.wrap(self._command(launch, place), policy)
        held = child_argv(sys.executable, "openmo.hub.leash", str(self.leash), str(_GRACE_SECONDS), *argv)
        log_file = self.logs / f"lab-{self.user.name}-{self.name}.log"
        descriptor = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self.proc = subprocess.Popen(  # noqa: ASYNC220 (returns at once; the Hub's main thread is the right parent)
                held,
                env=self._variables(launch, policy, place),
                cwd=launch.workspace.whereabouts,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(self.leash,) if self.leash >= 0 else (),
            )
        finally:
            os.close(descriptor)
        self.pid = self.proc.pid
        self.identity = ProcessIdentity.of(self.pid)
        await self._listening(log_file)
        return ("127.0.0.1", self.port)

    async def _listening(self, log_file: Path) -> None:
        """Returns when the server, and nobody else, accepts connections; the Hub's own look comes next.

        Raises CannotStart with the end of the log when the server ends instead.
        """
        while await self.poll() is None:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                if await asyncio.to_thread(listens, self.port, self.pid):
                    return
            await asyncio.sleep(_POLL_SECONDS)
        if is_full(self.folder):
            raise CannotStart(FULL) from StorageFull(FULL)
        raise CannotStart(f"The notebook server ended at once. It said:\n{last_lines(log_file)}")

    async def poll(self) -> int | None:
        """None while the server runs; never takes another process of the same number for it."""
        if self.proc is not None:
            code = self.proc.poll()
            if code is None:
                return None
            self.clear_state()
            return int(code)
        if self.identity is not None and self.identity.alive():
            return None
        self.clear_state()
        return 0

    async def stop(self, now: bool = False) -> None:
        """Returns when the server and all its descendants have gone; the leash sees to that, also `now`."""
        del now
        for number, seconds in ((signal.SIGTERM, _KILL_TIMEOUT_SECONDS), (signal.SIGKILL, 1.0)):
            if await self.poll() is not None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            await self._ended(seconds)

    async def _ended(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while await self.poll() is None:  # noqa: ASYNC110 (a server adopted from an earlier Hub is not our child)
                    await asyncio.sleep(0.05)

    def get_state(self) -> dict[str, object]:
        state: dict[str, object] = super().get_state()
        if self.identity is not None:
            state["identity"] = self.identity.values()
        return state

    def load_state(self, state: dict[str, object]) -> None:
        super().load_state(state)
        self.identity = ProcessIdentity.read(state.get("identity"))

    def clear_state(self) -> None:
        super().clear_state()
        self.identity = None
        self.proc = None

    def _prepare(self, launch: ProjectLaunch) -> Path:
        """The server's own folder: a kernelspec it can read, a temporary folder it can write.

        Below the platform's data and made anew, so that nothing a user left behind (a link, say) is followed.
        """
        place = self.folder / f"{self.user.name}--{self.name}"
        remove_tree(place)
        place.mkdir(mode=0o700, parents=True)
        _temporary(place).make()
        with contextlib.suppress(Conflict):  # the user has a file of that name
            launch.workspace.make(PACKAGES)  # Python looks again only into folders that were there at its start
        with contextlib.suppress(Conflict):
            if not launch.home.has_file(LOGIN_PROFILE):
                launch.home.write(LOGIN_PROFILE, LOGIN_PROFILE_TEXT)
        kernel = place / "jupyter" / "kernels" / "python3"
        kernel.mkdir(parents=True)
        starter = kernel / "start.py"
        write_atomic(
            kernel / "kernel.json",
            json.dumps(kernel_spec(launch.kernel_python, starter, launch.workspace.whereabouts / PACKAGES)).encode(),
            mode=0o644,
        )
        write_atomic(starter, KERNEL_STARTER.read_bytes(), mode=0o644)
        config = place / "jupyter" / "config"
        config.mkdir()
        (config / "migrated").touch()  # else Jupyter would move an old IPython's configuration here, which it cannot
        runtime = self._runtime_folder(policy_of(launch, place))
        settings = {**kernel_settings(runtime), **_TERMINALS}
        write_atomic(config / "jupyter_config.json", json.dumps(settings).encode(), mode=0o644)
        self._place_settings(launch, place / "jupyter" / "settings")
        language = str((self.user_options or {}).get("language", ""))
        place_page(_environment_of(launch.python_lab), templates_folder(place), launch.project, language)
        return place

    def _runtime_folder(self, policy: SandboxPolicy) -> PurePath:
        """Where server and kernels meet, by the name that it has for them."""
        return self.sandbox.temporary_inside(policy) / "runtime"

    def _place_settings(self, launch: ProjectLaunch, settings: Path) -> None:
        """JupyterLab's defaults for this server: the environment's, in the language of whoever starts it."""
        shipped = _environment_of(launch.python_lab) / "share" / "jupyter" / "lab" / "settings"
        if shipped.is_dir():
            copy_folder(shipped, settings)
        more = settings / "overrides.d"
        more.mkdir(parents=True, exist_ok=True)
        if language := _LAB_LANGUAGES.get(str((self.user_options or {}).get("language", ""))):
            override = json.dumps({_TRANSLATION: {"locale": language}}).encode()
            write_atomic(more / "openmo_language.json", override, mode=0o644)

    def _command(self, launch: ProjectLaunch, place: Path) -> list[str]:
        templates = templates_folder(place)
        page = (f"--LabApp.templates_dir={templates}",) if templates.is_dir() else ()
        return [
            str(launch.python_lab),
            "-P",
            "-s",  # nor anything that `pip install --user` left
            "-m",
            "jupyterhub.singleuser",
            *LAB_OPTIONS,
            f"--LabApp.app_settings_dir={place}/jupyter/settings",
            *page,
            f"--NotebookNotary.db_file={launch.home.whereabouts}/.notebook-signatures.db",
            f"--NotebookNotary.secret_file={launch.home.whereabouts}/.notebook-secret",
        ]

    def _variables(self, launch: ProjectLaunch, policy: SandboxPolicy, place: Path) -> dict[str, str]:
        """Everything the server sees: the Hub's own variables are not among it."""
        self.notebook_dir = str(launch.workspace.whereabouts)
        self.default_url = f"/lab/tree/{_FIRST_NOTEBOOK}" if launch.workspace.has_file(_FIRST_NOTEBOOK) else "/lab"
        home = launch.home.whereabouts
        more = {
            **self.get_env(),
            "USER": self.user.name,
            "SHELL": _SHELL,
            "VIRTUAL_ENV": str(launch.kernel_python.parent.parent),
            "JUPYTER_PATH": str(place / "jupyter"),
            # No configuration that code of the project could write: it would run in the server at the next start.
            "JUPYTER_CONFIG_DIR": str(place / "jupyter" / "config"),
            "JUPYTER_DATA_DIR": str(place / "jupyter"),
            "JUPYTERLAB_SETTINGS_DIR": str(home / ".jupyter" / "lab" / "user-settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / ".jupyter" / "lab" / "workspaces"),
            "JUPYTER_RUNTIME_DIR": str(self._runtime_folder(policy)),
            "IPYTHONDIR": str(home / ".ipython"),
            "JUPYTERHUB_SINGLEUSER_EXTENSION": "1",
            "OPENMO_API_URL": launch.api_url,
            "OPENMO_PROJECT": launch.project,
            "OPENMO_PROJECT_KIND": launch.kind,
            "OPENMO_PUBLIC_URL": self.public_site,
        }
        return child_variables(policy, os.environ, path=(launch.kernel_python.parent,), extra=more)

    def _env_keep_default(self) -> list[str]:
        return []

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """No account of the operating system is looked up: users of the platform are not users of the machine."""
        return env


class KernelSpec(TypedDict):
    """A `kernel.json`."""

    argv: list[str]
    display_name: str
    language: str
    metadata: dict[str, bool]
    env: dict[str, str]


def kernel_spec(python: Path, starter: PurePath, packages: PurePath) -> KernelSpec:
    """The `kernel.json` of a project's kernel: `!pip`, `!python` and `!7zx` are those of its own environment.

    `starter`: where KERNEL_STARTER lies for it. What `!pip install` brings goes to the project's own `packages`, since
    the environment is everybody's.
    """
    return {
        "argv": [str(python), str(starter), "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
        # JupyterLab's debugger stays off: debugpy listens on TCP without a key, and once somebody has used it, whoever
        # else can connect runs code in that kernel. `%debug` and `breakpoint()` need no port.
        "metadata": {"debugger": False},
        "env": {
            "PATH": os.pathsep.join([str(python.parent), "${PATH}"]),
            "VIRTUAL_ENV": str(python.parent.parent),
            "PIP_TARGET": str(packages),
            "PYTHONPATH": str(packages),
        },
    }


def kernel_settings(runtime: PurePath) -> dict[str, object]:
    """Jupyter's settings for whatever starts kernels in the sandbox: the server, `jupyter console`, nbconvert.

    They speak over sockets in the folder `runtime`, which nobody else sees: over TCP all processes of the machine could
    listen to what a kernel prints. Only where the folder's name is too long for a socket's is it TCP.
    """
    longest = runtime / f"kernel-{UUID(int=0)}-ipc-99"
    fits = len(os.fsencode(longest)) <= _SOCKET_NAME_BYTES
    return {"KernelManager": {"transport": "ipc" if fits else "tcp"}}


def bind_spawner(
    *,
    launcher: ProjectLauncher,
    sandbox: Sandbox,
    folder: Path,
    logs: Path,
    public_site: str,
    leash: int = -1,
    processes: int | None = None,
) -> type[ProjectSpawner]:
    """The spawner class of this installation (JupyterHub wants a class; its configuration would copy live objects)."""
    values = {
        "launcher": launcher,
        "sandbox": sandbox,
        "folder": folder,
        "logs": logs,
        "public_site": public_site,
        "leash": leash,
        "processes": processes,
        "turns": Turns(max(_AT_ONCE, os.cpu_count() or 1)),
    }
    return type("ProjectSpawner", (ProjectSpawner,), values)


def policy_of(launch: ProjectLaunch, place: Path) -> SandboxPolicy:
    """What JupyterLab and the kernels of a project may do; `place` is the server's own folder."""
    temporary = _temporary(place).whereabouts
    interpreters = (*interpreter_folders(launch.python_lab), *interpreter_folders(launch.kernel_python))
    return SandboxPolicy(
        read_write=(launch.workspace.whereabouts, launch.home.whereabouts, temporary),
        read_only=tuple(dict.fromkeys((place / "jupyter", *interpreters, *launch.read_only))),
        home=launch.home.whereabouts,
        temporary=temporary,
        work=launch.workspace.whereabouts,
    )


def _temporary(place: Path) -> HostileFolder:
    return HostileFolder(place).below("tmp")


def _environment_of(python: Path) -> Path:
    return python.parent.parent
