"""kill -9 of each process, of `openmo up`, and of everything."""

import os
import signal
from pathlib import Path

import httpx
import pytest
from support.notebook_server import NotebookServer, environments, lab_processes
from support.up_process import UpProcess, running, wait_for, wait_for_none

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]
SERVICES = ("proxy", "hub", "web", "gateway", "runner")


def _kill(pid: int) -> None:
    assert pid
    os.kill(pid, signal.SIGKILL)


def _works(up: UpProcess) -> None:
    assert httpx.get(f"{up.url}/page", timeout=30).text.startswith("web /page")
    assert httpx.get(f"{up.url}/run/x", timeout=30).text.startswith("gateway /run/x")
    assert httpx.get(f"{up.url}/hub/api", timeout=30).status_code == 200


def test_each_service_comes_back_and_the_others_go_on(tmp_path: Path) -> None:
    with running(tmp_path / "data") as up:
        for name in SERVICES:
            before = {service: up.pid(service) for service in SERVICES}
            restarts = up.services()[name]["restarts"]
            _kill(before[name])

            def back(name: str = name, restarts: int = restarts) -> bool:
                service = up.services().get(name, {})
                return service.get("state") == "ready" and service.get("restarts", 0) > restarts

            wait_for(back, seconds=120, message=f"{name} did not come back: {up.services()}")
            after = {service: up.pid(service) for service in SERVICES}
            assert after.pop(name) != before.pop(name)
            assert after == before, f"killing {name} moved another service"
            wait_for(up.all_ready, seconds=120)
            _works(up)
        _requests_wait(up)


def _requests_wait(up: UpProcess) -> None:
    """While a service is started anew, requests wait instead of failing."""
    for name in ("web", "proxy"):
        restarts = up.services()[name]["restarts"]
        _kill(up.pid(name))

        def noticed(name: str = name, restarts: int = restarts) -> bool:
            return up.pid(name) == 0 or up.services()[name]["restarts"] > restarts

        wait_for(noticed, seconds=60)
        answer = httpx.get(f"{up.url}/page", timeout=60)  # the listening socket is held by `openmo up`
        assert answer.status_code == 200
        wait_for(up.all_ready, seconds=120)


def test_killing_up_or_everything_leaves_nothing_and_the_next_up_starts_clean(tmp_path: Path) -> None:
    with running(tmp_path / "data") as up:
        pids = {up.pid(name) for name in SERVICES}
        port = int(up.url.rpartition(":")[2])
        _kill(up.process.pid)
        up.process.communicate()
        assert not wait_for_none(pids, seconds=30)
        assert up.run("status", "--json", check=False).returncode == 1, "the file that is left is not believed"
    with running(tmp_path / "data", "--port", str(port)) as up:
        _works(up)
        everything = [up.process.pid, *(up.pid(name) for name in SERVICES)]
        for pid in everything:
            _kill(pid)
        up.process.communicate()
        assert not wait_for_none(set(everything), seconds=15)
    with running(tmp_path / "data") as again:
        _works(again)


@pytest.mark.deep("starts two JupyterLab servers and OpenMo twice")
def test_a_notebook_server_outlives_the_hub_and_not_the_installation(tmp_path: Path) -> None:
    with running(tmp_path / "data", environment=environments(tmp_path)) as up:
        server = NotebookServer(up)
        server.start()
        server.wait_ready()
        kernel = server.new_kernel()
        assert server.execute(kernel, "x = 42; print(x)").strip() == "42"
        held = lab_processes(up.data)
        assert held

        _kill(up.pid("hub"))
        wait_for(lambda: up.services()["hub"]["restarts"] == 1 and up.all_ready(), seconds=120)
        server.wait_ready()
        assert server.execute(kernel, "print(x)").strip() == "42", "the kernel kept its memory"

        _kill(up.pid("proxy"))
        wait_for(lambda: up.services()["proxy"]["restarts"] == 1 and up.all_ready(), seconds=120)
        assert server.answers(), "the proxy has its routes at its first request"
        assert server.execute(kernel, "print(x)").strip() == "42"

        _kill(up.pid("hub"))
        _kill(up.process.pid)
        up.process.communicate()
        assert not wait_for_none(held, seconds=30)
    with running(tmp_path / "data", environment=up.environment) as again:
        server = NotebookServer(again)
        wait_for(lambda: not server.model(), seconds=60, message="the dead server is still listed")
        server.start()
        server.wait_ready()
        assert server.answers()
        left = lab_processes(again.data)
    assert not wait_for_none(left, seconds=10), "stopping ends notebook servers too"
