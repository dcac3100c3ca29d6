"""The project templates: their notebooks and scripts run as they stand, and their apps answer."""

import ast
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.template_projects import TEMPLATES, describe, make_project, run_in

from openmo.core.references import Reference
from openmo.modules.snippets.calls import write_call
from openmo.notebooks.export import export_notebook
from openmo.specs.files import load_app_spec, load_module_spec
from openmo.specs.handler import read_handler

EXAMPLES = TEMPLATES.parent / "examples"
NAMES = sorted(path.name for path in TEMPLATES.iterdir() if path.is_dir())
APPS = ["iris-app", "train-digits"]
LIGHT = [name for name in NAMES if name != "mnist-keras"]
"""Those that need no package besides the environment's; for the other see test_mnist_keras.py."""
EXPORTED = [
    pytest.param(name, marks=pytest.mark.deep("the same code as the notebook")) if name.endswith("-module") else name
    for name in LIGHT
]

RUN_NOTEBOOK = """
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read("coding_here.ipynb", 4)
nbformat.validate(notebook)
NotebookClient(notebook, kernel_name="python3", timeout=100).execute()
for cell in notebook.cells:
    for output in cell.get("outputs", ()):
        print(output.get("text") or output.get("data", {}).get("text/plain", ""), end="")
"""

HANDLE = """
import json, sys
from handler import handle
print(json.dumps([handle(conf) for conf in json.loads(sys.argv[1])]))
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A project of *Train digits* after its job, and what the job printed."""
    project = make_project(tmp_path_factory.mktemp("trained") / "project", "train-digits")
    return project, run_in(project, "train.py")


def test_train_digits_takes_the_rounds_as_an_argument(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", "train-digits")
    assert run_in(project, "train.py", "--epochs", "1").count('"metric": "loss"') == 1


def test_there_are_the_six_templates() -> None:
    assert NAMES == ["blank", "iris-app", "mnist-keras", "retrain-module", "reuse-module", "train-digits"]


@pytest.mark.parametrize("name", NAMES)
def test_every_template_describes_itself_in_both_languages(name: str) -> None:
    description = describe(name)
    assert set(description) - {"optional_datasets"} == {"title", "description", "kind", "datasets", "modules"}
    assert set(description["title"]) == set(description["description"]) == {"en", "zh-CN"}
    assert description["kind"] in ("app", "module")
    readme = (TEMPLATES / name / "README.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^# ", readme, re.MULTILINE)) == 2
    assert not (TEMPLATES / name / "results").exists()


@pytest.mark.parametrize("name", NAMES)
def test_every_notebook_begins_with_the_client_cell_and_keeps_no_output(name: str) -> None:
    notebook = json.loads((TEMPLATES / name / "coding_here.ipynb").read_text(encoding="utf-8"))
    first = "".join(notebook["cells"][0]["source"])
    for line in ("from modules import json_parser, Client", "controller = client.controller", "work_path = './'"):
        assert line in first.splitlines()
    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in notebook["cells"])


@pytest.mark.parametrize(("name", "calls"), [("reuse-module", 2), ("retrain-module", 3)])
def test_cells_that_call_a_module_are_as_insert_code_writes_them(name: str, calls: int) -> None:
    notebook = json.loads((TEMPLATES / name / "coding_here.ipynb").read_text(encoding="utf-8"))
    cells = [text for cell in notebook["cells"] if (text := "".join(cell["source"])).startswith("# openmo/")]
    assert len(cells) == calls
    for cell in cells:
        _, identifier, version, _, method = cell.partition("\n")[0].split(" ")
        module = Reference.parse(f"{identifier}/{version}", versioned=True)
        spec = load_module_spec((EXAMPLES / module.name / "module_spec.yml").read_text(encoding="utf-8"))
        values = ast.literal_eval(cell[cell.index("{") : cell.rindex("}") + 1])
        assert write_call(module, method, spec.inputs[method], values).cell == cell


@pytest.mark.parametrize("name", LIGHT)
def test_every_notebook_runs_from_top_to_bottom(tmp_path: Path, name: str) -> None:
    project = make_project(tmp_path / "project", name)
    said = run_in(project, "-c", RUN_NOTEBOOK)
    if name == "iris-app":
        assert "[0]\n146 of 150 flowers are told right\n{'species': 'setosa'" in said
    if name == "train-digits":
        assert re.search(r"digits/7/\d+\.png \{'digit': 7,", said)
    if name == "reuse-module":
        assert said.startswith("[0]setosa\nvirginica\n")
        labels = re.findall(r"'label': '(\w+)', 'probability': [\d.]+, 'language': '(\w+)'", said)
        assert labels == [("sport", "zh"), ("sport", "en"), ("food", "zh"), ("travel", "en"), ("technology", "zh")]
    if name == "retrain-module":
        assert re.search(r"\{'class': '7', 'probability': 0\.[5-9]", said)
        assert re.findall(r'"val_accuracy", "value": [\d.]+, "epoch": (\d)', said) == ["1", "2", "3", "4", "5"]
        written = {path.name for path in (project / "results").iterdir()}
        assert written == {"my_model.npz", "my_weights.npz", "training_log.csv"}


@pytest.mark.parametrize("name", EXPORTED)
def test_every_notebook_runs_as_an_exported_script(tmp_path: Path, name: str) -> None:
    project = make_project(tmp_path / "project", name)
    text = (project / "coding_here.ipynb").read_text(encoding="utf-8")
    (project / "coding_here.py").write_text(export_notebook(text, "coding_here"), encoding="utf-8")
    said = run_in(project, "coding_here.py")
    assert ("{'digit': 7," in said) == (name == "train-digits")


@pytest.mark.parametrize("name", APPS)
def test_the_spec_declares_what_the_handler_reads_and_returns(name: str) -> None:
    spec = load_app_spec((TEMPLATES / name / "app_spec.yml").read_text(encoding="utf-8"))
    reading = read_handler((TEMPLATES / name / "handler.py").read_text(encoding="utf-8"))
    assert reading.warnings == ()
    for declared, read in ((spec.inputs, reading.spec.inputs), (spec.outputs, reading.spec.outputs)):
        facts = [[(each.name, each.value_type, each.description) for each in group] for group in (declared, read)]
        assert facts[0] == facts[1]


@pytest.mark.parametrize("name", APPS)
def test_notebook_and_handler_file_hold_the_same_handler(name: str) -> None:
    notebook = json.loads((TEMPLATES / name / "coding_here.ipynb").read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"]]
    assert (TEMPLATES / name / "handler.py").read_text(encoding="utf-8").strip() in cells


def test_the_iris_app_tells_species_and_probabilities(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", "iris-app")
    spec = load_app_spec((project / "app_spec.yml").read_text(encoding="utf-8"))
    conf = {each.name: each.default_value for each in spec.inputs}
    large = {"sepal_length": 7.7, "sepal_width": 3, "petal_length": 6.5, "petal_width": 2.2}
    answers = json.loads(run_in(project, "-c", HANDLE, json.dumps([conf, large])))
    assert [answer["species"] for answer in answers] == ["setosa", "virginica"]
    assert set(answers[0]["probabilities"]) == {"setosa", "versicolor", "virginica"}


def test_training_prints_loss_and_accuracy_of_every_epoch(trained: tuple[Path, str]) -> None:
    *lines, last = trained[1].splitlines()
    points = [json.loads(line) for line in lines]
    for metric in ("loss", "accuracy"):
        assert [point["epoch"] for point in points if point["metric"] == metric] == list(range(1, 31))
    assert points[0]["value"] > points[-2]["value"]
    assert points[-1]["value"] > 0.95
    assert f"Test accuracy: {points[-1]['value']:.4f}" in last


def test_the_model_is_plain_arrays(trained: tuple[Path, str]) -> None:
    with np.load(trained[0] / "results" / "model.npz", allow_pickle=False) as model:
        assert sorted(model.files) == ["hidden", "hidden_bias", "output", "output_bias"]


def read_digits(project: Path, pictures: list[Path]) -> list[int]:
    confs = [{"image": str(picture)} for picture in pictures]
    return [answer["digit"] for answer in json.loads(run_in(project, "-c", HANDLE, json.dumps(confs)))]


def original(image: Image.Image) -> Image.Image:
    return image


def inverted_in_colour(image: Image.Image) -> Image.Image:
    return image.point(lambda level: 255 - level).convert("RGB")


def large(image: Image.Image) -> Image.Image:
    return image.resize((280, 280), Image.Resampling.BICUBIC)


def blue_on_cream_with_margins(image: Image.Image) -> Image.Image:
    page = Image.new("RGB", (300, 200), (250, 245, 220))
    page.paste((20, 20, 120), (150, 30, 278, 158), image.resize((128, 128), Image.Resampling.BICUBIC))
    return page


def white_on_transparent(image: Image.Image) -> Image.Image:
    page = Image.new("RGBA", (100, 100), (255, 255, 255, 0))
    page.paste((255, 255, 255, 255), (18, 18, 82, 82), image.resize((64, 64), Image.Resampling.BICUBIC))
    return page


def sixteen_bits(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image.resize((40, 40), Image.Resampling.BOX), dtype=np.uint16) * 200)


@pytest.mark.parametrize(
    "drawn", [original, inverted_in_colour, large, blue_on_cream_with_margins, white_on_transparent, sixteen_bits]
)
def test_the_app_reads_digits_it_never_saw_however_they_are_drawn(
    trained: tuple[Path, str], tmp_path: Path, drawn: object
) -> None:
    assert callable(drawn)
    with np.load(trained[0] / "datasets" / "openmo-digits" / "digits.npz") as digits:
        unseen = digits["index"] % 5 == 0
        x, y = digits["x"][unseen], digits["y"][unseen].tolist()
    pictures = []
    for number, pixels in enumerate(x):
        pictures.append(tmp_path / f"{number}.png")
        drawn(Image.fromarray(pixels)).save(pictures[-1])
    read = read_digits(trained[0], pictures)
    assert sum(digit == true for digit, true in zip(read, y, strict=True)) / len(y) > 0.93


def test_an_empty_picture_and_a_missing_model_are_said_in_words(trained: tuple[Path, str], tmp_path: Path) -> None:
    Image.new("L", (50, 50), 255).save(tmp_path / "empty.png")
    with pytest.raises(AssertionError, match="ValueError: The picture is empty"):
        read_digits(trained[0], [tmp_path / "empty.png"])
    untrained = make_project(tmp_path / "untrained", "train-digits")
    with pytest.raises(AssertionError, match=r"model\.npz is missing: run train\.py first"):
        read_digits(untrained, [])
