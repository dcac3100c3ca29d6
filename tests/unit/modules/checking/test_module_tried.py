"""Modules that are run before they are published: honest ones, and ones that are out for harm."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from support.checked_modules import CODE, SPEC, Checks, module_of

from openmo.modules.checking.sandboxed import CheckLimits
from openmo.modules.checking.values import CheckReport, ProblemCode, WarningCode
from openmo.specs.module import ModuleKind

P, W = ProblemCode, WarningCode
TIGHT = CheckLimits(seconds=30, memory_bytes=500 << 20, processes=60, disk_bytes=40 << 20, files=100)
MODEL_SPEC = """\
input:
  train:
    epochs: {value_type: int, default_value: 1}
    weights: {value_type: str, default_value: weights.json}
  predict:
    weights: {value_type: str, default_value: weights.json}
    picture: {value_type: img}
output:
  train:
    loss: {value_type: float}
  predict:
    label: {value_type: str}
    mask: {value_type: img, optional: true}
examples:
  predict:
    - {name: a cat, input: {picture: examples/cat.txt}}
"""
MODEL = """\
import json
from pathlib import Path
from helper import LABELS

class tool:
    def train(self, conf={}):
        Path(conf["weights"]).write_text(json.dumps({"seen": conf["epochs"]}))
        print("trained")
        return {"loss": 0.5}

    def predict(self, conf={}):
        weights = json.loads(Path(conf["weights"]).read_text())
        return {"label": LABELS[weights["seen"]] + Path(conf["picture"]).read_text()}
"""


@pytest.fixture
def checks(tmp_path: Path) -> Checks:
    return Checks(tmp_path)


def codes(report: CheckReport) -> list[ProblemCode | WarningCode]:
    return [each.code for each in (*report.problems, *report.warnings)]


def test_a_model_is_trained_and_asked_as_its_users_would(checks: Checks) -> None:
    files = {
        "main.py": MODEL,
        "module_spec.yml": MODEL_SPEC,
        "helper.py": "LABELS = ['dog', 'cat ']\n",
        "examples/cat.txt": "meow",
    }
    report = checks.check(files)
    assert (report.ok, report.warnings) == (True, ())
    assert (report.kind, report.methods) == (ModuleKind.MODEL, ("train", "predict"))
    assert report.log == "trained\n"
    assert report.environment
    assert report.version_proposed == "0.1.0"
    assert report.seconds > 0
    folder = next((checks.root / "modules").iterdir())
    assert sorted(path.name for path in folder.iterdir()) == ["examples", "helper.py", "main.py", "module_spec.yml"]


def test_a_method_that_nothing_gives_its_inputs_is_not_tried(checks: Checks) -> None:
    report = checks.check({"module_spec.yml": SPEC.replace(", default_value: 2", "")})
    assert (report.ok, codes(report), report.methods) == (True, [W.NOT_TRIED], ())


READS = 'y = len(open(conf["data_path"]).read())'
READS_SPEC = SPEC.replace(
    "x: {value_type: int, default_value: 2}", "data_path: {value_type: str, default_value: ./digits}"
)


def test_data_that_a_default_names_may_be_the_users_own(checks: Checks) -> None:
    report = checks.check({"main.py": module_of(READS), "module_spec.yml": READS_SPEC})
    assert (report.ok, codes(report), report.methods) == (True, [W.NOT_TRIED], ())
    assert "'data_path'" in report.warnings[0].message
    example = f"{READS_SPEC}examples:\n  run:\n    - input: {{data_path: examples/digits}}\n"
    lacking = checks.check({"main.py": module_of(READS), "module_spec.yml": example})
    assert codes(lacking) == [P.METHOD_FAILED]
    shipped = checks.check({"main.py": module_of(READS), "module_spec.yml": example, "examples/digits": "012"})
    assert (shipped.ok, codes(shipped), shipped.methods) == (True, [], ("run",))


def test_what_a_killed_check_has_left_goes_with_a_later_one(checks: Checks) -> None:
    left = checks.root / "checks" / "left"
    (left / "scratch").mkdir(parents=True)
    os.utime(left, (0, 0))
    assert checks.check({}).ok  # and the folder is empty again, as each check is held to


def test_what_a_method_raises_is_told_with_its_line(checks: Checks) -> None:
    report = checks.check({"main.py": module_of("y = helper()", head="def helper():\n    return 1 / 0")})
    (problem,) = report.problems
    assert (problem.code, problem.file, problem.line) == (P.METHOD_FAILED, "main.py", 2)
    assert problem.message == "run failed: ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    ("head", "code", "line"),
    [("import no_such_package", P.PACKAGE_MISSING, 1), ("\n\nraise ValueError('no')", P.NOT_LOADED, 3)],
)
def test_a_module_that_cannot_be_loaded_is_told_with_its_line(
    checks: Checks, head: str, code: ProblemCode, line: int
) -> None:
    (problem,) = checks.check({"main.py": f"{head}\n{CODE}"}).problems
    assert (problem.code, problem.file, problem.line) == (code, "main.py", line)


def test_a_result_that_lies_is_seen_through(checks: Checks) -> None:
    liar = "class Liar:\n    __class__ = int\n    def __repr__(self):\n        raise SystemExit\n"
    (problem,) = checks.check({"main.py": module_of("y = Liar()", head=liar)}).problems
    assert (problem.code, problem.message) == (
        P.OUTPUT_DIFFERS,
        "run: the output 'y' is declared as int, and was a Liar.",
    )


PICKLE = b"cposix\nsystem\n(S'touch opened; touch /tmp/openmo-opened; touch %s'\ntR."


def test_a_pickle_is_opened_by_nobody_but_the_module_itself(checks: Checks, tmp_path: Path) -> None:
    canary = tmp_path / "opened"
    candidate = checks.candidate({"main.py": module_of("y = 1")})
    (candidate.folder / "net.pkl").write_bytes(PICKLE % str(canary).encode())
    report = checks.report(candidate)
    assert (report.ok, codes(report)) == (True, [W.PICKLED_WEIGHTS])
    loads = (
        "import pickle\nfrom pathlib import Path\ny = pickle.loads(Path(__file__).with_name('net.pkl').read_bytes())"
    )
    (candidate.folder / "main.py").write_text(module_of(f"{loads}\ny = int(Path('opened').exists())"))
    report = checks.report(candidate)
    assert (report.ok, codes(report)) == (True, [W.PICKLED_WEIGHTS])
    assert not canary.exists()
    assert not Path("/tmp/openmo-opened").exists()


def test_a_module_may_have_an_environment_of_its_own(checks: Checks) -> None:
    report = checks.report(checks.candidate({}), environment=replace(checks.environment, digest="own"))
    assert (report.ok, report.environment) == (True, "own")


HOSTILE = {
    "ends the process": ([P.ENDED_EARLY], """
import os
os._exit(0)
"""),
    "writes to its own folder": ([P.OWN_FOLDER_WRITTEN], """
from pathlib import Path
try:
    Path(__file__).write_text("")
except OSError:
    y = 1
"""),
    "forks without end": ([P.TOO_MANY_PROCESSES], """
import os
while True:
    try:
        os.fork()
    except OSError:  # the kernel may refuse the next one before they are counted
        y = 1
"""),
    "kills its parents": ([], """
import os
for pid in (os.getppid(), -1):
    try:
        os.kill(pid, 9)
    except OSError:
        y = 1
"""),
    "claims that all is well": ([P.ENDED_EARLY], """
import os
from pathlib import Path
(Path.cwd().parent / "report" / "steps").write_text('{"kind": "finished"}\\n' * 10 + "x")
os._exit(0)
"""),
    "takes the report's place": ([P.ENDED_EARLY], """
from pathlib import Path
path = Path.cwd().parent / "report" / "steps"
path.unlink()
path.symlink_to("/etc/passwd")
y = 1
"""),
}  # fmt: skip
MORE_HOSTILE = {
    "prints without end": ([P.METHOD_FAILED], """
while True:
    print("x" * 100_000)
"""),
    "takes all memory": ([P.OUT_OF_MEMORY], "y = 'x' * 10**10"),
    "returns millions of things": ([P.OUTPUT_DIFFERS], "y = list(range(3_000_000))"),
    "fills the disk": ([P.TOO_MUCH_WRITTEN], """
import time
for number in range(100):
    open(f"f{number}", "wb").write(b"x" * (5 << 20))
time.sleep(60)
"""),
    "makes files without end": ([P.TOO_MUCH_WRITTEN], """
import time
for number in range(1000):
    open(f"f{number}", "wb").close()
time.sleep(60)
"""),
    "farms links": ([], """
import os
for number in range(30):
    os.symlink("/", f"a{number}")
    os.symlink(".", f"b{number}")
y = 1
"""),
    "writes elsewhere": ([P.OUTSIDE_WRITTEN, P.OUTSIDE_WRITTEN], """
for path in ("/etc/x", "/usr/x"):
    try:
        open(path, "w")
    except OSError:
        y = 1
"""),
    "leaves a process behind": ([], """
import os
import subprocess
from dataclasses import replace
subprocess.Popen(["sleep", "4716"], start_new_session=True)
y = 1
"""),
    "is deaf to its end": ([P.TOO_SLOW], """
import signal
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
while True:
    pass
"""),
}  # fmt: skip


def _try(checks: Checks, expected: list[ProblemCode], body: str, limits: CheckLimits = TIGHT) -> None:
    before = {path: path.read_bytes() for path in checks.root.rglob("*.py")}
    report = checks.check({"main.py": module_of(body)}, limits=limits)
    assert [each.code for each in report.problems] == expected
    assert len(report.log) <= 8 << 10
    assert {path: path.read_bytes() for path in before} == before
    assert b"4716" not in subprocess.run(["ps", "-eo", "args"], capture_output=True, check=True).stdout


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_module_costs_itself_alone(checks: Checks, name: str) -> None:
    _try(checks, *HOSTILE[name])


@pytest.mark.deep("more ways of harm, each a process; the light ones above stand for them")
@pytest.mark.parametrize("name", MORE_HOSTILE)
def test_more_hostile_modules_cost_themselves_alone(checks: Checks, name: str) -> None:
    limits = CheckLimits(seconds=3) if name == "is deaf to its end" else TIGHT
    _try(checks, *MORE_HOSTILE[name], limits)


def test_a_module_that_never_ends_is_ended(checks: Checks) -> None:
    report = checks.check({"main.py": module_of("while True:\n    pass")}, limits=CheckLimits(seconds=1))
    assert [(each.code, each.message) for each in report.problems] == [
        (P.TOO_SLOW, "run took too long, and was ended.")
    ]


CONNECTS = """
import socket
try:
    socket.create_connection(('127.0.0.1', 1), 5)
except OSError as error:
    print(error.strerror)
y = 1
"""


def test_there_is_no_network_unless_the_module_asks(checks: Checks) -> None:
    report = checks.check({"main.py": module_of(CONNECTS)})
    assert (report.ok, codes(report), report.log) == (True, [W.NETWORK_REFUSED], "Network is unreachable\n")
    asking = checks.check({"main.py": module_of(CONNECTS), "module_spec.yml": f"network: true\n{SPEC}"})
    assert (asking.ok, codes(asking), asking.log) == (True, [], "Connection refused\n")
