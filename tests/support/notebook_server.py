"""A project's JupyterLab, started through the Hub of a stand-in installation."""

import json
from pathlib import Path
from typing import Any, Protocol

import httpx
import psutil
import pytest
from support.up_process import wait_for
from websockets.sync.client import connect

from openmo.environments.builder import Environments, base_spec, lab_spec

ENVIRONMENTS = Path(__file__).parents[2] / ".cache" / "environments"


def environments(folder: Path) -> dict[str, str]:
    """Variables that lead the stand-in to the built environments; skips where there are none."""
    built = Environments(ENVIRONMENTS)
    for spec in (lab_spec(), base_spec()):
        found = built.find(spec)
        if found is None:
            pytest.skip(f"the environment {spec.name} is not built: run `make test`")
        (folder / spec.name).symlink_to(found.folder)
    return {"STAND_IN_ENVIRONMENTS": str(folder)}


class Started(Protocol):
    """An OpenMo that runs."""

    @property
    def url(self) -> str: ...

    def state(self) -> dict[str, Any]: ...


class NotebookServer:
    """The server of one project (`demo` exists) of the local account."""

    def __init__(self, up: Started, slug: str = "demo") -> None:
        state = up.state()
        self.headers = {"Authorization": f"token {state['api']['token']}"}
        self._user = f"{up.url}/hub/api/users/{state['account']}"
        self._slug = slug
        self.base = f"{up.url}/user/{state['account']}/{slug}"

    def start(self) -> httpx.Response:
        return httpx.post(f"{self._user}/servers/{self._slug}", headers=self.headers, timeout=150)

    def stop(self) -> None:
        httpx.delete(f"{self._user}/servers/{self._slug}", headers=self.headers, timeout=150).raise_for_status()

    def model(self) -> dict[str, Any]:
        """What the Hub says of the server; empty while the Hub is away."""
        try:
            answer = httpx.get(self._user, headers=self.headers, timeout=10)
            return dict(answer.json().get("servers", {}).get(self._slug, {})) if answer.status_code == 200 else {}
        except httpx.TransportError:
            return {}

    def progress(self) -> str:
        """What the page that waits for the server is sent, until it has started or failed."""
        address = f"{self._user}/servers/{self._slug}/progress"
        return httpx.get(address, headers=self.headers, timeout=150).text

    def wait_ready(self) -> None:
        wait_for(lambda: self.model().get("ready"), seconds=120, message="the notebook server is not ready")

    def answers(self) -> bool:
        """Whether the server itself answers, through the proxy."""
        try:
            answer = httpx.get(f"{self.base}/api/status", headers=self.headers, timeout=10)
        except httpx.TransportError:
            return False
        return answer.status_code == 200 and "kernels" in answer.text

    def listed(self, folder: str) -> list[str]:
        """The names that the file browser shows."""
        answer = httpx.get(f"{self.base}/api/contents/{folder}", headers=self.headers, timeout=60)
        answer.raise_for_status()
        return sorted(str(each["name"]) for each in answer.json()["content"])

    def new_kernel(self) -> str:
        answer = httpx.post(f"{self.base}/api/kernels", headers=self.headers, json={"name": "python3"}, timeout=150)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def restart(self, kernel: str) -> None:
        self._order(kernel, "restart")

    def _order(self, kernel: str, verb: str) -> None:
        httpx.post(f"{self.base}/api/kernels/{kernel}/{verb}", headers=self.headers, timeout=150).raise_for_status()

    def execute(self, kernel: str, code: str, *, interrupt_at: str | None = None) -> str:
        """What the code prints, or its error; once it has printed `interrupt_at`, it is interrupted."""
        url = self.base.replace("http", "ws", 1) + f"/api/kernels/{kernel}/channels"
        with connect(url, additional_headers=self.headers, open_timeout=30) as socket:
            header = {"msg_id": "1", "msg_type": "execute_request", "username": "", "session": "test", "version": "5.3"}
            content = {
                "code": code,
                "silent": False,
                "store_history": False,
                "user_expressions": {},
                "allow_stdin": False,
            }
            message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
            socket.send(json.dumps({**message, "buffers": []}))
            text, replied, idle = "", False, False
            while not (replied and idle):
                answer = json.loads(socket.recv(timeout=150))
                if answer["parent_header"].get("msg_id") != "1":
                    continue
                kind, content = answer["msg_type"], answer["content"]
                text += content.get("text", "") if kind == "stream" else ""
                if interrupt_at is not None and interrupt_at in text:
                    self._order(kernel, "interrupt")
                    interrupt_at = None
                text += f"{content['ename']}: {content['evalue']}" if kind == "error" else ""
                replied = replied or kind == "execute_reply"
                idle = idle or (kind == "status" and content["execution_state"] == "idle")
            return text


def lab_processes(data: Path) -> set[int]:
    """All processes that work for notebook servers of the data folder."""
    mark = str(data / "hub" / "servers")
    found = set()
    for process in psutil.process_iter():
        try:
            variables = process.environ()
        except (psutil.Error, OSError):
            continue
        if variables.get("JUPYTER_PATH", "").startswith(mark):
            found.add(process.pid)
    return found
