"""A real JupyterLab with the real wheel of openmo-lab, as a user's environment has it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

REPOSITORY = Path(__file__).resolve().parents[2]
SIGN_IN = "sign-in-token"
START_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LabServer:
    url: str
    root: Path
    log: Path

    def client(self) -> httpx.Client:
        """A client that may do what a signed-in browser may."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"token {SIGN_IN}"}, timeout=30)


def install_wheel(prefix: Path) -> dict[str, str]:
    """Builds the wheel when its sources changed, installs it below `prefix`, and returns the environment to use it."""
    subprocess.run([sys.executable, "tools/build_assets.py", "lab"], cwd=REPOSITORY, check=True, stdout=sys.stderr)
    (wheel,) = (REPOSITORY / "src/openmo/wheels").glob("openmo_lab-*.whl")
    command = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--prefix",
        str(prefix),
        str(wheel),
    ]
    subprocess.run(command, check=True)
    packages = prefix / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    return {
        "PYTHONPATH": str(packages),
        "JUPYTER_PATH": str(prefix / "share/jupyter"),
        "JUPYTER_CONFIG_PATH": str(prefix / "etc/jupyter"),
    }


@contextmanager
def running_lab(folder: Path, environment: Mapping[str, str]) -> Iterator[LabServer]:
    """JupyterLab on a free port, with `folder`/project as its root and a home of its own."""
    root, home, log = folder / "project", folder / "home", folder / "lab.log"
    root.mkdir()
    home.mkdir()
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += [f"--IdentityProvider.token={SIGN_IN}", f"--ServerApp.root_dir={root}", "--ServerApp.port_retries=0"]
    command += [f"--LabApp.app_settings_dir={environment['JUPYTER_PATH']}/lab/settings"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=root,
            env={"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            server = LabServer(url=f"http://127.0.0.1:{port}", root=root, log=log)
            wait_until_ready(server, process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_ready(server: LabServer, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            httpx.get(f"{server.url}/api", timeout=2).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"JupyterLab did not start:\n{server.log.read_text()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
