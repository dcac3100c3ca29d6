"""Versions side by side, and the files beside main.py."""

import sys
from pathlib import Path

import pytest
from openmo_sdk import Client, ModuleBroken
from support.sdk_projects import add_module, run_python


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


MAIN = """
import helper
import package.deep
from . import helper as relative
from .package import deep
from package.deep import WHO as third
class m:
    def predict(self, conf={}):
        import late
        return [helper.WHO, relative.WHO, package.deep.WHO, deep.WHO, third, late.WHO]
"""


@pytest.mark.parametrize("init", [True, False])
def test_two_versions_with_files_of_the_same_names_live_side_by_side(project: Path, *, init: bool) -> None:
    for version in ("1.0.0", "2.0.0", "dev"):
        files = dict.fromkeys(("helper.py", "late.py"), f"WHO = {version!r}\n")
        files |= {"main.py": MAIN, "package/deep.py": "from helper import WHO\nfrom ..helper import WHO as again\n"}
        if init:
            files["package/__init__.py"] = ""
        add_module(project, f"ann/m/{version}", files)
    client = Client()
    for version in ("1.0.0", "2.0.0", "dev", "1.0.0"):
        assert client.predict(f"ann/m/{version}") == [version] * 6
    assert "helper" not in sys.modules


def test_a_file_beside_main_hides_a_library_of_its_name_for_this_module_only(project: Path) -> None:
    source = "import statistics\nclass m:\n    def run(self, conf={}):\n        return statistics.OWN\n"
    add_module(project, "ann/m/1.0.0", {"main.py": source, "statistics.py": "OWN = True\n"})
    assert Client().run("ann/m") is True
    import statistics

    assert statistics.mean([1, 3]) == 2


def test_a_folder_of_data_hides_no_library(project: Path) -> None:
    source = "import json\nclass m:\n    def run(self, conf={}):\n        return json.dumps(1)\n"
    add_module(project, "ann/m/1.0.0", {"main.py": source, "json/data.txt": ""})
    assert Client().run("ann/m") == "1"


def test_an_init_file_in_the_modules_folder_runs_first(project: Path) -> None:
    source = "from . import READY\nclass m:\n    def run(self, conf={}):\n        return READY\n"
    add_module(project, "ann/m/1.0.0", {"main.py": source, "__init__.py": "READY = 'yes'\n"})
    assert Client().run("ann/m") == "yes"


def test_a_syntax_error_names_the_file(project: Path) -> None:
    add_module(project, "ann/m/1.0.0", {"main.py": "class m(:\n"})
    with pytest.raises(ModuleBroken, match=r"SyntaxError.*main\.py"):
        Client().run("ann/m")


def test_imported_folders_stay_as_they_are(project: Path) -> None:
    folder = add_module(
        project, "ann/m/1.0.0", {"main.py": MAIN.replace("package.deep", "helper"), "helper.py": "WHO = 1"}
    )
    with pytest.raises(ModuleBroken):
        Client().predict("ann/m")
    assert sorted(path.name for path in folder.iterdir()) == ["helper.py", "main.py"]


def test_a_module_may_use_another_module(project: Path) -> None:
    add_module(project, "ann/inner/1.0.0", {"main.py": "class inner:\n    def run(self, conf={}):\n        return 1\n"})
    outer = "from modules import Client\nclass outer:\n    def run(self, conf={}):\n"
    outer += "        return Client().run('ann/inner') + 1\n"
    add_module(project, "ann/outer/1.0.0", {"main.py": outer})
    assert Client().run("ann/outer") == 2


def test_pickled_instances_and_data_classes_of_a_module_work(project: Path) -> None:
    source = """
import copy
import dataclasses
import pickle
@dataclasses.dataclass
class Point:
    x: int
class m:
    def run(self, conf):
        return pickle.loads(pickle.dumps(Point(copy.deepcopy(conf)["x"]))).x, type(pickle.loads(pickle.dumps(conf)))
"""
    add_module(project, "ann/m/1.0.0", {"main.py": source})
    assert Client().run("ann/m", {"x": 3}) == (3, dict)


@pytest.mark.parametrize(
    "line", ["from modules import json_parser, Client", "from function.modules import json_parser, Client"]
)
def test_the_projects_folder_modules_does_not_hide_the_package_of_that_name(project: Path, line: str) -> None:
    add_module(project, "ann/m/1.0.0", {"main.py": "class m:\n    def run(self, conf={}):\n        return conf['x']\n"})
    (project / "function").mkdir()
    code = f"import sys\nassert sys.path[0] == ''\n{line}\nprint(Client().run('ann/m', json_parser('{{\"x\": 1}}')))"
    done = run_python(project, code)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_the_sdk_needs_nothing_but_the_standard_library(project: Path) -> None:
    code = """
import sys
before = set(sys.modules)
import openmo_sdk, openmo_sdk.unpack, modules, function.modules
ours = {'openmo_sdk', 'modules', 'function'}
tops = {name.partition('.')[0] for name in set(sys.modules) - before}
print(sorted(top for top in tops - ours if top not in sys.stdlib_module_names))
"""
    assert run_python(project, code).stdout == "[]\n"
