"""Serving {"x": int} -> {"ret": x + 1}: our gateway beside the limit (Starlette in process), FastAPI and other peers.

    python benchmarks/serving.py [--rounds 3] [--seconds 5] [--peers FOLDER] [--apps 1000 [--workers 256]] [--json FILE]

Every contender runs in this one run, on this one machine, each in a process of its own. Ours alone runs the handler
isolated in another process, sandboxed, with its inputs validated against the spec. FastAPI and ours are also sent a PNG
of 1 MB, whose size they tell; `--apps` calls so many apps of ours at random, of which `--workers` are awake at most.
`serving_peers.py` says what `--peers` needs. Load comes from `wrk` where it is installed, else from a plain asyncio
client, which then costs more of the machine than any server does.
"""

import argparse
import asyncio
import contextlib
import io
import json
import os
import random
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
from PIL import Image
from serving_apps import serve_ours
from serving_peers import Contender, peers

CONNECTIONS = 16
IDLE_APPS = 40
TAIL = 3000
"""Calls at random over many apps, once each was called."""

STARLETTE = """
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
async def call(request):
    return JSONResponse({"ret": (await request.json())["x"] + 1})
app = Starlette(routes=[Route("/run/ada/adder", call, methods=["POST"])])
"""
FASTAPI = """
import io
from fastapi import FastAPI, UploadFile
from PIL import Image
from pydantic import BaseModel
class In(BaseModel):
    x: int
app = FastAPI()
@app.post("/run/ada/adder")
def call(body: In):
    return {"ret": body.x + 1}
@app.post("/run/ada/picture")
def picture(photo: UploadFile):
    width, height = Image.open(photo.file).size
    return {"width": width, "height": height}
"""
TARGETS = (
    "p50 <= 0.5 ms, p99 <= 1.5 ms, >= 5,000 calls/s; cold <= 0.05 s warm, <= 1.5 s not; "
    "<= 5 MB per idle app, 1,000 apps in 2 GB; picture <= 2.5 ms"
)


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

    def call(self, path: str, body: bytes, kind: str = "application/json") -> bytes:
        self._socket.sendall(_head(path, body, kind) + body)
        data = b""
        while True:
            data += self._socket.recv(65536)
            head_end = data.find(b"\r\n\r\n")
            if head_end >= 0:
                length = re.search(rb"content-length: (\d+)", data[:head_end].lower())
                if length and len(data) >= head_end + 4 + int(length[1]):
                    return data
                if length is None and data.endswith(b"0\r\n\r\n"):  # in chunks
                    return data

    def close(self) -> None:
        self._socket.close()


def _head(path: str, body: bytes, kind: str = "application/json") -> bytes:
    return f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n".encode()


def right(answer: bytes, number: int) -> bool:
    """Whether the answer to `number` is the number after it."""
    return b" 200 " in answer[:20] and re.search(rb"[:\[]\s*%d\b" % (number + 1), answer) is not None


def latencies(port: int, contender: Contender, count: int = 2000) -> tuple[float, float]:
    """p50 and p99 in milliseconds on one connection."""
    client = Client(port)
    for _ in range(200):
        client.call(contender.path, contender.body % 1)
    taken = []
    for number in range(1000, 1000 + count):
        start = time.perf_counter()
        answer = client.call(contender.path, contender.body % number)
        taken.append(time.perf_counter() - start)
        if not right(answer, number):
            raise RuntimeError(answer.decode())
    client.close()
    taken.sort()
    return taken[count // 2] * 1e3, taken[count * 99 // 100] * 1e3


def rate(port: int, contender: Contender, seconds: float, folder: Path) -> float:
    """Calls per second over 16 connections."""
    if shutil.which("wrk"):
        script = folder / "post.lua"
        body = (contender.body % 1).decode()
        script.write_text(f'wrk.method="POST"\nwrk.body=[=[{body}]=]\nwrk.headers["Content-Type"]="application/json"\n')
        url = f"http://127.0.0.1:{port}{contender.path}"
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "-s", str(script), url]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in text or "Socket errors" in text:
            raise RuntimeError(text)
        return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])  # type: ignore[index]  # wrk always prints it
    return uvloop.run(_rate_by_asyncio(port, contender, seconds))


async def _rate_by_asyncio(port: int, contender: Contender, seconds: float) -> float:
    body = contender.body % 1
    request = _head(contender.path, body) + body
    end = time.perf_counter() + seconds

    async def connection() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        done = 0
        while time.perf_counter() < end:
            writer.write(request)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", answer.lower())
            if length is not None:
                await reader.readexactly(int(length[1]))
            else:  # in chunks
                await reader.readuntil(b"0\r\n\r\n")
            done += 1
        writer.close()
        return done

    return sum(await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))) / seconds


@contextlib.contextmanager
def running(contender: Contender, port: int, figures: Figures) -> Iterator[psutil.Process]:
    """A server process; `cold` is from its start to its first right answer."""
    start = time.perf_counter()
    environment = {**os.environ, "PORT": str(port), **(contender.environment or {})}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(contender.command(port), env=environment, stdout=quiet, stderr=quiet) as process:
        try:
            while not _answers(port, contender):
                if process.poll() is not None or time.perf_counter() - start > contender.start_timeout:
                    raise RuntimeError(f"{contender.command(port)} does not answer")
                time.sleep(0.005)
            figures.cold.append(time.perf_counter() - start)
            yield psutil.Process(process.pid)
        finally:
            _stop(psutil.Process(process.pid))


def _answers(port: int, contender: Contender) -> bool:
    try:
        client = Client(port)
    except OSError:
        return False
    try:
        return right(client.call(contender.path, contender.body % 41), 41)
    except OSError:
        return False
    finally:
        client.close()


def _stop(process: psutil.Process) -> None:
    """With all its children, which some peers leave behind."""
    family = [process, *process.children(recursive=True)]
    process.terminate()
    _, alive = psutil.wait_procs(family, timeout=10)
    for each in alive:
        each.kill()


def tree_memory(process: psutil.Process) -> float:
    """Proportional set size of the whole tree in MB."""
    family = [process, *process.children(recursive=True)]
    return sum(each.memory_full_info().pss for each in family) / 1e6


def measure(name: str, contender: Contender, figures: Figures, options: argparse.Namespace, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = contender.port or probe.getsockname()[1]
    with running(contender, port, figures) as process:
        p50, p99 = latencies(port, contender)
        figures.p50.append(p50)
        figures.p99.append(p99)
        figures.rate.append(rate(port, contender, options.seconds, folder))
        figures.memory.append(tree_memory(process))
        if name in ("openmo", "FastAPI, sync def (thread pool)"):
            figures.note("a PNG of 1 MB, p50 ms", _picture(port))
        if name == "openmo":
            _measure_apps(port, process, figures)
            _measure_many(port, process, figures, options.apps)


def _picture(port: int, count: int = 200) -> float:
    """p50 in milliseconds of sending a PNG and being told its size."""
    noise = Image.frombytes("RGB", (600, 580), random.Random(1).randbytes(600 * 580 * 3))
    png = io.BytesIO()
    noise.save(png, "PNG", compress_level=0)
    part = b'--b\r\ncontent-disposition: form-data; name="photo"; filename="p.png"\r\ncontent-type: image/png\r\n\r\n'
    body = part + png.getvalue() + b"\r\n--b--\r\n"
    client, taken = Client(port), []
    for _ in range(count):
        start = time.perf_counter()
        answer = client.call("/run/ada/picture", body, "multipart/form-data; boundary=b")
        taken.append(time.perf_counter() - start)
        if b'"width":600' not in answer.replace(b" ", b""):
            raise RuntimeError(answer.decode())
    client.close()
    return statistics.median(taken) * 1e3


def _measure_many(port: int, process: psutil.Process, figures: Figures, apps: int) -> None:
    """So many apps, each called once and then at random: how long calls take, and what all of them hold."""
    client, chance = Client(port), random.Random(2)
    numbers = [*range(apps), *(chance.randrange(apps) for _ in range(TAIL if apps else 0))]
    taken = []
    for number in numbers:
        start = time.perf_counter()
        if b'"ret":2' not in client.call(f"/run/ada/one-of-many-{number}", b'{"x": 1}'):
            raise RuntimeError("a wrong answer")
        taken.append(time.perf_counter() - start)
    client.close()
    for what, part in (("first call of each", taken[:apps]), ("calls at random", taken[apps:])):
        if part:
            part.sort()
            figures.note(f"{apps} apps, {what}, p50 ms", part[len(part) // 2] * 1e3)
            figures.note(f"{apps} apps, {what}, p99 ms", part[len(part) * 99 // 100] * 1e3)
    if apps:
        figures.note(f"{apps} apps, all processes, MB", tree_memory(process))
        figures.note(f"{apps} apps, processes", len(process.children(recursive=True)))


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
    figures.note("memory per idle app, MB (private pages)", sum(map(_private, workers)) / IDLE_APPS)


def _private(process: psutil.Process) -> float:
    return float(process.memory_full_info().uss) / 1e6


def report(results: dict[str, Figures]) -> None:
    limit = results["Starlette, in process (the limit)"]
    print(f"\n{'':38}{'cold s':>8}{'MB':>7}{'p50 ms':>9}{'p99 ms':>9}{'calls/s':>10}{'of the limit':>14}")
    for name, figures in results.items():
        if not figures.rate:
            print(f"{name:38} did not run")
            continue
        cold, memory, p50, p99, calls = (
            statistics.median(values)
            for values in (figures.cold, figures.memory, figures.p50, figures.p99, figures.rate)
        )
        share = calls / statistics.median(limit.rate)
        print(f"{name:38}{cold:8.2f}{memory:7.0f}{p50:9.3f}{p99:9.3f}{calls:10,.0f}{share:14.2f}")
    for name, figures in results.items():
        for what, values in figures.others.items():
            print(f"{name}: {what}: {statistics.median(values):.2f}")
    print(f"load of the machine: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")
    print(f"targets: {TARGETS}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--peers", type=Path, help="a folder with their environments")
    parser.add_argument("--apps", type=int, default=0, help="call so many apps of ours at random, too")
    parser.add_argument("--workers", type=int, default=256, help="so many of ours at once at most: the others sleep")
    parser.add_argument("--serve", nargs=2, metavar=("FOLDER", "PORT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        uvloop.run(serve_ours(Path(options.serve[0]), int(options.serve[1]), options.workers))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "starlette_app.py").write_text(STARLETTE)
        (folder / "fastapi_app.py").write_text(FASTAPI)
        uvicorn = [sys.executable, "-m", "uvicorn", "--app-dir", name, "--log-level", "warning", "--no-access-log"]
        ours = [sys.executable, __file__, "--workers", str(options.workers)]
        here: dict[str, Callable[[int], list[str]]] = {
            "Starlette, in process (the limit)": lambda port: [*uvicorn, "--port", str(port), "starlette_app:app"],
            "FastAPI, sync def (thread pool)": lambda port: [*uvicorn, "--port", str(port), "fastapi_app:app"],
            "openmo": lambda port: [*ours, "--serve", name, str(port)],
        }
        contenders = {title: Contender(command=command) for title, command in here.items()}
        if options.peers:
            contenders |= peers(options.peers, folder)
        results = {name: Figures() for name in contenders}
        for _ in range(options.rounds):
            for title, contender in contenders.items():
                try:
                    measure(title, contender, results[title], options, folder)
                except RuntimeError as error:
                    print(f"{title}: {error}", file=sys.stderr)
    report(results)
    if options.json:
        options.json.write_text(json.dumps({name: vars(figures) for name, figures in results.items()}, indent=1))


if __name__ == "__main__":
    main()
