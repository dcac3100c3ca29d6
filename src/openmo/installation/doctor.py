"""`openmo doctor`: is everything there that OpenMo needs, and if not, how to mend it."""

import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psutil
import uv

from openmo.config.endpoints import Endpoint, PortInUse, bind
from openmo.config.settings import Settings
from openmo.core.errors import OpenMoError
from openmo.environments.builder import Environments, base_spec, lab_spec
from openmo.environments.recipes import MODULE
from openmo.installation.port_owner import explain_port_in_use
from openmo.installation.state import load_running
from openmo.sandbox.detect import detect_sandbox
from openmo.storage.folder import FolderObjectStore

_GIB = 1 << 30
_DISK_NEEDED = 3 * _GIB
_MEMORY_NEEDED = 2 * _GIB
_SQLITE_NEEDED = (3, 35, 0)
_FILES_NEEDED = 1024
_MAX_SHOWN = 5


class Verdict(StrEnum):
    """What a check found."""

    GOOD = "ok"
    POOR = "warning"
    BAD = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    detail: str
    mend: str = ""
    """The one action that mends it; empty when nothing is wrong."""


def _finding(name: str, detail: str, *, good: bool, mend: str, otherwise: Verdict = Verdict.BAD) -> Finding:
    return Finding(name=name, verdict=Verdict.GOOD if good else otherwise, detail=detail, mend="" if good else mend)


def check_python(_: Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return _finding("python", version, good=sys.version_info >= (3, 11), mend="Install Python 3.11 or newer.")


def check_sqlite(_: Settings) -> Finding:
    mend = "Use a Python built with SQLite 3.35 or newer, or PostgreSQL by --database-url."
    good = sqlite3.sqlite_version_info >= _SQLITE_NEEDED
    return _finding("sqlite", sqlite3.sqlite_version, good=good, mend=mend)


def check_programs(_: Settings) -> Finding:
    missing = [name for name in ("git", "bash") if shutil.which(name) is None]
    detail = "git, bash" if not missing else f"missing: {', '.join(missing)}"
    return _finding(
        "programs", detail, good=not missing, mend=f"Install {', '.join(missing)} with the system's packages."
    )


def check_uv(_: Settings) -> Finding:
    try:
        detail, good = uv.find_uv_bin(), True
    except FileNotFoundError as error:
        detail, good = str(error), False
    return _finding(
        "uv", detail, good=good, mend="Run `pip install uv` in the environment that OpenMo is installed in."
    )


def check_isolation(settings: Settings) -> Finding:
    sandbox = detect_sandbox(settings.allowed_system_calls)
    mend = "Use a Linux kernel of 5.13 or newer with Landlock, or install bubblewrap."
    otherwise = Verdict.POOR if settings.laptop else Verdict.BAD
    return _finding("isolation", sandbox.describe(), good=sandbox.isolates, mend=mend, otherwise=otherwise)


def check_addresses(settings: Settings) -> Finding:
    origins = settings.project_origins
    mend = "Let all names below a domain lead here, and set OPENMO_PROJECT_DOMAIN to it."
    return _finding("addresses", origins.describe(), good=bool(origins.domain), mend=mend, otherwise=Verdict.POOR)


def check_data(settings: Settings) -> Finding:
    folder = _existing(settings.data)
    good = os.access(folder, os.W_OK | os.X_OK)
    detail = str(settings.data) if good else f"{folder} cannot be written"
    return _finding("data folder", detail, good=good, mend="Choose another folder with --data, or change its owner.")


def check_disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(_existing(settings.data)).free
    mend = "Free some space, or choose a folder on another disk with --data."
    detail = f"{free / _GIB:.1f} GiB free"
    if free < settings.low_space_mb << 20:
        detail += f": less than OPENMO_LOW_SPACE_MB={settings.low_space_mb}, so no job, upload or release begins"
        return Finding(name="disk", verdict=Verdict.BAD, detail=detail, mend=mend)
    return _finding("disk", detail, good=free >= _DISK_NEEDED, mend=mend, otherwise=Verdict.POOR)


def check_memory(_: Settings) -> Finding:
    memory = psutil.virtual_memory()
    detail = f"{memory.total / _GIB:.1f} GiB, {memory.available / _GIB:.1f} GiB of it free"
    mend = "Close other programs: notebooks and training need room."
    return _finding("memory", detail, good=memory.available >= _MEMORY_NEEDED, mend=mend, otherwise=Verdict.POOR)


def check_open_files(_: Settings) -> Finding:
    limit = psutil.Process().rlimit(psutil.RLIMIT_NOFILE)[1] if hasattr(psutil, "RLIMIT_NOFILE") else _FILES_NEEDED
    good = limit < 0 or limit >= _FILES_NEEDED
    detail = "no limit" if limit < 0 else str(limit)
    return _finding("open files", detail, good=good, mend="Raise the limit: `ulimit -n 4096`.", otherwise=Verdict.POOR)


def check_port(settings: Settings) -> Finding:
    if running := load_running(settings.folder):
        return _finding("port", f"OpenMo runs at {running.url}", good=True, mend="")
    try:
        bind(Endpoint(settings.host, settings.port)).close()
    except PortInUse as error:
        return Finding(
            name="port", verdict=Verdict.BAD, detail=explain_port_in_use(error).message, mend="Use --port 0."
        )
    except OpenMoError as error:
        return Finding(name="port", verdict=Verdict.BAD, detail=error.message, mend="Choose another --host.")
    return _finding("port", f"{settings.host}:{settings.port} is free", good=True, mend="")


def check_loopback(_: Settings) -> Finding:
    mend = "Let `localhost` stand for 127.0.0.1 in /etc/hosts."
    try:
        addresses = {str(info[4][0]) for info in socket.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)}
    except socket.gaierror as error:
        return Finding(name="localhost", verdict=Verdict.POOR, detail=str(error), mend=mend)
    good = bool(addresses & {"127.0.0.1", "::1"})
    return _finding("localhost", ", ".join(sorted(addresses)), good=good, mend=mend, otherwise=Verdict.POOR)


def check_environments(settings: Settings) -> Finding:
    try:
        environments = Environments(settings.environments_folder)
        missing = [spec.name for spec in (base_spec(), lab_spec()) if environments.find(spec) is None]
    except OpenMoError as error:
        return Finding(name="environments", verdict=Verdict.BAD, detail=error.message, mend="Install OpenMo anew.")
    detail = f"to be built at the next start: {', '.join(missing)}" if missing else "built"
    return _finding("environments", detail + _of_modules(environments), good=True, mend="")


def _of_modules(environments: Environments) -> str:
    """How many there are of modules; what a killed process left half built is built when it is used."""
    folder = environments.of_modules
    there = [each for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []
    whole = sum(1 for _ in environments.pythons(MODULE))
    return ", ".join([f"; of modules: {whole}", *([f"{len(there) - whole} unfinished"] if len(there) > whole else [])])


def check_files(settings: Settings) -> Finding:
    """Reads every stored file: minutes, where there are many."""
    if not settings.folder.store.is_dir():
        return _finding("stored files", "none yet", good=True, mend="")
    count, damaged = FolderObjectStore(settings.folder.store).examine()
    detail = f"{count} read, all as they were stored" if not damaged else f"{len(damaged)} of {count} are damaged"
    shown = ", ".join(f"store/objects/{name[:2]}/{name}" for name in damaged[:_MAX_SHOWN])
    mend = f"Restore them from a backup, or make again what needs them: {shown}{', …' * (len(damaged) > _MAX_SHOWN)}"
    return _finding("stored files", detail, good=not damaged, mend=mend)


CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    check_python,
    check_sqlite,
    check_programs,
    check_uv,
    check_isolation,
    check_addresses,
    check_data,
    check_disk,
    check_memory,
    check_open_files,
    check_port,
    check_loopback,
    check_environments,
)


def examine(settings: Settings, *, files: bool = False) -> Iterator[Finding]:
    """Every check's finding, in order; changes nothing. `files`: all that is stored is read, too."""
    for check in CHECKS:
        yield check(settings)
    if files:
        yield check_files(settings)


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())
