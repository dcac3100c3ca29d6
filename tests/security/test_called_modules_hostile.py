"""Modules that mean harm, called from outside: a sentence for each, nothing of them stays, and limits hold."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from support.called_modules import ANN, TIGHT, ModuleCalls
from support.checked_modules import SPEC, module_of
from support.processes import wait_for

from openmo.core.errors import OpenMoError
from openmo.modules.trying.values import CallLimits, ModuleFailed, ModuleTimedOut
from openmo.sandbox.detect import detect_sandbox

ANYTHING = "input:\n  run: {}\n"
SLOW = {"hangs": replace(TIGHT, seconds=1)}
HARM = {
    "hangs": ("while True: pass", "did not end within 1 seconds"),
    "asks for an array of 80 GB": ("import numpy\ny = numpy.ones(10_000_000_000)", "Unable to allocate"),
    "returns a long list": ("y = list(range(3_000_000))", "8 are the most"),
    "ends the process": ("import os\nos._exit(0)", "ended its process"),
    "raises SystemExit": ("raise SystemExit(0)", "SystemExit"),
    "writes into its own folder": ("open(__file__ + '.x', 'w')", "PermissionError|OSError|FileNotFoundError"),
}
MORE_HARM = {
    "takes memory by bits": ("held = []\nwhile True: held.append(bytearray(1 << 22))", "MemoryError|more memory"),
    "forks and forks": (
        "import os, time\nfor _ in range(300):\n    if os.fork() == 0:\n        time.sleep(60)\ntime.sleep(60)",
        "BlockingIOError|more processes",
    ),
    "fills the disk by many files": (
        "import time\nfor n in range(100_000):\n    open(f'{n}', 'w').close()\ntime.sleep(60)",
        "too much to the disk",
    ),
    "makes a file of gigabytes": ("open('big', 'wb').write(bytes(1 << 28))\ny = 1", "OSError"),
    "kills itself": ("import os\nos.kill(os.getpid(), 9)", "ended its process"),
    "raises what cannot be told": (
        "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
        "failed: E",
    ),
    "nests without end": ("y = []\nfor _ in range(100_000): y = [y]", "nested deeper|RecursionError"),
}


@pytest.fixture(autouse=True)
def confined() -> None:
    if not detect_sandbox().isolates:
        pytest.skip("nothing confines here")


def suffer(root: Path, body: str, told: str, limits: CallLimits = TIGHT) -> None:
    calls = ModuleCalls(root, limits)
    with pytest.raises((ModuleFailed, ModuleTimedOut), match=told) as raised:
        calls.call({"main.py": module_of(body), "module_spec.yml": ANYTHING})
    assert str(root) not in json.dumps([str(raised.value), raised.value.fields])
    wait_for(lambda: not of_ours(f"{root}/running"))


def of_ours(marker: str) -> list[str]:
    """Processes whose command still names that."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            command = (each / "cmdline").read_bytes().decode(errors="replace")
            if int(each.name) != os.getpid() and marker in command:
                found.append(command)
        except OSError:
            continue
    return found


@pytest.mark.parametrize("name", HARM)
def test_harm_ends_in_a_sentence(tmp_path: Path, name: str) -> None:
    suffer(tmp_path, *HARM[name], limits=SLOW.get(name, TIGHT))


@pytest.mark.deep("more ways of harm, each a process; those above stand for them")
@pytest.mark.parametrize("name", MORE_HARM)
def test_more_harm_ends_in_a_sentence(tmp_path: Path, name: str) -> None:
    suffer(tmp_path, *MORE_HARM[name])


def test_it_sees_no_secret_and_no_network_and_leaves_nothing_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENMO_SECRET", "hush")
    body = """
import os, socket, subprocess, sys
print(dict(os.environ))
child = 'import time; time.sleep(600)'
subprocess.Popen([sys.executable, '-c', child, 'left-by-a-module'], start_new_session=True)
y = []
for path in ('/etc/shadow', conf['other'], '/proc/1/environ'):
    try:
        open(path).read()
        y.append(path)
    except OSError:
        pass
try:
    socket.create_connection(('127.0.0.1', 22), timeout=1)
    y.append('network')
except OSError as error:
    y.append(-1)
"""
    (tmp_path / "other.txt").write_text("of somebody else")
    spec = "input:\n  run:\n    other: {value_type: str}\n"
    calls = ModuleCalls(tmp_path)
    answer = calls.call({"main.py": module_of(body), "module_spec.yml": spec}, {"other": str(tmp_path / "other.txt")})
    assert answer.output["y"] == [-1]
    assert "hush" not in answer.log
    wait_for(lambda: not of_ours("left-by-a-module"))


FORGED = """
import json, os, sys
report = json.load(open(sys.argv[1]))['report']
os.mkdir(f'{report}/out')
os.symlink('/etc/passwd', f'{report}/out/link')
os.mkfifo(f'{report}/out/pipe')
open(f'{report}/out/real', 'w').write('mine')
os.remove(f'{report}/answer')
open(f'{report}/answer', 'w').write(json.dumps({
    'kind': 'answered', 'output': {'y': 1, 'plot': 'https://elsewhere.example/x.png'}, 'seconds': -5,
    'files': {'plot': 'real', 'a': 'link', 'b': 'pipe', 'c': '../../scratch', 'd': '../answer'},
    'types': {'a': 'img', 'b': 'file', 'c': 'file', 'd': 'file', 'e': 'script'},
}))
os._exit(0)
"""


def test_an_answer_that_it_writes_itself_is_believed_no_further_than_its_own(tmp_path: Path) -> None:
    spec = "input:\n  run: {}\noutput:\n  run:\n    y: {value_type: int}\n    plot: {value_type: img}\n"
    calls = ModuleCalls(tmp_path)
    answer = calls.call({"main.py": module_of(FORGED), "module_spec.yml": spec})
    assert answer.output == {"y": 1, "plot": None}
    assert [(file.output, file.stored.path.read_text()) for file in answer.files] == [("plot", "mine")]
    assert answer.types == {"y": "int", "plot": "img"}
    assert answer.seconds == 0


@pytest.mark.parametrize(
    "written", ["{", "{}", '{"kind":"answered","output":[1],"files":{},"types":{},"seconds":1}', "x" * 10_000_000]
)
def test_nonsense_is_no_answer(tmp_path: Path, written: str) -> None:
    body = f"""
import json, os, sys
report = json.load(open(sys.argv[1]))['report']
open(f'{{report}}/answer', 'w').write({written[:60]!r} if {len(written)} < 100 else 'x' * 10_000_000)
os._exit(0)
"""
    with pytest.raises(ModuleFailed):
        ModuleCalls(tmp_path).call({"main.py": module_of(body), "module_spec.yml": ANYTHING})


def test_nothing_that_it_returns_is_unpickled(tmp_path: Path) -> None:
    """An object is no JSON: it gets a sentence, and bytes that are a pickle are bytes to be saved."""
    calls = ModuleCalls(tmp_path)
    evil = (
        f"import os, pickle\nclass Evil:\n    def __reduce__(self): return (os.mkdir, ({str(tmp_path / 'boo')!r},))\n"
    )
    with pytest.raises(ModuleFailed, match="not something that JSON can hold"):
        calls.call({"main.py": module_of(f"{evil}y = Evil()"), "module_spec.yml": ANYTHING})
    answer = calls.call({"main.py": module_of(f"{evil}y = pickle.dumps(Evil())"), "module_spec.yml": ANYTHING})
    (file,) = answer.files
    assert (file.stored.content_type, file.stored.download) == ("application/octet-stream", True)
    assert not (tmp_path / "boo").exists()


def test_of_one_person_a_few_calls_run_at_once(tmp_path: Path) -> None:
    calls = ModuleCalls(tmp_path, replace(TIGHT, per_person=0))
    with pytest.raises(OpenMoError, match="of your calls of modules are running") as told:
        calls.calls.run(ANN, calls.target({"module_spec.yml": SPEC}), {})
    assert (told.value.status, told.value.fields["retry_after"]) == (429, 5.0)
