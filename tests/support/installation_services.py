"""Services with real processes for tests of the supervisor."""

import asyncio
import os
import sys
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path

from openmo.config.endpoints import free_port
from openmo.core.clock import SystemClock
from openmo.installation.supervisor import Service, Supervisor

_ANSWERS = """
import http.server, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({status})
        self.end_headers()
        self.wfile.write(b'{{"parts": {{"hub": "It is away."}}}}')
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""
_BEATS = """
import os, pathlib, signal, sys, time
from openmo.installation.child import announce_ready
from openmo.installation.heartbeat import Heartbeat
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
works, waits = [pathlib.Path(each) for each in sys.argv[1:]] or [pathlib.Path("/nowhere")] * 2
rounds = 0
with Heartbeat(announce_ready(os.environ), lambda: rounds, lambda: ""):
    while True:
        rounds += 1
        if works.exists() and not works.read_text():
            until = time.monotonic() + 9
            while time.monotonic() < until:
                pass
            works.write_text("done")
        while waits.exists():
            signal.pause()
        time.sleep(0.05)
"""
HANGS = _ANSWERS.format(status=503)


def served(name: str = "watched", *, code: str = _ANSWERS.format(status=200)) -> Service:
    """One that answers by HTTP."""
    port = free_port()
    return _service(name, code, str(port), url=f"http://127.0.0.1:{port}/health")


def announcing(*arguments: str) -> Service:
    """One that says itself that it goes on; given two files, it works for long once the first exists, and hangs while
    the second does."""
    return _service("watched", _BEATS, *arguments)


def _service(name: str, code: str, *arguments: str, url: str = "") -> Service:
    argv = [sys.executable, "-c", textwrap.dedent(code), *arguments]
    return Service(name=name, argv=argv, variables=dict(os.environ), ready_url=url)


async def until(condition: Callable[[], object]) -> None:
    """Returns when the condition holds; fails after two minutes."""
    async with asyncio.timeout(120):
        while not condition():  # noqa: ASYNC110 (what is waited for happens in other processes)
            await asyncio.sleep(0.02)


def supervise(logs: Path, services: list[Service], body: Callable[[Supervisor], Awaitable[None]]) -> None:
    """Runs `body` beside a supervisor of these services."""

    async def run() -> None:
        supervisor = Supervisor(services, logs=logs, clock=SystemClock(), changed=lambda _: None)
        try:
            await body(supervisor)
        finally:
            await supervisor.stop()

    asyncio.run(run())
