"""Our side of `serving.py`: the gateway as it is, over two releases that no database knows."""

import socket
import sys
from pathlib import Path

from openmo.core.ids import ProjectId, ReleaseId
from openmo.gateway.app import create_gateway
from openmo.gateway.server import serve
from openmo.gateway.settings import GatewaySettings
from openmo.sandbox.detect import detect_sandbox
from openmo.serving.directory import AppAccess, AppLimits, DeployedRelease
from openmo.serving.forked.pool import ForkedWorkerPool, PoolSettings
from openmo.specs.files import read_app_spec

PICTURE = """
from PIL import Image
def handle(conf):
    width, height = Image.open(conf["photo"]).size
    return {"width": width, "height": height}
"""
HANDLER = "def handle(conf):\n    return {'ret': conf['x'] + 1}\n"
_INT = {"value_type": "int"}
_ADDER_SPEC = {"input": {"x": _INT}, "output": {"ret": _INT}}
_PICTURE_SPEC = {"input": {"photo": {"value_type": "img"}}, "output": {"width": _INT, "height": _INT}}


class Directory:
    """Two releases; the adder under any number of names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, DeployedRelease] = {}

    async def find(self, owner: str, app: str, version: str | None) -> DeployedRelease | None:
        del version
        picture = app == "picture"
        if app not in self._known:
            self._known[app] = DeployedRelease(
                release_id=ReleaseId(app),
                project_id=ProjectId(app),
                owner=owner,
                app=app,
                version="1.0.0",
                channel="release",
                access=AppAccess.PUBLIC,
                folder=self._folder / ("picture" if picture else "adder"),
                python=Path(sys.executable),
                spec=read_app_spec(_PICTURE_SPEC if picture else _ADDER_SPEC),
                limits=AppLimits(idle_seconds=300),
            )
        return self._known[app]

    async def public_releases(
        self, *, after: tuple[str, str] = ("", ""), limit: int = 100
    ) -> tuple[DeployedRelease, ...]:
        del after, limit
        return ()


async def serve_ours(folder: Path, port: int, workers: int) -> None:
    """The gateway as it is, over one app; run as a child of the benchmark."""
    release = folder / "releases"
    for name, source in (("adder", HANDLER), ("picture", PICTURE)):
        (release / name).mkdir(parents=True, exist_ok=True)
        (release / name / "handler.py").write_text(source)
    python = frozenset({Path(sys.executable)})
    settings = PoolSettings(folder=folder / "pool", trusted_pythons=python, max_workers=workers)
    pool = ForkedWorkerPool(settings, detect_sandbox())
    gateway = create_gateway(Directory(release), pool, None, GatewaySettings(folder=folder / "gateway"))
    await serve(gateway, socket.create_server(("127.0.0.1", port), backlog=512))
