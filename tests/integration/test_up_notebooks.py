"""A notebook server through the proxy, the Hub, the leash and the sandbox, to the kernel."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from support.notebook_server import NotebookServer, environments, lab_processes
from support.up_process import UpProcess, running, wait_for, wait_for_none
from websockets.sync.client import connect

pytestmark = pytest.mark.timeout(300)  # several servers start, on whatever else the machine does


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UpProcess]:
    folder = tmp_path_factory.mktemp("notebooks")
    variables = {**environments(folder), "OPENMO_TEST_SECRET": "do not pass on"}
    with running(folder / "data", environment=variables) as process:
        yield process


@pytest.fixture(scope="module")
def server(up: UpProcess) -> NotebookServer:
    found = NotebookServer(up)
    answer = found.start()
    assert answer.status_code in (201, 202), answer.text
    found.wait_ready()
    return found


@pytest.fixture(scope="module")
def kernel(server: NotebookServer) -> str:
    return server.new_kernel()


def test_the_kernel_runs_in_the_project_with_its_environment(
    up: UpProcess, server: NotebookServer, kernel: str
) -> None:
    assert server.execute(kernel, "import os; print(os.getcwd())").strip() == str(up.data / "projects" / "demo")
    assert server.execute(kernel, "import sklearn, pandas, matplotlib, PIL; print('all there')").strip() == "all there"
    programs = server.execute(kernel, "!which python pip 7zx").split()
    assert len(programs) == 3
    assert {Path(program).parent for program in programs} == {
        Path(server.execute(kernel, "!which python").strip()).parent
    }
    assert "/base" in programs[0], "not JupyterLab's own environment"


@pytest.mark.parametrize("shell", ["bash", "bash -l", "sh -l"])
def test_terminals_and_login_shells_find_the_projects_python(server: NotebookServer, kernel: str, shell: str) -> None:
    expected = server.execute(kernel, "!which python").strip()
    made = httpx.post(f"{server.base}/api/terminals", headers=server.headers, timeout=60)
    made.raise_for_status()
    url = f"{server.base.replace('http', 'ws', 1)}/terminals/websocket/{made.json()['name']}"
    with connect(url, additional_headers=server.headers, open_timeout=30) as terminal:
        look = "echo found:$(command -v python):end"
        command = look if shell == "bash" else f"{shell} -c '{look}'"
        terminal.send(json.dumps(["stdin", command + "\r"]))
        shown = ""
        while f"found:{expected}:end" not in shown and "found::end" not in shown:
            shown += "".join(map(str, json.loads(terminal.recv(timeout=60))[1:]))
    assert f"found:{expected}:end" in shown
    assert server.execute(kernel, f"!{shell} -c 'command -v python'").strip() == expected


def test_nothing_of_the_platform_is_in_reach(up: UpProcess, server: NotebookServer, kernel: str) -> None:
    variables = server.execute(kernel, "import os; print(sorted(os.environ.items()))")
    assert "do not pass on" not in variables
    secrets = [path.read_text().strip() for path in (up.data / "run").glob("*.secret")]
    assert secrets
    assert not [secret for secret in secrets if secret in variables]
    for path in ("run/state.json", "run/hub-cookie.secret", "hub/jupyterhub.sqlite", "logs/hub.log"):
        assert (up.data / path).exists()
        said = server.execute(kernel, f"print(open({str(up.data / path)!r}).read())")
        assert "FileNotFoundError" in said or "PermissionError" in said
    assert up.all_ready()


def test_kernels_are_reached_by_their_own_server_alone(up: UpProcess, server: NotebookServer, kernel: str) -> None:
    """By sockets in a folder that others do not see, so that nobody listens to what a notebook prints."""
    listening = """
import psutil
ports = {c.laddr.port for c in psutil.Process().net_connections("tcp") if c.status == "LISTEN"}
print(ports)
"""
    assert server.execute(kernel, listening).strip() == "set()"
    sockets = "import glob, os; print(*glob.glob(os.environ['JUPYTER_RUNTIME_DIR'] + '/*-ipc-*'))"
    names = server.execute(kernel, sockets).split()
    assert len(names) >= 5
    assert max(len(name) for name in names) < 107
    mode = server.execute(kernel, "print(oct(os.stat(os.environ['JUPYTER_RUNTIME_DIR']).st_mode & 0o777))")
    assert mode.strip() == "0o700"
    assert not [name for name in names if Path(name).exists()], "other processes see the folder by that name"


def test_a_kernel_is_interrupted_and_restarted(up: UpProcess, server: NotebookServer) -> None:
    kernel = server.new_kernel()
    server.execute(kernel, "kept = 1")
    first = server.execute(kernel, "import os; print(os.getpid())")
    server.restart(kernel)
    assert server.execute(kernel, "print('kept' in globals())").strip() == "False"
    assert server.execute(kernel, "import os; print(os.getpid())") != first
    sleeping = "print('asleep', flush=True)\nimport time\ntime.sleep(600)"
    assert "KeyboardInterrupt" in server.execute(kernel, sleeping, interrupt_at="asleep")
    assert server.execute(kernel, "print('alive')").strip() == "alive"


def test_what_code_writes_stays(up: UpProcess, server: NotebookServer, kernel: str) -> None:
    server.execute(kernel, "open('result.txt', 'w').write('42'); open(os.path.expanduser('~/note'), 'w').write('1')")
    assert (up.data / "projects" / "demo" / "result.txt").read_text() == "42"
    assert (up.data / "home" / "note").read_text() == "1"


def test_an_unknown_project_says_so(up: UpProcess) -> None:
    other = NotebookServer(up, slug="other")
    assert other.start().status_code == 202
    assert "There is no project" in other.progress(), "the page that waits says so"
    assert not other.model()


def test_a_notebook_opens_and_its_trust_stays_in_the_projects_home(up: UpProcess, server: NotebookServer) -> None:
    empty = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    address = f"{server.base}/api/contents/opened.ipynb"
    sent = {"type": "notebook", "content": empty}
    httpx.put(address, headers=server.headers, json=sent, timeout=60).raise_for_status()
    assert httpx.get(address, headers=server.headers, timeout=60).status_code == 200
    assert (up.data / "home" / ".notebook-secret").exists()
    assert (up.data / "home" / ".notebook-signatures.db").exists()


def test_stopping_ends_the_whole_tree(up: UpProcess, server: NotebookServer, kernel: str) -> None:
    escaped = "import subprocess, sys; print(subprocess.Popen(['sleep', '600'], start_new_session=True).pid)"
    server.execute(kernel, escaped)
    before = lab_processes(up.data)
    names = [psutil.Process(pid).name() for pid in before]
    assert "sleep" in names
    assert len(before) >= 4, f"leash, server, kernel and sleep: {names}"
    server.stop()
    assert not wait_for_none(before, seconds=30)
    assert wait_for(lambda: not server.model().get("ready"), seconds=30)
    assert not lab_processes(up.data)


def test_no_configuration_that_code_wrote_runs_in_the_server(up: UpProcess) -> None:
    home, project = up.data / "home", up.data / "projects" / "demo"
    mark = home / "ran"
    plain = f"open({str(mark)!r}, 'a').write(__file__ + chr(10))\n"
    names = (
        "jupyter_server_config.py",
        "jupyter_config.py",
        "jupyter_lab_config.py",
        "jupyterhub_singleuser_config.py",
    )
    for folder in (
        home / ".jupyter",
        home / ".local" / "etc" / "jupyter",
        home / ".ipython",
        project,
        project / ".jupyter",
    ):
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            (folder / name).write_text(plain)
    (home / ".ipython" / "profile_default").mkdir(exist_ok=True)  # makes Jupyter look for something to migrate
    site = home / ".local" / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True, exist_ok=True)
    for folder, name in ((site, "usercustomize.py"), (site, "evil.pth"), (project, "sitecustomize.py")):
        (folder / name).write_text(f"import sys; open({str(mark)!r}, 'a').write({name!r})\n")
    server = NotebookServer(up)
    assert server.start().status_code in (201, 202)
    server.wait_ready()
    assert server.answers()
    assert not mark.exists(), mark.read_text()


def test_what_people_set_in_jupyterlab_stays(up: UpProcess, server: NotebookServer) -> None:
    setting = f"{server.base}/lab/api/settings/@jupyterlab/apputils-extension:themes"
    workspace = f"{server.base}/lab/api/workspaces/mine"
    held = {"data": {"a": 1}, "metadata": {"id": "mine"}}
    for url, sent in ((setting, {"raw": '{"theme": "JupyterLab Dark"}'}), (workspace, held)):
        httpx.put(url, headers=server.headers, json=sent, timeout=60).raise_for_status()
    server.stop()
    assert server.start().status_code in (201, 202)
    server.wait_ready()
    assert httpx.get(setting, headers=server.headers, timeout=60).json()["settings"]["theme"] == "JupyterLab Dark"
    assert httpx.get(workspace, headers=server.headers, timeout=60).json()["data"] == {"a": 1}
