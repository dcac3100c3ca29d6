"""The client: which module it finds, how it runs it, and what it says when it cannot."""

import builtins
import sys
import threading
from pathlib import Path

import pytest
from openmo_sdk import (
    BadIdentifier,
    BadParameters,
    Client,
    MissingParameter,
    ModuleBroken,
    ModuleNotImported,
)
from support.sdk_projects import PREDICTS, add_module, run_python


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_argument_of_the_client_is_optional_and_kept() -> None:
    client = Client("key", project_id="p", user_ID="u", source_file_path="x.ipynb", something_newer=1)
    assert (client.api_key, client.project_id, client.user_ID) == ("key", "p", "u")
    assert (client.project_type, client.source_file_path) == ("app", "x.ipynb")
    assert client.others == {"something_newer": 1}
    assert Client().api_key == ""


def test_the_key_does_not_show_in_a_notebooks_output() -> None:
    assert "canary" not in repr(Client(api_key="canary"))


def test_predict_returns_what_the_module_returns(project: Path) -> None:
    add_module(project, "ann/double/1.0.0", {"main.py": PREDICTS.format(name="double", result="2 * conf['x']")})
    assert Client().predict("ann/double/1.0.0", {"x": 21}) == 42


@pytest.mark.parametrize("conf", ['{"x": 21}', [{"name": "x", "value": "21", "value_type": "int"}], b'{"x": 21}'])
def test_parameters_come_in_every_form_that_json_parser_reads(project: Path, conf: object) -> None:
    add_module(project, "ann/double/1.0.0", {"main.py": PREDICTS.format(name="double", result="2 * conf['x']")})
    assert Client().predict("ann/double", conf) == 42


@pytest.mark.parametrize(
    ("present", "chosen"),
    [
        (["1.2.0", "1.10.0", "1.9.9"], "1.10.0"),
        (["2.0.0-rc.1", "1.0.0"], "2.0.0-rc.1"),
        (["2.0.0-rc.1", "2.0.0"], "2.0.0"),
        (["2.0.0-rc.2", "2.0.0-rc.10", "2.0.0-beta"], "2.0.0-rc.10"),
        (["1.0.0", "dev", "not-a-version"], "1.0.0"),
    ],
)
def test_without_a_version_the_newest_release_runs(project: Path, present: list[str], chosen: str) -> None:
    for version in present:
        add_module(project, f"ann/tell/{version}", {"main.py": PREDICTS.format(name="tell", result=repr(version))})
    assert Client().predict("ann/tell") == chosen


def test_dev_runs_when_asked_for_and_shows_edits_at_the_next_call(project: Path) -> None:
    files = {"main.py": "import part\n" + PREDICTS.format(name="tell", result="part.ANSWER"), "part.py": "ANSWER = 1\n"}
    folder = add_module(project, "ann/tell/dev", files)
    module = Client().module("ann/tell/dev")
    assert module.predict() == 1
    (folder / "part.py").write_text("ANSWER = 2\n")  # the same size, within the same second
    assert module.predict() == 2


def test_dev_shows_other_weights_at_the_next_call_when_no_code_has_changed(project: Path) -> None:
    source = "from pathlib import Path\nclass tell:\n    def __init__(self, conf={}):\n"
    source += "        self.weights = Path(__file__).with_name('weights').read_text()\n"
    source += "    def predict(self, conf={}):\n        return self.weights\n"
    first = add_module(project, "ann/tell/dev-1", {"main.py": source, "weights": "old"})
    second = first.with_name("dev-2")
    second.mkdir()
    (second / "main.py").hardlink_to(first / "main.py")  # the same file: publishing keeps equal files once
    (second / "weights").write_text("new")
    link = first.with_name("dev")
    link.symlink_to(first)
    module = Client().module("ann/tell/dev")
    assert module.predict() == "old"
    link.unlink()
    link.symlink_to(second)
    assert module.predict() == "new"


def test_the_same_instance_answers_until_the_code_changes(project: Path) -> None:
    source = (
        "class count:\n    calls = 0\n    def run(self, conf={}):\n        self.calls += 1\n        return self.calls\n"
    )
    add_module(project, "ann/count/1.0.0", {"main.py": source})
    client = Client()
    assert [client.run("ann/count"), client.run("ann/count/1.0.0")] == [1, 2]
    add_module(project, "ann/count/1.0.0", {"main.py": source + "# edited\n"})
    assert client.run("ann/count") == 1


def test_an_instance_made_with_a_conf_is_not_shared(project: Path) -> None:
    source = "class scale:\n    def __init__(self, conf={}):\n        self.by = conf['by']\n"
    source += "    def run(self, conf={}):\n        return self.by\n"
    add_module(project, "ann/scale/1.0.0", {"main.py": source})
    client = Client()
    assert client.module("ann/scale", {"by": 2}).run() == 2
    assert client.module("ann/scale", {"by": 3}).run() == 3
    with pytest.raises(ModuleBroken, match=r"client\.module\(identifier, conf\)"):
        client.run("ann/scale")


def test_run_and_predict_stand_in_for_each_other(project: Path) -> None:
    add_module(project, "ann/model/1.0.0", {"main.py": PREDICTS.format(name="model", result="'predicted'")})
    add_module(project, "ann/kit/1.0.0", {"main.py": "class kit:\n    def run(self, conf={}):\n        return 'ran'\n"})
    assert Client().run("ann/model") == "predicted"
    assert Client().predict("ann/kit") == "ran"


def test_other_public_methods_of_the_class_are_there_too(project: Path) -> None:
    source = "class kit:\n    def run(self, conf={}):\n        return 0\n    def names(self):\n        return ['a']\n"
    add_module(project, "ann/kit/1.0.0", {"main.py": source})
    assert Client().module("ann/kit").names() == ["a"]


def test_load_model_runs_once_before_the_first_prediction_in_the_modules_folder(project: Path) -> None:
    source = """
from pathlib import Path
class model:
    loads = 0
    def load_model(self):
        self.loads += 1
        self.weights = Path("weights.txt").read_text()
    def predict(self, conf={}):
        return self.loads, self.weights
"""
    add_module(project, "ann/model/1.0.0", {"main.py": source, "weights.txt": "w"})
    assert [Client().predict("ann/model"), Client().predict("ann/model")] == [(1, "w"), (1, "w")]


def test_load_model_does_not_overwrite_what_train_learned(project: Path) -> None:
    source = """
class model:
    def load_model(self):
        self.weights = "shipped"
    def train(self, conf={}):
        self.weights = "trained"
    def predict(self, conf={}):
        return self.weights
"""
    add_module(project, "ann/model/1.0.0", {"main.py": source})
    client = Client()
    client.train("ann/model")
    assert client.predict("ann/model") == "trained"


def test_the_class_may_have_another_name_when_it_is_the_only_one(project: Path) -> None:
    source = "from collections import OrderedDict\n" + PREDICTS.format(name="Classifier", result="'found'")
    add_module(project, "ann/my-model/1.0.0", {"main.py": source})
    assert Client().predict("ann/my-model") == "found"


def test_a_dash_in_the_name_is_an_underscore_in_the_class(project: Path) -> None:
    two = PREDICTS.format(name="my_model", result="'right'") + PREDICTS.format(name="Helper", result="'wrong'")
    add_module(project, "ann/my-model/1.0.0", {"main.py": two})
    assert Client().predict("ann/my-model") == "right"


def test_the_controller_of_older_notebooks_runs_modules_and_swallows_the_rest(project: Path) -> None:
    add_module(project, "ann/tell/1.0.0", {"main.py": PREDICTS.format(name="tell", result="7")})
    controller = Client().controller
    assert controller.predict("ann/tell") == 7
    assert controller.update_progress(0.5, state="x") is None
    assert not hasattr(controller, "_repr_html_")


def test_the_controller_of_older_notebooks_calls_what_it_is_given() -> None:
    def add(a: int, b: int = 2) -> int:
        return a + b

    assert Client("key", silent=True).controller(add, 1, b=5) == 6


def test_older_notebooks_pass_parameters_as_feed_and_options_besides(project: Path) -> None:
    add_module(project, "ann/pair/1.0.0", {"main.py": PREDICTS.format(name="pair", result="[conf['x'], conf['y']]")})
    client = Client()
    assert client.predict("ann/pair", feed={"x": 1, "y": 2}) == [1, 2]
    assert client.run("ann/pair", '{"x": 3}', feed={"x": 1, "y": 2}, with_control=True, silent=True) == [3, 2]


@pytest.mark.parametrize(
    "identifier",
    ["", "iris", "a/b/c/d", "../../etc/1.0.0", "a/../1.0.0", "a/b/..", "a/b/1", "a\\b/c", "a/b\0/1.0.0", "a//1.0.0"],
)
def test_text_that_names_no_module_is_refused_with_an_example(project: Path, identifier: str) -> None:
    with pytest.raises(BadIdentifier, match=r"openmo/iris_classifier/1\.0\.0|1\.0\.0, or 'dev'"):
        Client().predict(identifier)


def test_a_module_that_is_not_imported_says_what_to_do(project: Path) -> None:
    with pytest.raises(ModuleNotImported, match=r"ann/tell is not imported .* Import it"):
        Client().predict("ann/tell")


def test_a_version_that_is_not_imported_says_which_are(project: Path) -> None:
    add_module(project, "ann/tell/1.0.0", {"main.py": ""})
    add_module(project, "ann/tell/dev", {"main.py": ""})
    with pytest.raises(ModuleNotImported, match=r"no version 2\.0\.0 of the module ann/tell; it has: 1\.0\.0, dev"):
        Client().module("ann/tell/2.0.0")


def test_dev_alone_is_no_release(project: Path) -> None:
    add_module(project, "ann/tell/dev", {"main.py": ""})
    with pytest.raises(ModuleNotImported, match=r"no release .*'ann/tell/dev'"):
        Client().module("ann/tell")


def test_a_missing_parameter_is_named_with_module_and_method(project: Path) -> None:
    add_module(project, "ann/double/1.0.0", {"main.py": PREDICTS.format(name="double", result="2 * conf['x']")})
    with pytest.raises(MissingParameter, match=r"predict of ann/double/1\.0\.0 needs the parameter 'x'.*given: y"):
        Client().predict("ann/double", {"y": 1})


def test_a_module_that_catches_the_missing_parameter_still_can(project: Path) -> None:
    source = "class m:\n    def run(self, conf):\n        try:\n            return conf['x']\n"
    source += "        except KeyError:\n            return conf.get('x', 'default')\n"
    add_module(project, "ann/m/1.0.0", {"main.py": source})
    assert Client().run("ann/m") == "default"


def test_the_callers_parameters_are_not_changed(project: Path) -> None:
    add_module(project, "ann/m/1.0.0", {"main.py": "class m:\n    def run(self, conf):\n        conf['x'] = 0\n"})
    conf = {"x": 1}
    Client().run("ann/m", conf)
    assert conf == {"x": 1}


def test_code_that_fails_to_load_names_the_module_the_error_and_the_remedy(project: Path) -> None:
    add_module(project, "ann/m/1.0.0", {"main.py": "import surely_not_installed\n"})
    with pytest.raises(ModuleBroken, match=r"ann/m/1\.0\.0 .*ModuleNotFoundError.*pip install surely_not_installed"):
        Client().run("ann/m")


def test_a_module_without_its_class_names_the_classes_it_has(project: Path) -> None:
    two = PREDICTS.format(name="A", result="1") + PREDICTS.format(name="B", result="2")
    add_module(project, "ann/m/1.0.0", {"main.py": two})
    with pytest.raises(ModuleBroken, match=r"no class m \(classes with run or predict: A, B\)"):
        Client().run("ann/m")


def test_a_method_that_is_not_there_names_those_that_are(project: Path) -> None:
    add_module(project, "ann/m/1.0.0", {"main.py": PREDICTS.format(name="m", result="1")})
    with pytest.raises(ModuleBroken, match=r"ann/m/1\.0\.0 has no train; use one of: predict"):
        Client().train("ann/m")


def test_an_error_inside_the_module_keeps_its_type_and_says_where_it_comes_from(project: Path) -> None:
    add_module(project, "ann/m/1.0.0", {"main.py": PREDICTS.format(name="m", result="1 / 0")})
    with pytest.raises(ZeroDivisionError) as raised:
        Client().predict("ann/m")
    assert raised.value.__notes__ == ["Raised inside the module ann/m/1.0.0, in its method predict."]


def test_parameters_that_are_no_object_are_refused(project: Path) -> None:
    add_module(project, "ann/m/1.0.0", {"main.py": PREDICTS.format(name="m", result="1")})
    with pytest.raises(BadParameters, match="JSON object"):
        Client().predict("ann/m", 5)


def test_modules_load_in_their_folder_and_run_in_the_project(project: Path) -> None:
    source = """
import os
from pathlib import Path
labels = Path("labels.txt").read_text()
class m:
    def __init__(self, conf={}):
        self.loaded_in = os.getcwd()
    def predict(self, conf={}):
        return labels, self.loaded_in, os.getcwd(), Path(conf["file"]).read_text()
"""
    folder = add_module(project, "ann/m/1.0.0", {"main.py": source, "labels.txt": "beside main.py"})
    (project / "photo.txt").write_text("in the project")
    result = Client().predict("ann/m", {"file": "photo.txt"})
    assert result == ("beside main.py", str(folder), str(project), "in the project")


def test_a_file_looked_for_in_the_wrong_folder_gets_the_line_to_write(project: Path) -> None:
    add_module(project, "ann/m/1.0.0", {"main.py": PREDICTS.format(name="m", result="open('a.txt')"), "a.txt": ""})
    with pytest.raises(FileNotFoundError) as raised:
        Client().predict("ann/m")
    assert "Path(__file__).parent / 'a.txt'" in raised.value.__notes__[1]


def test_a_module_that_loads_moves_no_other_thread(project: Path) -> None:
    source = """
import threading
import builtins
builtins.openmo_test_loading.set()
builtins.openmo_test_go_on.wait(20)
class m:
    def run(self, conf={}):
        return 1
"""
    add_module(project, "ann/m/1.0.0", {"main.py": source})
    loading, go_on, seen = threading.Event(), threading.Event(), []

    builtins.openmo_test_loading, builtins.openmo_test_go_on = loading, go_on  # type: ignore[attr-defined]  # for main.py
    loader = threading.Thread(target=lambda: seen.append(Client().run("ann/m")))
    loader.start()
    try:
        assert loading.wait(20)
        assert Path.cwd() == project
    finally:
        go_on.set()
        loader.join()
        del builtins.openmo_test_loading, builtins.openmo_test_go_on  # type: ignore[attr-defined]  # as above
    assert seen == [1]


def test_threads_that_meet_a_module_at_once_share_one_instance(project: Path) -> None:
    source = "class m:\n    def run(self, conf={}):\n        return self\n"
    add_module(project, "ann/m/1.0.0", {"main.py": source})
    together, seen = threading.Barrier(8), []

    def work() -> None:
        together.wait(20)
        seen.append(Client().run("ann/m"))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(map(id, seen))) == 1


def test_a_notebook_that_changed_its_directory_still_finds_the_module(project: Path) -> None:
    add_module(project, "ann/m/1.0.0", {"main.py": PREDICTS.format(name="m", result="'found'")})
    done = run_python(
        project,
        "import os\nfrom modules import Client\nos.mkdir('sub')\nos.chdir('sub')\nprint(Client().predict('ann/m'))",
    )
    assert (done.stdout, done.stderr) == ("found\n", "")


def test_nothing_of_the_module_stays_when_loading_fails(project: Path) -> None:
    folder = add_module(project, "ann/m/1.0.0", {"main.py": "import part\nraise RuntimeError('no')\n", "part.py": ""})
    before, here = set(sys.modules), Path.cwd()
    with pytest.raises(ModuleBroken, match="RuntimeError: no"):
        Client().run("ann/m")
    assert {name for name in set(sys.modules) - before if name.startswith("_module_")} == set()
    assert Path.cwd() == here
    (folder / "main.py").write_text(PREDICTS.format(name="m", result="'mended'"))
    assert Client().predict("ann/m") == "mended"
