"""Targets for attempts to get out of a sandbox, and what came of them, seen from outside.

What an attempt says of itself only counts against the sandbox: a secret of its target in its report, a claim that it
worked, a target that changed, a process that was touched, a service that heard of it. Of all these none is a refusal.
"""

import contextlib
import ctypes
import os
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Self

from security.escape import __main__ as every_noun
from security.escape.attempt import ATTEMPTS, Attempt, Target
from support.escapes.services import Services
from support.escapes.victims import Victims, environ_at

PACKAGE = Path(every_noun.__file__).parent
NOBODY = 65534
ORIGINALS = ("/dev/full", "/dev/random", "/dev/zero", "/dev/tty", "/dev/urandom", "/root", "/var/log", "/run")
_TEMPORARY = (Path("/var/tmp"), Path("/tmp"))
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What came of one attempt."""

    outcome: str
    """What it says of itself: refused, void (this machine has nothing to attack), claims, broken, late, killed."""
    detail: str
    reached: tuple[str, ...]
    """What says that it worked; empty when nothing does."""

    @property
    def proves(self) -> bool:
        """Whether it was really made."""
        return bool(self.reached) or self.outcome in ("refused", "void", "killed")

    def lacks_ground(self, name: str) -> bool:
        """Whether this machine, or this kernel, has nothing of what it attacks."""
        absent = self.detail in ("ENOENT", "ENOSYS", "ENXIO", "ENODEV") and ATTEMPTS[name].upon == "machine"
        return not self.reached and (self.outcome == "void" or absent)


def standing(*walls: str, abi: int = 0) -> frozenset[str]:
    """Names of the walls of a sandbox, Landlock's by its ABI."""
    landlock = {f"Landlock {number}" for number in range(1, abi + 1)} | ({"Landlock"} if abi else set())
    return frozenset(walls) | landlock | {"kernel", "rights"}


def refused_by(attempt: Attempt, walls: frozenset[str], *, ordinary: bool = False) -> tuple[str, ...]:
    """Those of the walls that refuse it, each by itself."""
    declared = attempt.ordinary if ordinary and attempt.ordinary is not None else attempt.walls
    return tuple(wall for wall in declared if walls.issuperset(wall.split(" and ")))


@dataclass(kw_only=True)
class Field:
    """The targets of one run. Use it as a context manager."""

    root: Path
    """Where neighbours' folders lie: user code must neither read nor write there."""
    data: Path
    """Where datasets lie, which user code may read."""
    platform: Path
    """The platform's data folder."""
    names: Sequence[str]
    confine: Callable[[list[str]], list[str]] | None = None
    user: int | None = None
    """Whose all of it is; None: whoever runs the tests."""
    victim: Mapping[str, str] = field(default_factory=dict)
    listeners: Sequence[int] = ()
    secrets: dict[str, str] = field(default_factory=dict)
    shared_secrets: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.secrets = {name: token_hex(8) for name in self.names}
        self._targets: dict[str, Target] = {}
        self._services = Services(self.platform, self.user)
        self.shared_secrets.append(token_hex(8))
        self._victims = Victims(self.confine, _first(self.root, self.shared_secrets[-1]), self.user)
        shared = self._services.start()
        if self.listeners:
            shared["listeners"] = list(self.listeners)
        folders = {name: self._lay(number, name) for number, name in enumerate(self.names)}
        if self.user is not None:
            subprocess.run(["chown", "-R", f"{self.user}:{self.user}", self.root, self.data], check=True)
        pids = self._victims.start({n: s for n, s in self.secrets.items() if ATTEMPTS[n].upon.endswith("process")})
        for name in self.names:
            values = {**shared, **folders[name], "token": f"t{token_hex(8)}", "platform": str(self.platform)}
            if name in pids:
                values |= {"pid": pids[name], "environ_at": environ_at(pids[name])}
            values |= {"originals": _originals(self.platform), "victim": dict(self.victim)}
            self._targets[name] = Target.of(values)
        self._before = {name: self._look(name) for name in self.names}
        return self

    def __exit__(self, *_: object) -> None:
        self._victims.close()
        self._services.close()

    def _lay(self, number: int, name: str) -> dict[str, object]:
        """The folder of one attempt, which it cannot tell from the others'."""
        upon, secret = ATTEMPTS[name].upon, self.secrets[name]
        if upon == "data":
            folder = self.data / f"{number:03}"
            folder.mkdir()
            _fill(folder, "of a dataset")
            return {"data": str(folder)}
        if upon in ("machine", "service"):
            return {}
        folder = self.root / f"{number:03}"
        folder.mkdir()
        _fill(folder, secret)
        (folder / f"secret-{secret}").touch()
        (folder / "link").symlink_to(secret)
        (folder / "run.sh").write_text(f"#!/bin/sh\necho {secret}\n")
        (folder / "run.sh").chmod(0o755)
        return {"neighbour": str(folder), "handle": _handle(folder / "file.txt")}

    def _look(self, name: str) -> dict[str, str]:
        target = self._targets[name]
        folder = target.neighbour or target.data
        return _listing(Path(folder)) if folder else {}

    def plan(self) -> dict[str, dict[str, object]]:
        """What the program in the place is given; the secrets are not in it."""
        return {name: asdict(target) for name, target in self._targets.items()}

    def judge(self, report: Mapping[str, Sequence[str]]) -> dict[str, Finding]:
        """What came of each attempt, by its name."""
        assert set(report) == set(self.names), "every attempt has an outcome"
        heard, changed = self._services.hear(), self._services.changed()
        findings = {}
        for name, (outcome, detail) in report.items():
            reached = [f"it says: {detail}"] if outcome == "claims" else []
            reached += self._seen(name, detail, heard)
            if name in ("change_a_semaphore", "change_named_memory"):
                reached += [each for each in changed if name.split("_")[-1] in each]
            findings[name] = Finding(outcome=outcome, detail=detail, reached=tuple(reached))
        return findings

    def _seen(self, name: str, detail: str, heard: bytes) -> Iterator[str]:
        target, before, now = self._targets[name], self._before[name], self._look(name)
        for secret in (self.secrets[name], self._services.secret, *self.shared_secrets):
            if secret in detail:
                yield "a secret is in its report"
        yield from (
            f"{path} was {before.get(path)} and is {now.get(path)}"
            for path in {*before, *now}
            if before.get(path) != now.get(path)
        )
        if target.pid:
            yield from self._victims.touched(target.pid)
        if target.token.encode() in heard:
            yield "a service heard of it"
        for folder in _TEMPORARY:
            with contextlib.suppress(FileNotFoundError):
                (folder / target.token).unlink()
                yield f"it left something in {folder}"


def _first(root: Path, secret: str) -> Path:
    """The folder in which processes of others work."""
    folder = root / "shared"
    folder.mkdir()
    _fill(folder, secret)
    folder.chmod(0o755)
    return folder


def _fill(folder: Path, secret: str) -> None:
    (folder / "file.txt").write_text(f"{secret}\n")
    os.setxattr(folder / "file.txt", "user.secret", secret.encode())
    (folder / "empty").mkdir()


def _handle(path: Path) -> str:
    packed = ctypes.create_string_buffer(struct.pack("=Ii", 128, 0) + bytes(128))
    if _libc.name_to_handle_at(-100, str(path).encode(), packed, ctypes.byref(ctypes.c_int()), 0) < 0:
        return "0:00"
    length, kind = struct.unpack_from("=Ii", packed)
    return f"{kind}:{packed.raw[8 : 8 + length].hex()}"


def _listing(folder: Path) -> dict[str, str]:
    """Everything about a folder and what is in it that others could change."""
    found = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        status = path.lstat()
        facts = [status.st_mode, status.st_uid, status.st_gid, status.st_nlink, status.st_ctime_ns]
        if path.is_file() and not path.is_symlink():
            facts += [path.read_bytes(), sorted(os.listxattr(path))]  # type: ignore[list-item]  # only compared
        found[str(path.relative_to(folder))] = str(facts)
    return found


def _originals(platform: Path) -> dict[str, list[int]]:
    paths = (*ORIGINALS, f"{platform}/projects", f"{platform}/logs")
    return {path: [os.stat(path).st_dev, os.stat(path).st_ino] for path in paths if os.path.exists(path)}


def write_package(folder: Path) -> None:
    """The program that makes attempts, in the folder that it will be run in."""
    shutil.copytree(PACKAGE, folder / "escape", ignore=shutil.ignore_patterns("test_*", "__pycache__"))
