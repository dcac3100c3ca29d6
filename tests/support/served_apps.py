"""Apps deployed in memory and served by the real gateway, pool and sandbox on a real port."""

import asyncio
import contextlib
import socket
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx
import uvloop

from openmo.core.ids import ProjectId, ReleaseId, new_id
from openmo.gateway.app import create_gateway
from openmo.gateway.server import serve
from openmo.gateway.settings import GatewaySettings
from openmo.identity.caller import Caller, SignIn, SignInStart
from openmo.sandbox.detect import detect_sandbox
from openmo.serving.directory import AppAccess, AppDirectory, AppLimits, DeployedRelease
from openmo.serving.forked.disk import DiskBounds
from openmo.serving.forked.pool import ForkedWorkerPool, PoolSettings
from openmo.serving.records import CallRecords
from openmo.specs.files import read_app_spec

Result = TypeVar("Result")

PYTHON = Path(sys.executable)
QUICK = AppLimits(timeout=20.0, idle_seconds=60.0, memory_bytes=1 << 30)


class MemoryDirectory:
    """An app directory that tests fill; see `openmo.serving.directory.AppDirectory`."""

    def __init__(self) -> None:
        self._releases: dict[tuple[str, str], list[DeployedRelease]] = {}

    def add(self, release: DeployedRelease) -> None:
        self._releases.setdefault((release.owner, release.app), []).append(release)

    async def find(self, owner: str, app: str, version: str | None) -> DeployedRelease | None:
        return self._find(owner, app, version)

    def _find(self, owner: str, app: str, version: str | None) -> DeployedRelease | None:
        releases = self._releases.get((owner, app), [])
        wanted = [each for each in releases if version is None or version in (each.version, each.channel)]
        return wanted[-1] if wanted else None

    async def public_releases(
        self, *, after: tuple[str, str] = ("", ""), limit: int = 100
    ) -> tuple[DeployedRelease, ...]:
        found = (self._find(owner, app, None) for owner, app in sorted(self._releases) if (owner, app) > after)
        return tuple(release for release in found if release is not None and release.public)[:limit]


class MemoryIdentity:
    """Tokens that tests give out; see `openmo.identity.caller.Identity`."""

    def __init__(self, callers: Mapping[str, Caller]) -> None:
        self._callers = callers

    async def caller(self, token: str) -> Caller | None:
        return self._callers.get(token)

    def start(self, next_url: str) -> SignInStart:
        raise NotImplementedError

    async def finish(self, *, code: str, state: str, cookie_value: str) -> SignIn:
        raise NotImplementedError

    def forget(self, token: str) -> None:
        raise NotImplementedError

    def end(self, token: str) -> None:
        raise NotImplementedError


def make_release(
    root: Path,
    source: str,
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    app: str = "",
    owner: str = "ada",
    version: str = "1.0.0",
    channel: str = "release",
    public: bool = True,
    limits: AppLimits = QUICK,
    files: Mapping[str, bytes] | None = None,
    python: Path = PYTHON,
    **more: Any,
) -> DeployedRelease:
    """A release whose handler.py is `source`; a parameter given as text is that value type."""

    def section(given: Mapping[str, Any] | None) -> dict[str, Any]:
        return {
            name: {"value_type": each} if isinstance(each, str) else dict(each) for name, each in (given or {}).items()
        }

    release_id = new_id()
    folder = root / release_id
    folder.mkdir(parents=True)
    (folder / "handler.py").write_text(textwrap.dedent(source), encoding="utf-8")
    for name, data in (files or {}).items():
        (folder / name).write_bytes(data)
    release = DeployedRelease(
        release_id=ReleaseId(release_id),
        project_id=ProjectId(new_id()),
        owner=owner,
        app=app or f"app-{release_id[-6:]}",
        version=version,
        channel=channel,
        access=AppAccess.PUBLIC if public else AppAccess.PRIVATE,
        folder=folder,
        python=python,
        spec=read_app_spec({"input": section(inputs), "output": section(outputs)}),
        limits=limits,
    )
    return replace(release, **more)


class ServedApps:
    """The gateway over a MemoryDirectory, its loop in a thread of its own."""

    def __init__(
        self,
        root: Path,
        *,
        trusted: bool = True,
        callers: Mapping[str, Caller] | None = None,
        max_workers: int = 256,
        settings: Mapping[str, Any] | None = None,
        directory: AppDirectory | None = None,
        records: CallRecords | None = None,
        disk: DiskBounds | None = None,
        check: Callable[[DeployedRelease], None] | None = None,
    ) -> None:
        """`directory`: instead of the one that `deploy` fills."""
        self._check = check
        self.root = root
        self.directory = MemoryDirectory()
        self._served = directory or self.directory
        self._records = records
        self._callers = callers or {}
        self._gateway = GatewaySettings(folder=root / "gateway", **(settings or {}))
        self._pool_settings = PoolSettings(
            folder=root / "pool",
            trusted_pythons=frozenset({PYTHON} if trusted else ()),
            preload=("numpy", "PIL.Image"),
            max_workers=max_workers,
            disk=disk or DiskBounds(),
        )
        self._ready = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.loop: asyncio.AbstractEventLoop
        self.pool: ForkedWorkerPool
        self._thread = threading.Thread(target=lambda: uvloop.run(self._serve()), name="gateway", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30), "the gateway did not come up"
        self.client = httpx.Client(base_url=self.url, timeout=60)
        return self

    def __exit__(self, *exception: object) -> None:
        self.client.close()
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        assert not self._thread.is_alive()

    def deploy(self, source: str, **options: Any) -> DeployedRelease:
        release = make_release(self.root / "releases", source, **options)
        self.directory.add(release)
        return release

    def call(self, release: DeployedRelease, inputs: Any = None, **options: Any) -> httpx.Response:
        path = f"/run/{release.owner}/{release.app}"
        if "files" in options or "content" in options or "data" in options:
            return self.client.post(path, **options)
        return self.client.post(path, json={} if inputs is None else inputs, **options)

    def output(self, release: DeployedRelease, inputs: Any = None, **options: Any) -> Any:
        response = self.call(release, inputs, **options)
        assert response.status_code == 200, response.text
        return response.json()["output"]

    def on_loop(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What a coroutine returns, run beside the gateway."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self.pool = ForkedWorkerPool(self._pool_settings, detect_sandbox(), check=self._check)
        identity = MemoryIdentity(self._callers)
        app = create_gateway(self._served, self.pool, identity, self._gateway, records=self._records)
        await serve(app, self._listener, drain_seconds=1, ready=self._ready.set, until=self._stop)
        self._listener.close()


def eventually(check: Callable[[], Result], *, seconds: float = 20.0) -> Result:
    """The first true answer of `check`; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (answer := check()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
    return answer


@contextlib.contextmanager
def served(root: Path, **options: Any) -> Iterator[ServedApps]:
    with ServedApps(root, **options) as apps:
        yield apps
