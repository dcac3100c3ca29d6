"""The supervisor with real children."""

import asyncio
import errno
import os
import signal
import socket
import sys
import textwrap
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support.up_process import gone

from openmo.config.endpoints import free_port
from openmo.core.clock import SystemClock
from openmo.installation.supervisor import Service, ServiceFailed, Supervisor
from openmo.signalling.reports import ServiceReport, ServiceState

_SERVE = """
import http.server, os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("pid", os.getpid(), flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
_ANNOUNCE = """
import os, signal, sys
from openmo.installation.child import announce_ready, die_with_parent
die_with_parent(os.environ)
announce_ready(os.environ)
signal.pause()
"""
_UNWELL = """
import http.server, pathlib, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        well = pathlib.Path(sys.argv[2]).exists()
        self.send_response(200 if well else int(sys.argv[3]))
        self.end_headers()
        self.wfile.write(b"" if well else b'{"parts": {"database": "ok", "hub": "It is away."}}')
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""
_STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"
_LEAVES_A_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("child", child.pid, flush=True)
time.sleep(600)
"""


def _service(
    name: str, code: str, *arguments: str, ready_url: str = "", stop_seconds: float = 3.0, gated: bool = False
) -> Service:
    return Service(
        name=name,
        argv=[sys.executable, "-c", textwrap.dedent(code), *arguments],
        variables=dict(os.environ),
        ready_url=ready_url,
        stop_seconds=stop_seconds,
        gated=gated,
    )


def _server(name: str = "web") -> Service:
    port = free_port()
    return _service(name, _SERVE, str(port), ready_url=f"http://127.0.0.1:{port}/")


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 (what is waited for happens in other processes)
            await asyncio.sleep(0.01)


def _supervise(
    logs: Path, services: list[Service], body: Callable[[Supervisor], Awaitable[None]]
) -> list[list[ServiceReport]]:
    """Runs `body` beside a supervisor; every report that was published."""
    published: list[list[ServiceReport]] = []

    async def run() -> None:
        supervisor = Supervisor(
            services, logs=logs, clock=SystemClock(), changed=lambda reports: published.append(list(reports))
        )
        try:
            await body(supervisor)
        finally:
            await supervisor.stop()
        assert {report.state for report in supervisor.reports()} == {ServiceState.STOPPED}
        assert {report.pid for report in supervisor.reports()} == {None}

    asyncio.run(run())
    return published


def test_services_become_ready_and_stop(tmp_path: Path) -> None:
    async def body(supervisor: Supervisor) -> None:
        await supervisor.start()
        assert [report.state for report in supervisor.reports()] == [ServiceState.READY, ServiceState.READY]

    published = _supervise(tmp_path, [_server("a"), _server("b")], body)
    states = [reports[0].state for reports in published]
    seen = [state for index, state in enumerate(states) if index == 0 or states[index - 1] is not state]
    assert seen == [ServiceState.STARTING, ServiceState.READY, ServiceState.STOPPING, ServiceState.STOPPED]
    assert (tmp_path / "a.log").read_text().startswith("pid ")


def test_a_killed_service_comes_back_and_the_other_goes_on(tmp_path: Path) -> None:
    async def body(supervisor: Supervisor) -> None:
        await supervisor.start()
        first, other = supervisor.reports()
        assert first.pid is not None
        os.kill(first.pid, signal.SIGKILL)
        await _until(lambda: supervisor.reports()[0].restarts == 1)
        await _until(lambda: supervisor.reports()[0].state is ServiceState.READY)
        assert supervisor.reports()[0].pid != first.pid
        assert supervisor.reports()[1] == other

    published = _supervise(tmp_path, [_server("a"), _server("b")], body)
    details = {reports[0].detail for reports in published if reports[0].state is ServiceState.BACKING_OFF}
    assert len(details) == 1
    assert "SIGKILL" in details.pop()


def test_services_go_on_where_their_state_cannot_be_written(tmp_path: Path) -> None:
    def full(_reports: tuple[ServiceReport, ...]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def run() -> None:
        supervisor = Supervisor([_server()], logs=tmp_path, clock=SystemClock(), changed=full)
        try:
            async with asyncio.timeout(60):
                await supervisor.start()
                (first,) = supervisor.reports()
                assert first.pid is not None
                os.kill(first.pid, signal.SIGKILL)
                await _until(lambda: supervisor.reports()[0].restarts == 1)
                await _until(lambda: supervisor.reports()[0].state is ServiceState.READY)
        finally:
            await supervisor.stop()

    asyncio.run(run())


def test_a_service_that_never_comes_up_is_said_with_its_log(tmp_path: Path) -> None:
    async def body(supervisor: Supervisor) -> None:
        with pytest.raises(ServiceFailed) as failed:
            await supervisor.start()
        assert "no such luck" in failed.value.message
        assert failed.value.fields["service"] == "bad"

    bad = _service("bad", "raise SystemExit('no such luck')", ready_url=f"http://127.0.0.1:{free_port()}/")
    _supervise(tmp_path, [_server(), bad], body)


def _unwell(folder: Path, status: int = 503, *, alone: bool = False) -> Service:
    """Works once `folder/well` exists; until then it says that the Hub is away."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/health"
    return replace(
        _service("web", _UNWELL, str(port), str(folder / "well"), str(status), ready_url=url), ready_alone=alone
    )


@pytest.mark.parametrize("status", [404, 503])
def test_a_service_is_ready_when_its_health_says_so_and_says_why_until_then(tmp_path: Path, status: int) -> None:
    async def body(supervisor: Supervisor) -> None:
        starting = asyncio.create_task(supervisor.start())
        await _until(lambda: supervisor.reports()[0].detail)
        (report,) = supervisor.reports()
        assert (report.state, report.detail) == (ServiceState.STARTING, "hub: It is away.")
        (tmp_path / "well").touch()
        await starting
        (report,) = supervisor.reports()
        assert (report.state, report.detail, report.restarts) == (ServiceState.READY, "", 0)

    _supervise(tmp_path, [_unwell(tmp_path, status)], body)


def test_a_service_that_others_start_behind_is_ready_when_it_answers(tmp_path: Path) -> None:
    async def body(supervisor: Supervisor) -> None:
        await supervisor.start()
        assert supervisor.reports()[0].state is ServiceState.READY

    _supervise(tmp_path, [_unwell(tmp_path, alone=True)], body)


def test_a_service_that_answers_but_never_works_is_said_with_the_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openmo.installation.watch.START_SECONDS", 2.0)

    async def body(supervisor: Supervisor) -> None:
        with pytest.raises(ServiceFailed, match="hub: It is away"):
            await supervisor.start()
        assert supervisor.reports()[0].restarts == 0

    _supervise(tmp_path, [_unwell(tmp_path)], body)


def test_stopping_does_not_wait_for_a_service_that_does_not_answer(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/health"

        async def body(supervisor: Supervisor) -> None:
            starting = asyncio.create_task(supervisor.start())
            connection, _ = await asyncio.to_thread(silent.accept)
            with connection:
                assert await asyncio.to_thread(connection.recv, 4) == b"GET "
                starting.cancel()
                await supervisor.stop()
                while await asyncio.to_thread(connection.recv, 4096):  # its end comes at once, not at a timeout
                    pass

        _supervise(tmp_path, [_service("web", _STUBBORN, ready_url=url, stop_seconds=0.1)], body)


def test_a_service_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    async def body(supervisor: Supervisor) -> None:
        await asyncio.wait_for(supervisor.start(), 10)
        await _until(lambda: (tmp_path / "stubborn.log").exists() and "up" in (tmp_path / "stubborn.log").read_text())

    published = _supervise(tmp_path, [_service("stubborn", _STUBBORN, stop_seconds=0.2)], body)
    pids = {reports[0].pid for reports in published} - {None}
    assert pids
    assert all(gone(pid) for pid in pids if pid)


def test_what_a_killed_service_leaves_behind_is_swept_up(tmp_path: Path) -> None:
    left: list[int] = []

    async def body(supervisor: Supervisor) -> None:
        await supervisor.start()
        log = tmp_path / "parent.log"
        await _until(lambda: log.exists() and log.read_text().endswith("\n"))
        left.append(int(log.read_text().split()[1]))
        pid = supervisor.reports()[0].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await _until(lambda: gone(left[0]))

    _supervise(tmp_path, [_service("parent", _LEAVES_A_CHILD)], body)
    assert left


def test_a_service_announces_itself(tmp_path: Path) -> None:
    async def body(supervisor: Supervisor) -> None:
        await supervisor.start()
        await _until(lambda: supervisor.reports()[0].state is ServiceState.READY)
        pid = supervisor.reports()[0].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await _until(lambda: supervisor.reports()[0].restarts == 1)
        await _until(lambda: supervisor.reports()[0].state is ServiceState.READY)

    _supervise(tmp_path, [_service("runner", _ANNOUNCE)], body)


def test_a_gated_service_waits_for_the_gate(tmp_path: Path) -> None:
    async def body(supervisor: Supervisor) -> None:
        starting = asyncio.create_task(supervisor.start())
        await _until(lambda: supervisor.reports()[0].state is ServiceState.READY)
        assert supervisor.reports()[1].state is ServiceState.STOPPED
        supervisor.open_gate()
        await starting
        assert supervisor.reports()[1].state is ServiceState.READY

    port = free_port()
    gated = _service("late", _SERVE, str(port), ready_url=f"http://127.0.0.1:{port}/", gated=True)
    _supervise(tmp_path, [_server(), gated], body)


def test_a_child_dies_with_its_supervisor(tmp_path: Path) -> None:
    script = tmp_path / "supervisor.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import asyncio, os, sys
            from pathlib import Path
            from openmo.core.clock import SystemClock
            from openmo.installation.supervisor import Service, Supervisor

            async def main():
                service = Service(name="child", argv=[sys.executable, "-c", {_ANNOUNCE!r}], variables=os.environ)
                supervisor = Supervisor([service], logs=Path({str(tmp_path)!r}), clock=SystemClock(),
                                        changed=lambda r: print(r[0].state.value, r[0].pid, flush=True))
                await supervisor.start()
                await asyncio.sleep(600)

            asyncio.run(main())
            """
        )
    )

    async def run() -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(script),
            stdout=asyncio.subprocess.PIPE,
            env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
        )
        assert process.stdout is not None
        async with asyncio.timeout(30):
            line = b""
            while not line.startswith(b"ready"):
                line = await process.stdout.readline()
                assert line, "the supervisor ended"
        child = int(line.split()[1])
        process.kill()
        await process.wait()
        await _until(lambda: gone(child))

    asyncio.run(run())
