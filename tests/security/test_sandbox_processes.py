"""What sandboxed code can do to processes, and what it inherits."""

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from support.sandboxed import Ground

SECRET = "canary-8f3a"


@pytest.fixture
def bystander() -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(["sleep", "100"], env={"PLATFORM_SECRET": SECRET})
    yield process
    process.kill()
    process.wait()


def test_processes_outside_cannot_be_signalled(ground: Ground, bystander: "subprocess.Popen[bytes]") -> None:
    assert ground.refused("os.kill(int(path), 0)", str(bystander.pid))
    assert ground.refused("os.kill(int(path), 9)", str(bystander.pid))
    assert ground.refused("import signal; signal.pidfd_send_signal(os.pidfd_open(int(path)), 9)", str(bystander.pid))
    assert ground.refused("os.kill(1, 0)")
    assert bystander.poll() is None


@pytest.mark.parametrize("name", ["environ", "mem", "maps", "root/etc/passwd", "cwd", "fd/0"])
def test_processes_outside_cannot_be_looked_into(
    ground: Ground, bystander: "subprocess.Popen[bytes]", name: str
) -> None:
    assert ground.refused("os.open(path, os.O_RDONLY)", f"/proc/{bystander.pid}/{name}")


def test_processes_outside_cannot_be_traced(ground: Ground, bystander: "subprocess.Popen[bytes]") -> None:
    source = "import ctypes, sys; print(ctypes.CDLL(None).ptrace(16, int(sys.argv[1]), 0, 0))"
    assert ground.python(source, str(bystander.pid)) == "-1\n"


def test_abstract_sockets_outside_cannot_be_reached(ground: Ground) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0openmo-test-{os.getpid()}")
        server.listen()
        name = f"openmo-test-{os.getpid()}"
        assert ground.refused("import socket; socket.socket(socket.AF_UNIX).connect('\\0' + path)", name)


def test_own_children_and_threads_work_and_are_confined_too(ground: Ground) -> None:
    source = """
        import multiprocessing, os, subprocess, sys, threading, signal
        secret = sys.argv[1]
        def read():
            try: return open(secret).read()
            except OSError: return "refused"
        answers = []
        thread = threading.Thread(target=lambda: answers.append(read())); thread.start(); thread.join()
        with multiprocessing.get_context("fork").Pool(2) as pool: answers += pool.starmap(read, [()] * 2)
        done = subprocess.run(["cat", secret], capture_output=True)
        answers.append("refused" if done.returncode else done.stdout.decode())
        child = subprocess.Popen(["sleep", "100"]); child.send_signal(signal.SIGTERM); answers.append(child.wait())
        print(answers)
    """
    answer = ground.python(source, ground.neighbour / "file.txt")
    assert answer == "['refused', 'refused', 'refused', 'refused', -15]\n"


def test_no_secret_of_the_platform_is_inherited(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENMO_TOKEN", "JUPYTERHUB_API_TOKEN", "AWS_SECRET_ACCESS_KEY", "PYTHONPATH", "LD_PRELOAD", "MY_KEY"):
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("PIP_INDEX_URL", f"https://user:{SECRET}@example.org/simple")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    printed = ground.run("env").stdout
    assert SECRET not in printed
    assert "LANG=zh_CN.UTF-8" in printed
    assert f"HOME={ground.project}" in printed


def test_no_file_is_inherited(ground: Ground) -> None:
    with (ground.platform / "file.txt").open() as secret:
        os.set_inheritable(secret.fileno(), True)
        assert ground.python("import os; print(sorted(os.listdir('/proc/self/fd')))") == "['0', '1', '2', '3']\n"


def test_no_program_gives_more_rights(ground: Ground) -> None:
    assert "NoNewPrivs:\t1" in ground.python("print(open('/proc/self/status').read())")


def test_root_keeps_power_over_its_own_files_alone(ground: Ground) -> None:
    """And none where files of others can be named: without a view of its own."""
    source = "import re; print(*re.findall(r'Cap(?:Bnd|Eff|Prm|Inh|Amb):\\s*(\\w+)', open('/proc/self/status').read()))"
    inherited, permitted, effective, bounding, ambient = (int(mask, 16) for mask in ground.python(source).split())
    chown, dac_override, fowner, fsetid = 0, 1, 3, 4
    own_files = sum(1 << number for number in (chown, dac_override, fowner, fsetid))
    document = ground.sandbox.document(ground.policy)
    assert document is not None
    kept = own_files if os.geteuid() == 0 and document.namespaces else 0
    assert (inherited, permitted, effective, ambient) == (0, kept, kept, 0)
    assert os.geteuid() != 0 or bounding == kept


def test_root_cannot_become_somebody_else(ground: Ground) -> None:
    assert ground.refused("os.setuid(12345)")
    assert ground.refused("os.setgid(12345)")
    assert ground.refused("os.setgroups([])")


def test_no_core_dumps_and_enough_open_files(ground: Ground) -> None:
    answer = ground.python("import resource as r; print(r.getrlimit(r.RLIMIT_CORE), r.getrlimit(r.RLIMIT_NOFILE)[0])")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert answer == f"(0, 0) {65536 if hard == resource.RLIM_INFINITY else min(65536, hard)}\n"


def test_files_in_the_current_folder_are_not_run_by_the_launcher(ground: Ground) -> None:
    trap = "open('sprung', 'w')\n"
    for name in ("json.py", "os.py", "sitecustomize.py", "usercustomize.py", "openmo.py", "ctypes.py"):
        (ground.project / name).write_text(trap)
    (ground.project / "openmo").mkdir()
    (ground.project / "openmo" / "__init__.py").write_text(trap)
    done = ground.run(sys.executable, "-I", "-c", "print('safe')", env={"PYTHONPATH": str(ground.project)})
    assert done.stdout == "safe\n", done.stderr
    assert not (ground.project / "sprung").exists()


def test_a_sandbox_that_cannot_be_made_runs_nothing(ground: Ground) -> None:
    """Fails closed: a child that may not confine itself does not go on unconfined."""
    broken = ground.sandbox.document(ground.policy)
    assert broken is not None
    command = ground.sandbox.wrap(["echo", "ran"], ground.policy)
    command[command.index("--") - 1] = '{"engine": "landlock"}'
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stdout == ""
