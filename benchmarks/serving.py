"""Serving {"x": int} -> {"ret": x + 1}: our gateway beside the limit (Starlette in process) and FastAPI's thread pool.

    python benchmarks/serving.py [--rounds 3] [--seconds 5] [--json FILE]

Every contender runs in this one run, on this one machine, each in a process of its own behind uvicorn. Ours alone runs
the handler isolated in another process, sandboxed, with its inputs validated against the spec. Load comes from `wrk`
where it is installed, else from a plain asyncio client, which then costs more of the machine than any server does.
"""

import argparse
import asyncio
import contextlib
import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import uvloop

from openmo.core.ids import ProjectId, ReleaseId
from openmo.engines.sandboxes import detect_sandbox
from openmo.engines.worker_pool import ForkedWorkerPool, PoolSettings
from openmo.gateway.app import create_gateway
from openmo.gateway.server import serve
from openmo.gateway.settings import GatewaySettings
from openmo.ports.app_directory import AppAccess, AppLimits, DeployedRelease

CONNECTIONS = 16
IDLE_APPS = 40

STARLETTE = """
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
async def call(request):
    return JSONResponse({"ret": (await request.json())["x"] + 1})
app = Starlette(routes=[Route("/run/ada/adder", call, methods=["POST"])])
"""
FASTAPI = """
from fastapi import FastAPI
from pydantic import BaseModel
class In(BaseModel):
    x: int
app = FastAPI()
@app.post("/run/ada/adder")
def call(body: In):
    return {"ret": body.x + 1}
"""
HANDLER = "def handle(conf):\n    return {'ret': conf['x'] + 1}\n"
TARGETS = "p50 <= 0.5 ms, p99 <= 1.5 ms, >= 5,000 calls/s; cold <= 0.05 s warm, <= 1.5 s not; <= 5 MB per idle app"


@dataclass
class Figures:
    """Measurements of one contender, one entry a round."""

    cold: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    others: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, value: float) -> None:
        self.others.setdefault(name, []).append(value)


class Client:
    """The least HTTP client: one keep-alive connection, one request at a time."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, path: str, body: bytes) -> bytes:
        head = (
            f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self._socket.sendall(head.encode() + body)
        data = b""
        while True:
            data += self._socket.recv(65536)
            head_end = data.find(b"\r\n\r\n")
            if head_end >= 0:
                length = re.search(rb"content-length: (\d+)", data[:head_end].lower())
                if length and len(data) >= head_end + 4 + int(length[1]):
                    return data

    def close(self) -> None:
        self._socket.close()


def latencies(port: int, count: int = 3000) -> tuple[float, float]:
    """p50 and p99 in milliseconds on one connection."""
    client = Client(port)
    for _ in range(200):
        client.call("/run/ada/adder", b'{"x": 1}')
    taken = []
    for number in range(count):
        start = time.perf_counter()
        answer = client.call("/run/ada/adder", b'{"x": %d}' % number)
        taken.append(time.perf_counter() - start)
        if b" 200 " not in answer[:20] or b":%d" % (number + 1) not in answer:
            raise RuntimeError(answer.decode())
    client.close()
    taken.sort()
    return taken[count // 2] * 1e3, taken[count * 99 // 100] * 1e3


def rate(port: int, seconds: float, folder: Path) -> float:
    """Calls per second over 16 connections."""
    if shutil.which("wrk"):
        script = folder / "post.lua"
        script.write_text('wrk.method="POST"\nwrk.body=[[{"x": 1}]]\nwrk.headers["Content-Type"]="application/json"\n')
        url = f"http://127.0.0.1:{port}/run/ada/adder"
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "-s", str(script), url]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in text or "Socket errors" in text:
            raise RuntimeError(text)
        return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])  # type: ignore[index]  # wrk always prints it
    return uvloop.run(_rate_by_asyncio(port, seconds))


async def _rate_by_asyncio(port: int, seconds: float) -> float:
    request = b"POST /run/ada/adder HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 8\r\n\r\n"
    end = time.perf_counter() + seconds

    async def connection() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        done = 0
        while time.perf_counter() < end:
            writer.write(request + b'{"x": 1}')
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(re.search(rb"content-length: (\d+)", head.lower())[1]))  # type: ignore[index]  # both servers send it
            done += 1
        writer.close()
        return done

    return sum(await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))) / seconds


@contextlib.contextmanager
def running(command: list[str], port: int, figures: Figures) -> Iterator[psutil.Process]:
    """A server process; `cold` is from its start to its first right answer."""
    start = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            while True:
                try:
                    client = Client(port)
                    if b'"ret":42' in client.call("/run/ada/adder", b'{"x": 41}').replace(b" ", b""):
                        break
                except OSError:
                    time.sleep(0.005)
                if process.poll() is not None or time.perf_counter() - start > 60:
                    raise RuntimeError(f"{command} does not answer")
            figures.cold.append(time.perf_counter() - start)
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait()


def tree_memory(process: psutil.Process) -> float:
    """Proportional set size of the whole tree in MB."""
    family = [process, *process.children(recursive=True)]
    return sum(each.memory_full_info().pss for each in family) / 1e6


def measure(name: str, command: Callable[[int], list[str]], figures: Figures, seconds: float, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with running(command(port), port, figures) as process:
        p50, p99 = latencies(port)
        figures.p50.append(p50)
        figures.p99.append(p99)
        figures.rate.append(rate(port, seconds, folder))
        if name == "openmo":
            _measure_apps(port, process, figures)
        figures.memory.append(tree_memory(process))


def _measure_apps(port: int, process: psutil.Process, figures: Figures) -> None:
    """First calls to sleeping apps with the zygote warm, and what an idle app holds."""
    (zygote,) = process.children()
    quiet = 0
    while quiet < 20:  # until it has imported all that it wants to
        quiet = quiet + 1 if zygote.cpu_percent(0.1) < 5 else 0
    family = process.children(recursive=True)
    before = sum(each.memory_full_info().pss for each in family)
    client = Client(port)
    taken = []
    for number in range(IDLE_APPS):
        start = time.perf_counter()
        answer = client.call(f"/run/ada/sleeper-{number}", b'{"x": 1}')
        taken.append(time.perf_counter() - start)
        if b'"ret":2' not in answer:
            raise RuntimeError(answer.decode())
    client.close()
    figures.note("first call, zygote warm, median ms", statistics.median(taken) * 1e3)
    figures.note("first call, zygote warm, worst ms", max(taken) * 1e3)
    after = sum(each.memory_full_info().pss for each in process.children(recursive=True))
    figures.note("memory per idle app, MB (growth of the tree's PSS)", (after - before) / IDLE_APPS / 1e6)
    workers = [each for each in process.children(recursive=True) if each not in family]
    figures.note("memory per idle app, MB (private pages)", statistics.median(_private(each) for each in workers))


def _private(process: psutil.Process) -> float:
    return float(process.memory_full_info().uss) / 1e6


class Directory:
    """One release under many names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, DeployedRelease] = {}

    def find(self, owner: str, app: str, version: str | None) -> DeployedRelease | None:
        del version
        if app not in self._known:
            self._known[app] = DeployedRelease(
                release_id=ReleaseId(app),
                project_id=ProjectId(app),
                owner=owner,
                app=app,
                version="1.0.0",
                channel="release",
                access=AppAccess.PUBLIC,
                folder=self._folder,
                python=Path(sys.executable),
                spec={"input": {"x": {"value_type": "int"}}, "output": {"ret": {"value_type": "int"}}},
                limits=AppLimits(idle_seconds=300),
            )
        return self._known[app]

    def public_releases(self, *, after: tuple[str, str] = ("", ""), limit: int = 100) -> tuple[DeployedRelease, ...]:
        del after, limit
        return ()


async def serve_ours(folder: Path, port: int) -> None:
    """The gateway as it is, over one app; run as a child of the benchmark."""
    release = folder / "release"
    release.mkdir(exist_ok=True)
    (release / "handler.py").write_text(HANDLER)
    settings = PoolSettings(folder=folder / "pool", trusted_pythons=frozenset({Path(sys.executable)}))
    pool = ForkedWorkerPool(settings, detect_sandbox())
    gateway = create_gateway(Directory(release), pool, None, GatewaySettings(folder=folder / "gateway"))
    await serve(gateway, socket.create_server(("127.0.0.1", port), backlog=512))


def report(results: dict[str, Figures]) -> None:
    limit = results["Starlette, in process (the limit)"]
    print(f"\n{'':38}{'cold s':>8}{'MB':>7}{'p50 ms':>9}{'p99 ms':>9}{'calls/s':>10}{'of the limit':>14}")
    for name, figures in results.items():
        cold, memory, p50, p99, calls = (
            statistics.median(values)
            for values in (figures.cold, figures.memory, figures.p50, figures.p99, figures.rate)
        )
        share = calls / statistics.median(limit.rate)
        print(f"{name:38}{cold:8.2f}{memory:7.0f}{p50:9.3f}{p99:9.3f}{calls:10,.0f}{share:14.2f}")
    for name, values in results["openmo"].others.items():
        print(f"openmo: {name}: {statistics.median(values):.2f}")
    print(f"targets: {TARGETS}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--serve", nargs=2, metavar=("FOLDER", "PORT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        uvloop.run(serve_ours(Path(options.serve[0]), int(options.serve[1])))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "starlette_app.py").write_text(STARLETTE)
        (folder / "fastapi_app.py").write_text(FASTAPI)
        uvicorn = [sys.executable, "-m", "uvicorn", "--app-dir", name, "--log-level", "warning", "--no-access-log"]
        contenders: dict[str, Callable[[int], list[str]]] = {
            "Starlette, in process (the limit)": lambda port: [*uvicorn, "--port", str(port), "starlette_app:app"],
            "FastAPI, sync def (thread pool)": lambda port: [*uvicorn, "--port", str(port), "fastapi_app:app"],
            "openmo": lambda port: [sys.executable, __file__, "--serve", name, str(port)],
        }
        results = {name: Figures() for name in contenders}
        for _ in range(options.rounds):
            for contender, command in contenders.items():
                measure(contender, command, results[contender], options.seconds, folder)
    report(results)
    if options.json:
        options.json.write_text(json.dumps({name: vars(figures) for name, figures in results.items()}, indent=1))


if __name__ == "__main__":
    main()
